using Tuning.Checkpointing;

namespace Tuning.Algorithms;

/// <summary>The algorithms that a checkpoint can name.</summary>
internal static class AlgorithmRegistry
{
    /// <summary>The configuration of the algorithm that a checkpoint holds.</summary>
    /// <param name="path">Where the checkpoint is, for messages.</param>
    /// <param name="kind">What it says it holds.</param>
    /// <exception cref="CheckpointException">That is no algorithm, or its options do not fit.</exception>
    public static AlgorithmConfig Configure(string path, ComponentClass kind)
    {
        try
        {
            return kind.Name switch
            {
                PpoConfig.AlgorithmName => PpoConfig.FromParameters(kind.Arguments),
                _ => throw new CheckpointException($"{path} is a checkpoint of '{kind.Name}', which is no algorithm; algorithms are: {PpoConfig.AlgorithmName}. A branch of a checkpoint is restored into an algorithm with RestoreFromPath(path, component)."),
            };
        }
        catch (ArgumentException e)
        {
            throw new CheckpointException($"The configuration of {kind.Name} in {path} cannot be used: {e.Message}", e);
        }
    }
}
