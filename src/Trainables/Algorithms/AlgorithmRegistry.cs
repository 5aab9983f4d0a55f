namespace Tuning.Algorithms;

/// <summary>The algorithms that a checkpoint can name.</summary>
internal static class AlgorithmRegistry
{
    /// <summary>The configuration of an algorithm.</summary>
    /// <exception cref="CheckpointException">There is no such algorithm, or its options do not fit.</exception>
    public static AlgorithmConfig Configure(string name, ParameterSet options)
    {
        try
        {
            return name switch
            {
                PpoConfig.AlgorithmName => PpoConfig.FromParameters(options),
                _ => throw new CheckpointException($"There is no algorithm '{name}'; there are: {PpoConfig.AlgorithmName}."),
            };
        }
        catch (ArgumentException e)
        {
            throw new CheckpointException($"The configuration of {name} in the checkpoint cannot be used: {e.Message}", e);
        }
    }
}
