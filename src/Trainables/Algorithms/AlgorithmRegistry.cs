using Tuning.Checkpointing;

namespace Tuning.Algorithms;

/// <summary>The algorithms that a checkpoint can name.</summary>
internal static class AlgorithmRegistry
{
    private static readonly Dictionary<string, Func<ParameterSet, AlgorithmConfig>> _algorithms = new(StringComparer.Ordinal)
    {
        [PpoConfig.AlgorithmName] = PpoConfig.FromParameters,
        [SacConfig.AlgorithmName] = SacConfig.FromParameters,
        [DqnConfig.AlgorithmName] = DqnConfig.FromParameters,
    };

    /// <summary>Each algorithm with its defaults.</summary>
    public static IEnumerable<AlgorithmConfig> All => _algorithms.Values.Select(a => a(ParameterSet.Empty));

    /// <summary>The configuration of the algorithm that a checkpoint holds.</summary>
    /// <param name="path">Where the checkpoint is, for messages.</param>
    /// <param name="kind">What it says it holds.</param>
    /// <exception cref="CheckpointException">That is no algorithm, or its options do not fit.</exception>
    public static AlgorithmConfig Configure(string path, ComponentClass kind)
    {
        try
        {
            return _algorithms.TryGetValue(kind.Name, out var configure)
                ? configure(kind.Arguments)
                : throw new CheckpointException($"{path} is a checkpoint of '{kind.Name}', which is no algorithm; algorithms are: {string.Join(", ", _algorithms.Keys)}. A branch of a checkpoint is restored into an algorithm with RestoreFromPath(path, component).");
        }
        catch (ArgumentException e)
        {
            throw new CheckpointException($"The configuration of {kind.Name} in {path} cannot be used: {e.Message}", e);
        }
    }
}
