using System.Globalization;
using Tuning;
using Tuning.Schedulers;
using Tuning.Trials;

/// <summary>A sample scheduler: at one iteration, stops trials that are not among the best that came so far.</summary>
internal sealed record KeepBestOptions : SchedulerOptions
{
    /// <summary>The training iteration at which trials are compared.</summary>
    /// <value>At least 1. Default 10.</value>
    public int At { get; init; } = 10;

    /// <summary>How many of those that came so far go on.</summary>
    /// <value>At least 1. Default 3.</value>
    public int Keep { get; init; } = 3;

    public override ITrialScheduler Create(SchedulerContext context) =>
        context.Objectives.IsEmpty ? throw new ArgumentException("keep-best compares trials: give tune.metric and tune.mode.")
        : At < 1 ? throw new ArgumentException($"at: is {At}; it must be at least 1.")
        : Keep < 1 ? throw new ArgumentException($"keep: is {Keep}; it must be at least 1.")
        : new KeepBest(context.Objectives[0], At, Keep);
}

/// <summary>Decides from what it has observed, and notes in <see cref="Observe"/> alone.</summary>
internal sealed class KeepBest(Objective objective, int at, int keep) : ITrialScheduler
{
    private readonly FifoScheduler _order = new();
    private readonly List<double> _values = [];

    public string Name => "keep-best";

    public bool NeedsCheckpoints => false;

    public IReadOnlyList<SchedulerDecision> Decide(TrialReport report, TrialBoard board)
    {
        if (report.TrainingIteration != at || report.Value(objective.Metric) is not { } value)
        {
            return [];
        }

        var better = _values.Count(v => objective.IsBetter(v, value));
        return better < keep
            ? []
            : [new SchedulerDecision.Stop(report.Trial, string.Create(CultureInfo.InvariantCulture, $"{better} trials had a better {objective.Metric} than {value:0.####} at iteration {at}"))];
    }

    public TrialId? Choose(TrialBoard board) => _order.Choose(board);

    public void Observe(SchedulerObservation observation)
    {
        if (observation is SchedulerObservation.Reported { Report: var report } && report.TrainingIteration == at && report.Value(objective.Metric) is { } value)
        {
            _values.Add(value);
        }
    }
}
