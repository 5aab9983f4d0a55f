using System.Collections.Immutable;

namespace Tuning.Experiments;

/// <summary>The experiments that run now. Any thread.</summary>
internal sealed class RunningExperiments
{
    private ImmutableList<ExperimentRun> _runs = [];

    /// <summary>All of them.</summary>
    public IReadOnlyList<ExperimentRun> All => Volatile.Read(ref _runs);

    /// <summary>Adds one until it has completed.</summary>
    public void Add(ExperimentRun run)
    {
        ImmutableInterlocked.Update(ref _runs, static (runs, r) => runs.Add(r), run);
        _ = run.Completion.ContinueWith(_ => ImmutableInterlocked.Update(ref _runs, static (runs, r) => runs.Remove(r), run), TaskScheduler.Default);
    }
}
