namespace Tuning.Simulation;

/// <summary>Counts what happens in a simulated experiment. Grows only with the number of improvements.</summary>
/// <param name="objective">What is optimised; null when nothing is.</param>
internal sealed class SimulationTally(Objective? objective) : ISessionObserver
{
    private readonly ImmutableArray<Improvement>.Builder _improvements = ImmutableArray.CreateBuilder<Improvement>();
    private readonly Dictionary<string, long> _decisions = new(StringComparer.Ordinal);
    private readonly long[] _ticks = new long[Enum.GetValues<WorkerActivity>().Length];

    /// <summary>How many reports arrived.</summary>
    public long Reports { get; private set; }

    /// <summary>How many steps were made again after failures.</summary>
    public long RepeatedSteps { get; private set; }

    /// <summary>How often a worker failed, idle ones included.</summary>
    public long WorkerFailures { get; set; }

    /// <summary>Each time that the best value became better.</summary>
    public ImmutableArray<Improvement> Improvements => _improvements.ToImmutable();

    /// <summary>Decisions by kind.</summary>
    public ImmutableSortedDictionary<string, long> Decisions => _decisions.ToImmutableSortedDictionary(StringComparer.Ordinal);

    /// <summary>Worker time by activity; without idling.</summary>
    public IReadOnlyList<long> Ticks => _ticks;

    /// <summary>A worker was busy with something for so many ticks.</summary>
    public void Spend(WorkerActivity activity, long ticks) => _ticks[(int)activity] += ticks;

    /// <summary>A step was made that had been made before.</summary>
    public void Repeat() => RepeatedSteps++;

    /// <inheritdoc/>
    public void Handled(ExperimentEvent happened, IReadOnlyList<ExperimentCommand> commands)
    {
        if (happened is ExperimentEvent.Reported reported)
        {
            Report(reported.Report);
        }

        // That a trial goes on is not counted, as it is not recorded.
        for (var i = 0; i < commands.Count; i++)
        {
            if (KindOf(commands[i]) is { } kind)
            {
                CollectionsMarshal.GetValueRefOrAddDefault(_decisions, kind, out _)++;
            }
        }
    }

    private void Report(TrialReport report)
    {
        Reports++;
        if (objective is not null && report.Value(objective.Metric) is { } value && !double.IsNaN(value)
            && (_improvements.Count == 0 || objective.IsBetter(value, _improvements[^1].Value)))
        {
            _improvements.Add(new(report.At - VirtualTime.Epoch, report.Trial, value));
        }
    }

    private static string? KindOf(ExperimentCommand command) => command switch
    {
        ExperimentCommand.Answer a => KindOf(a.Verdict),
        ExperimentCommand.Redirect r => KindOf(r.Verdict),
        ExperimentCommand.CreateTrial => "create",
        ExperimentCommand.StartTrial { From: null } => "start",
        ExperimentCommand.StartTrial => "continue from a checkpoint",
        ExperimentCommand.AdoptCheckpoint => "adopt",
        ExperimentCommand.AbandonExploit => "abandon",
        ExperimentCommand.RetryTrial => "retry",
        ExperimentCommand.EndTrial { Status: TrialStatus.Failed } => "fail",
        ExperimentCommand.EndTrial => "end",
        _ => null,
    };

    private static string? KindOf(Verdict verdict) => verdict switch
    {
        Verdict.Stop => "stop",
        Verdict.Pause => "pause",
        Verdict.Exploit => "exploit",
        _ => null,
    };
}
