namespace Tuning.Experiments;

/// <summary>The experiments that run now. Any thread.</summary>
internal sealed class RunningExperiments
{
    /// <summary>How long a graceful stop may take that the host or a caller's token asks for; null for as long as a step takes.</summary>
    /// <remarks>Set before the first experiment starts.</remarks>
    public TimeSpan? Grace { get; set; }

    /// <summary>The slots that all experiments share; null for no limit.</summary>
    public SlotPool? Slots { get; init; }

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
