namespace Tuning;

/// <summary>What was decided about a trial.</summary>
public enum DecisionKind
{
    /// <summary>The searcher proposed its configuration.</summary>
    Suggest,

    /// <summary>The scheduler paused it.</summary>
    Pause,

    /// <summary>The scheduler let it go on after a pause; with promotion, because it was good enough.</summary>
    Resume,

    /// <summary>The scheduler ended it before its time, or left it paused until the end.</summary>
    Prune,

    /// <summary>A stop criterion ended it.</summary>
    Stop,

    /// <summary>The scheduler had it take over another trial's state, with another configuration.</summary>
    Exploit,

    /// <summary>What it was to take over was not there any more; it went on as it was.</summary>
    Abandon,

    /// <summary>It failed and was tried again.</summary>
    Retry,

    /// <summary>It failed for good.</summary>
    Fail,

    /// <summary>The whole experiment was stopped.</summary>
    StopExperiment,
}

/// <summary>A decision as it stands in an experiment's record. Immutable.</summary>
/// <param name="At">When it was made.</param>
/// <param name="Kind">What was decided.</param>
/// <param name="Trial">The trial that it concerns; null for the whole experiment.</param>
/// <param name="Report">The report of the trial that it answers; 0 where it answers none.</param>
/// <param name="Reason">Why, for a person, with the numbers that led to it.</param>
public sealed record Decision(DateTimeOffset At, DecisionKind Kind, TrialId? Trial, int Report, string Reason)
{
    /// <summary>The trial whose state is taken over; null for all but <see cref="DecisionKind.Exploit"/>.</summary>
    public TrialId? Source { get; init; }

    /// <summary>The name of the kind, as in <c>decisions.csv</c>: <c>stop_experiment</c>.</summary>
    public string Name => Kind == DecisionKind.StopExperiment ? "stop_experiment" : Kind.ToString().ToLowerInvariant();
}
