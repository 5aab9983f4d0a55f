using Microsoft.Extensions.Logging;

namespace Tuning.Algorithms;

/// <summary>What an algorithm gets from whoever runs it.</summary>
internal sealed record AlgorithmContext
{
    /// <summary>Its place in the tree of seeds, used where its options give none.</summary>
    public required SeedPath Seed { get; init; }

    /// <summary>How many threads it may use, at least 1.</summary>
    public required int Threads { get; init; }

    public required IServiceProvider Services { get; init; }

    public required TimeProvider Time { get; init; }

    public required ILogger Logger { get; init; }

    /// <summary>The hooks of this algorithm's own.</summary>
    public required HookPipeline Hooks { get; init; }
}
