namespace Tuning.Control;

/// <summary>
/// The state of an experiment and the two ways in which it changes: an event is applied, a decision is applied. Nothing here
/// decides. Components are told what happened from here only, so that a replay tells them the same in the same order.
/// </summary>
internal sealed class ExperimentState
{
    private static readonly IReadOnlyList<SchedulerDecision> _noDecisions = [];

    private readonly ExperimentPlan _plan;
    private readonly ITrialScheduler _scheduler;
    private readonly IReadOnlyList<IStopper> _stoppers;
    private readonly SearchHistoryLog _history;
    private readonly EventChecks _checks;
    private readonly EventApplier _events;
    private readonly CommandApplier _commands;

    /// <summary>The state of an experiment to which nothing has happened yet, to be told by its record alone: nobody decides, nobody is told.</summary>
    /// <param name="plan">What the specification says.</param>
    /// <param name="keepsCurves">Whether the values of the first objective are kept.</param>
    public ExperimentState(ExperimentPlan plan, bool keepsCurves = false)
        : this(plan, null, new FifoScheduler(), [], keepsCurves)
    {
    }

    /// <summary>The state of an experiment to which nothing has happened yet.</summary>
    /// <param name="plan">What the specification says.</param>
    /// <param name="searcher">Whose suggestions are counted; null where there is only a record.</param>
    /// <param name="scheduler">Told what happens.</param>
    /// <param name="stoppers">Told what happens.</param>
    public ExperimentState(ExperimentPlan plan, ISearcher? searcher, ITrialScheduler scheduler, IReadOnlyList<IStopper> stoppers)
        : this(plan, searcher, scheduler, stoppers, searcher is { NeedsCurves: true })
    {
    }

    private ExperimentState(ExperimentPlan plan, ISearcher? searcher, ITrialScheduler scheduler, IReadOnlyList<IStopper> stoppers, bool keepsCurves)
    {
        _plan = plan;
        _scheduler = scheduler;
        _stoppers = stoppers;
        _checks = new(plan, this);
        _events = new(plan, this, scheduler, _checks, keepsCurves);
        _commands = new(plan, this, scheduler, stoppers);
        Suggestions = new(searcher, plan.NumSamples);
        Named = new(plan.Named);
        Pace = searcher is null or { IsImmediate: true } || plan.IsOnDemand ? null : new();
        Trials = new(plan);
        _history = new(Trials);
        Trials.Changed = trial =>
        {
            _history.Change(trial);
            Exploits.Touch(trial);
        };
        Trials.Growing = () => StopReason is null && (Suggestions.Requested.Count > 0 || Suggestions.HasMore);
        Trials.Expecting = () => AcceptsTrials && (Suggestions.Requested.Count > 0 || Suggestions.CanAsk);
    }

    /// <summary>What the specification says.</summary>
    public ExperimentPlan Plan => _plan;

    /// <summary>All trials.</summary>
    public TrialTable Trials { get; }

    /// <summary>Suggestions asked for and to come.</summary>
    public SuggestionRequests Suggestions { get; }

    /// <summary>What needs checkpoints beyond the trials that wrote them.</summary>
    public CheckpointReferences References { get; } = new();

    /// <summary>Trials with an exploit that is not done yet, in the order of the decisions.</summary>
    public ExploitQueue Exploits { get; } = new();

    /// <summary>How quick suggestions and trials are; null for searchers that answer at once.</summary>
    public SuggestionPace? Pace { get; }

    /// <summary>Every takeover of another trial's state so far, in order.</summary>
    public List<Takeover> Takeovers { get; } = [];

    /// <summary>How many trials were asked for that have not started.</summary>
    public int Asks { get; set; }

    /// <summary>The number of the last suggestion that cannot be tried; -1 before.</summary>
    public long LastInvalid { get; set; } = -1;

    /// <summary>How many events were handled.</summary>
    public long Events { get; set; }

    /// <summary>The event that brought the last result: a report with an objective, or the end of a trial.</summary>
    public long LastResult { get; set; }

    /// <summary>The best trial so far; looks at all.</summary>
    public TrialView? Best => _plan.Objectives is [var objective, ..] ? BestTrial.Of(Views(), objective, static t => t.Standing) : null;

    /// <summary>Which of the metrics that the experiment names were never reported.</summary>
    public MetricWatch Named { get; }

    /// <summary>Why the whole experiment stops; null while it does not.</summary>
    public string? StopReason { get; set; }

    /// <summary>Whether it stops because it cannot go on.</summary>
    public bool StopsInError { get; set; }

    /// <summary>Why trials are interrupted, to go on in another session; null while they are not.</summary>
    public string? SuspendReason { get; set; }

    /// <summary>The trial whose failure stops this session (<c>fail_fast</c>); null for none.</summary>
    public TrialId? FailedFast { get; set; }

    /// <summary>How the experiment or its session ended; null before.</summary>
    public string? EndReason { get; set; }

    /// <summary>Trials that were paused since the list was cleared, also where they go on already. For observers: nothing is decided by it.</summary>
    public List<(TrialId Trial, string? Reason)> Paused { get; } = [];

    /// <summary>Whether the experiment has finished.</summary>
    public bool IsFinished { get; set; }

    /// <summary>Whether this session has ended, with work left for another.</summary>
    public bool IsSuspended { get; set; }

    /// <summary>Whether it finished because it could not go on.</summary>
    public bool IsFailed { get; set; }

    /// <summary>Whether trials may be created.</summary>
    public bool AcceptsTrials => StopReason is null && SuspendReason is null && !IsFinished && !IsSuspended;

    /// <summary>All trials as they stand, oldest first. Immutable, safe on any thread.</summary>
    public IEnumerable<TrialView> Views() => Trials.All.Select(t => t.ToView(_plan));

    /// <summary>Applies a line of a record, which told whoever is to be told when it was written.</summary>
    /// <exception cref="InvalidOperationException">The line does not fit to those before.</exception>
    public void Apply(ExperimentEvent e, IReadOnlyList<ExperimentCommand> recorded)
    {
        Paused.Clear();
        Apply(e);
        for (var i = 0; i < recorded.Count; i++)
        {
            Apply(recorded[i]);
        }

        References.Unsettled.Clear();
    }

    /// <summary>Applies an event: what follows from it without any decision.</summary>
    /// <exception cref="InvalidOperationException">The event cannot happen in this state. Nothing has changed.</exception>
    public void Apply(ExperimentEvent e)
    {
        _checks.Check(e);
        _events.Apply(e);
    }

    /// <summary>Applies a decision.</summary>
    public void Apply(ExperimentCommand command) => _commands.Apply(command);

    /// <summary>What is wrong with an extension; null when it can be applied.</summary>
    public string? CheckExtension(ExperimentExtension extension) => _checks.CheckExtension(extension);

    /// <summary>How many suggestions there will be with an extension; <see cref="long.MaxValue"/> for no limit.</summary>
    public long TotalWith(ExperimentExtension extension) => _checks.TotalWith(extension);

    /// <summary>A trial changed in a way that a searcher sees.</summary>
    public void Changed(Trial trial) => _history.Change(trial);

    /// <summary>What a searcher may know now.</summary>
    public SearchHistory History() => _history.Snapshot(Events);

    /// <summary>Tells stoppers and scheduler of a report and of what was decided then.</summary>
    public void Observe(TrialReport report, IReadOnlyList<ExperimentCommand> commands, int count)
    {
        for (var i = 0; i < _stoppers.Count; i++)
        {
            _stoppers[i].Observe(report);
        }

        _scheduler.Observe(new SchedulerObservation.Reported(report, DecisionsOf(commands, 0, count)));
    }

    /// <summary>Tells the scheduler what was decided about others because a trial had ended: the commands from one index to before another.</summary>
    public void ObserveEnd(TrialId trial, IReadOnlyList<ExperimentCommand> commands, int from, int to)
    {
        if (DecisionsOf(commands, from, to) is { Count: > 0 } decisions)
        {
            _scheduler.Observe(new SchedulerObservation.EndDecided(trial, decisions));
        }
    }

    /// <summary>Whether a command is part of deciding about a report, up to its answer.</summary>
    public static bool IsReportDecision(ExperimentCommand command) => command is
        ExperimentCommand.Answer or ExperimentCommand.Redirect or ExperimentCommand.PlanExploit or
        ExperimentCommand.RequestSave or ExperimentCommand.StopExperiment;

    /// <summary>Whether a command, after the end of a trial, is part of what was decided about others because of it.</summary>
    public static bool IsEndDecision(ExperimentCommand command) => command is
        ExperimentCommand.Redirect or ExperimentCommand.PlanExploit or ExperimentCommand.RequestSave;

    private IReadOnlyList<SchedulerDecision> DecisionsOf(IReadOnlyList<ExperimentCommand> commands, int from, int to)
    {
        List<SchedulerDecision>? decisions = null;
        for (var i = from; i < to; i++)
        {
            var decision = commands[i] switch
            {
                ExperimentCommand.Answer a => Decision(a.Trial, a.Verdict, a.Reason ?? ""),
                ExperimentCommand.Redirect r => Decision(r.Trial, r.Verdict, r.Reason),
                _ => null,
            };
            if (decision is not null)
            {
                (decisions ??= []).Add(decision);
            }
        }

        return decisions ?? _noDecisions;
    }

    private SchedulerDecision? Decision(TrialId trial, Verdict verdict, string reason) => verdict switch
    {
        Verdict.Stop => new SchedulerDecision.Stop(trial, reason),
        Verdict.Pause => new SchedulerDecision.Pause(trial, reason),
        Verdict.Exploit when Trials.Find(trial).Live!.Plan is { } plan => new SchedulerDecision.Exploit(trial, plan.Source, plan.Config, reason),
        _ => null,
    };

    /// <summary>A result came: a searcher that waits may be asked again.</summary>
    public void Resulted()
    {
        LastResult = Events;
        Suggestions.Resulted();
    }

    /// <summary>A trial has left its segment, or an exploit sent it on: what it was told between two reports is done now.</summary>
    public void Land(Trial trial, TrialStatus status)
    {
        Trials.Move(trial, status);
        if (status == TrialStatus.Paused)
        {
            if (trial.Live!.Plan is null)
            {
                Paused.Add((trial.Id, trial.Reason));
            }

            _scheduler.Observe(new SchedulerObservation.TrialPaused(trial.Id));
        }

        var live = trial.Live!;
        switch (live.Redirect)
        {
            case Verdict.Pause:
                live.ClearRedirect();
                if (status == TrialStatus.Pending && live.Plan is null)
                {
                    Land(trial, TrialStatus.Paused);
                }

                break;
            case Verdict.Exploit:
                live.ClearRedirect();
                break;
        }

        if (live.Plan is not null && trial.Status == TrialStatus.Paused)
        {
            Trials.Move(trial, TrialStatus.Pending);
        }
        else if (live.Plan is null && trial.Status == TrialStatus.Pending)
        {
            _scheduler.Observe(new SchedulerObservation.TrialInterrupted(trial.Id));
        }
    }

    /// <summary>Forgets the exploit that a trial waits for.</summary>
    public void DropPlan(Trial trial)
    {
        if (trial.Live?.Plan is not { } plan)
        {
            return;
        }

        Exploits.Touch(trial);
        Exploits.Remove(plan);
        trial.Live.Plan = null;
        if (plan.Captured is { } captured)
        {
            References.Release(captured);
        }

        Trials.Refresh(trial);
    }

    /// <summary>
    /// The first checkpoint that holds the source's state, as it was at the decision or later, is kept for the exploiter, whatever the source does
    /// meanwhile. One that runs from another's checkpoint and has not reported since writes one of its own.
    /// </summary>
    public void Capture(ExploitPlan plan, Trial source)
    {
        if (plan.Captured is null && source.Id == plan.Source && source.Restore is { } last && source.RestoreFollows >= plan.AtLeast
            && !(source.RestoreIsAdopted && TrialTransitions.HasSegment(source.Status)))
        {
            plan.Captured = last;
            References.Add(last);
            Exploits.Touch(source);
        }
    }
}
