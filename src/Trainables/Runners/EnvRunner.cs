using System.Diagnostics.CodeAnalysis;
using Tuning.Environments;

namespace Tuning.Runners;

/// <summary>Plays several copies of an environment. Hooks get the runner that they belong to.</summary>
/// <remarks>Owned by one thread at a time.</remarks>
[SuppressMessage("Design", "CA1063", Justification = "Closed family: nothing but managed members")]
public abstract class EnvRunner : IDisposable
{
    private protected EnvRunner(int index, bool isEvaluation) => (Index, IsEvaluation) = (index, isEvaluation);

    /// <summary>Its number, from 0.</summary>
    public int Index { get; }

    /// <summary>Whether what it plays evaluates the policies, and is not learnt from.</summary>
    public bool IsEvaluation { get; }

    /// <summary>The copies of an environment with one agent; else empty.</summary>
    public virtual IReadOnlyList<IEnvironment> Environments => [];

    /// <summary>The copies of an environment with several agents; else empty.</summary>
    public virtual IReadOnlyList<IMultiAgentEnvironment> MultiAgentEnvironments => [];

    /// <summary>Where hooks log values of their own; they appear below <c>env_runners/</c>, those of an evaluation below <c>evaluation/env_runners/</c>.</summary>
    public MetricsLogger Metrics { get; } = new(recording: true);

    /// <summary>The episodes that ended in the last iteration, in order.</summary>
    internal abstract ReadOnlySpan<FinishedEpisode> Finished { get; }

    /// <summary>Steps of the last evaluation or sample of whole episodes, of all copies.</summary>
    internal long PlayedSteps { get; private protected set; }

    /// <summary>The agents of a finished episode; none where there is one.</summary>
    internal virtual ReadOnlySpan<FinishedAgent> AgentsOf(in FinishedEpisode episode) => [];

    /// <inheritdoc/>
    [SuppressMessage("Usage", "CA1816", Justification = "No finalizer in the family")]
    public abstract void Dispose();
}
