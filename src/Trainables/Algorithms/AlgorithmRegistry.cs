using System.Collections.Concurrent;

namespace Tuning.Algorithms;

/// <summary>The algorithms that a checkpoint can name, for the whole process. Safe for concurrent use.</summary>
public static class AlgorithmRegistry
{
    private static readonly AlgorithmConfig[] _builtIn = [new PpoConfig(), new SacConfig(), new DqnConfig()];

    private static readonly ConcurrentDictionary<string,
        AlgorithmConfig> _algorithms = new(_builtIn.Select(a => KeyValuePair.Create(a.Name, a)), StringComparer.Ordinal);

    /// <summary>All names, sorted.</summary>
    public static IReadOnlyList<string> Names => [.. _algorithms.Keys.Order(StringComparer.Ordinal)];

    /// <summary>The algorithms of this library, each with its defaults.</summary>
    internal static IReadOnlyList<AlgorithmConfig> All => _builtIn;

    /// <summary>Those that were registered beside these.</summary>
    internal static IEnumerable<AlgorithmConfig> Own =>
        _algorithms.OrderBy(a => a.Key, StringComparer.Ordinal).Select(a => a.Value).Where(a => !_builtIn.Contains(a));

    /// <summary>Registers an algorithm under its <see cref="AlgorithmConfig.Name"/>, so that its checkpoints can be read. The same configuration may be
    /// registered again.</summary>
    /// <param name="config">Says what kind it is; its options do not matter.</param>
    /// <exception cref="InvalidOperationException">Another algorithm has the name.</exception>
    public static void Register(AlgorithmConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        var known = _algorithms.GetOrAdd(config.Name, config);
        if (known.GetType() != config.GetType())
        {
            throw new InvalidOperationException($"An algorithm named '{config.Name}' is registered already, by {known.GetType().Name}; choose another name " +
                $"than that for {config.GetType().Name}.");
        }
    }

    /// <summary>The configuration of the algorithm that a checkpoint holds.</summary>
    /// <param name="path">Where the checkpoint is, for messages.</param>
    /// <param name="kind">What it says it holds.</param>
    /// <exception cref="CheckpointException">That is no algorithm, or its options do not fit.</exception>
    internal static AlgorithmConfig Configure(string path, ComponentClass kind)
    {
        try
        {
            return _algorithms.TryGetValue(kind.Name, out var algorithm)
                ? algorithm.Bind(kind.Arguments)
                : throw new CheckpointException($"{path} is a checkpoint of '{kind.Name}', which is no algorithm; algorithms are: " +
                    $"{string.Join(", ", Names)}. One of your own is registered with {nameof(AlgorithmRegistry)}.{nameof(Register)} before. A branch of a " +
                    $"checkpoint is restored into an algorithm with RestoreFromPath(path, component).");
        }
        catch (ArgumentException e)
        {
            throw new CheckpointException($"The configuration of {kind.Name} in {path} cannot be used: {e.Message}", e);
        }
    }
}
