namespace Tuning.Control;

/// <summary>
/// The experiment as a state machine: events in, commands out. Pure: it knows no clock, file, thread or task; time is in the
/// events. The same code runs live, in simulation, in replay and in verification.
/// </summary>
/// <remarks>
/// <para>Used by one thread. An event that cannot happen throws <see cref="InvalidOperationException"/> and changes nothing.</para>
/// <para>
/// <b>A report</b> gets exactly one <see cref="ExperimentCommand.Answer"/> in the call that handles it. Stoppers are asked first, then
/// the scheduler (also when a stopper ends the trial: what it decides about others stands), then all are told. Of several verdicts the
/// strongest holds: stop, exploit, pause, interrupt, continue. What was decided about a running trial between its reports is answered
/// to its next report, which is recorded in full.
/// </para>
/// <para>
/// <b>Starting.</b> A free slot is offered to the scheduler (<see cref="ITrialScheduler.Choose"/>) as soon as anything is startable; slots still
/// free are filled with new suggestions. <b>Interrupting</b> (<see cref="ExperimentEvent.StopRequested"/>, or a failure with <c>fail_fast</c>) ends
/// no trial: each goes on in a resumed session. <b>Stopping</b> the experiment (a stopper, a time budget) ends all trials and finishes it.
/// </para>
/// </remarks>
internal sealed class ExperimentController
{
    private readonly ExperimentPlan _plan;
    private readonly ISearcher _searcher;
    private readonly ITrialScheduler _scheduler;
    private readonly IReadOnlyList<IStopper> _stoppers;
    private readonly SeedPath _seed;
    private readonly ExperimentState _state;
    private readonly CommandEmitter _commands;
    private readonly ReportDecider _reports;
    private readonly TrialEndings _endings;
    private readonly TrialStarts _starts;
    private readonly ExperimentEnding _ending;
    private readonly SuggestionVerifier _suggestions;

    /// <summary>An experiment to which nothing has happened yet.</summary>
    /// <param name="plan">What the specification says.</param>
    /// <param name="searcher">Proposes configurations. Asked by the shell, with <see cref="Suggest"/>.</param>
    /// <param name="scheduler">Decides which trials deserve more time.</param>
    /// <param name="stoppers">Stop criteria in the order in which they are asked: metric thresholds first.</param>
    /// <param name="seed">The experiment's place in the tree of seeds.</param>
    public ExperimentController(ExperimentPlan plan, ISearcher searcher, ITrialScheduler scheduler, IReadOnlyList<IStopper> stoppers, SeedPath seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(plan.Slots, 1);
        (_plan, _searcher, _scheduler, _stoppers, _seed) = (plan, searcher, scheduler, stoppers, seed);
        _state = new(plan, searcher, scheduler, stoppers);
        _commands = new(_state);
        _reports = new(plan, _state, scheduler, stoppers, _commands);
        _endings = new(plan, _state, scheduler, _commands, _reports, new(seed));
        _starts = new(plan, _state, scheduler, _commands);
        _ending = new(plan, _state, _commands, _starts, _endings);
        _suggestions = new(searcher, _state, Suggest);
    }

    /// <summary>All trials.</summary>
    public TrialBoard Board => _state.Trials;

    /// <summary>What has become of the experiment, to be read.</summary>
    internal ExperimentState State => _state;

    /// <summary>Whether the experiment has finished; a resumed session can only extend it.</summary>
    public bool IsFinished => _state.IsFinished;

    /// <summary>Whether this session is over, with work left for another.</summary>
    public bool IsSuspended => _state.IsSuspended;

    /// <summary>Whether the experiment finished because it could not go on; <see cref="EndReason"/> says why.</summary>
    public bool IsFailed => _state.IsFailed;

    /// <summary>Why the experiment finished or was suspended; null before.</summary>
    public string? EndReason => _state.EndReason;

    /// <summary>The trial whose failure stops this session; null for none.</summary>
    public TrialId? FailedFast => _state.FailedFast;

    /// <summary>Why the whole experiment stops; null while it does not.</summary>
    public string? StopReason => _state.StopReason;

    /// <summary>
    /// Whether trials that run are to end before their next report: the experiment stops, or the process does and they have no checkpoint to write for it.
    /// </summary>
    public bool EndsTrialsNow => _state.StopReason is not null || (_state.SuspendReason is not null && !_plan.TrainableCheckpoints);

    /// <summary>Whether trials are interrupted to go on in another session, and do not end.</summary>
    public bool IsInterrupted => _state is { StopReason: null, SuspendReason: not null };

    /// <summary>Whether a checkpoint of a trial is due that has not been written.</summary>
    public bool OwesCheckpoint(TrialId trial) => _state.Trials.Find(trial).Live is { OwesSave: true };

    /// <summary>Whether trials start when somebody asks for them, and outlive the process.</summary>
    public bool IsOnDemand => _plan.IsOnDemand;

    /// <summary>How many trials were asked for that have not started.</summary>
    public int Asks => _state.Asks;

    /// <summary>Whether another trial may start, now or after a suggestion or a result.</summary>
    public bool MayBringTrials => _state.AcceptsTrials
        && (_state.Trials.Startable.Count > 0 || _state.Suggestions.HasMore || _state.Suggestions.Requested.Count > 0);

    /// <summary>Whether a trial that fails is tried again, at least once.</summary>
    public bool RetriesFailed => _plan.Failures.MaxFailures != 0;

    /// <summary>How many events were handled: the basis of suggestions asked for now.</summary>
    public long Events => _state.Events;

    /// <summary>How long the experiment has been running, over all of its sessions.</summary>
    public TimeSpan Elapsed => _state.Trials.Elapsed;

    /// <summary>
    /// The running time at which <see cref="ExperimentEvent.TimePassed"/> is to be sent, in <see cref="Elapsed"/>'s terms: this much less
    /// <see cref="Elapsed"/> after the last event. Null when time does not matter.
    /// </summary>
    public TimeSpan? NextDeadline
    {
        get
        {
            if (!_state.AcceptsTrials)
            {
                return null;
            }

            var next = _state.Trials.NextDue;
            foreach (var stopper in _stoppers)
            {
                next = stopper.Deadline is { } deadline && !(next <= deadline) ? deadline : next;
            }

            return next;
        }
    }

    /// <summary>How often the space is sampled in all, with what was added on resume.</summary>
    public int Samples => _state.Suggestions.Samples;

    /// <summary>How many trials there will be; null when that is not known.</summary>
    public long? TotalTrials => _state.Suggestions switch
    {
        { Exhausted: not null } => _state.Trials.Count,
        { Total: long.MaxValue } => null,
        var suggestions => suggestions.Total,
    };

    /// <summary>How many trials there will be once the experiment is extended; null when that is not known.</summary>
    public long? TotalTrialsWith(ExperimentExtension extension) => _state.TotalWith(extension) switch
    {
        long.MaxValue => null,
        _ when _state.Suggestions.Exhausted is not null && extension is { NumSamples: null, AddSamples: 0 } => _state.Trials.Count,
        var total => total,
    };

    /// <summary>The trial with the best value of the first objective so far; null before the first. Of equal values the older trial's is better.</summary>
    public TrialId? Best => _state.Best?.Id;

    /// <summary>
    /// Trials that were paused while the last event was handled, and why, also those that went on in the same moment and now have another reason.
    /// Valid until the next call.
    /// </summary>
    public IReadOnlyList<(TrialId Trial, string? Reason)> Paused => _state.Paused;

    /// <summary>
    /// Whether a trial whose trainable returns by itself is to write a last checkpoint: the session then calls the last <c>save</c> that
    /// it was given and sends <see cref="ExperimentEvent.CheckpointSaved"/> before <see cref="ExperimentEvent.SegmentEnded"/>. It may leave that
    /// out where the trial's last checkpoint follows its last report already.
    /// </summary>
    public bool SaveAtCompletion => _plan.SavesAtEnd;

    /// <summary>Whether a stop criterion would end a trial at a report.</summary>
    public bool IsStoppedAt(TrialReport report) => _stoppers.Any(s => s.Check(report, Board) is not null);

    /// <summary>A snapshot of a trial, safe on any thread.</summary>
    public TrialView View(TrialId trial) => _state.Trials[trial];

    /// <summary>All trials as they stand, oldest first.</summary>
    public IEnumerable<TrialView> Views() => _state.Views();

    /// <summary>When something happened last.</summary>
    public DateTimeOffset LastAt => _state.Trials.Now;

    /// <summary>What a searcher may know now. Immutable, safe on any thread; cheap, see <see cref="SearchHistoryLog"/>.</summary>
    public SearchHistory History() => _state.History();

    /// <summary>
    /// Asks the searcher: the one way to, live and in verification. Safe on any thread unless the searcher is immediate.
    /// </summary>
    /// <param name="number">The number that <see cref="ExperimentCommand.RequestSuggestion"/> gave.</param>
    /// <param name="history">The history when it was requested; <see cref="SearchHistory.Empty"/> serves an immediate searcher.</param>
    public Suggestion Suggest(long number, SearchHistory history) => _searcher.Ask(history, number, (_seed / "searcher" / number).Stream());

    /// <summary>What a trial that starts now repeats. To be asked when <see cref="ExperimentCommand.StartTrial"/> is carried out.</summary>
    public CatchUp CatchUpOf(TrialId id)
    {
        var trial = _state.Trials.Find(id);
        var live = trial.Live ?? throw new InvalidOperationException($"Trial {id} is {trial.Status}; it does not start.");
        var answer = live.LastAnswer is { } last ? last with { Save = live.OwesSave } : null;
        ImmutableArray<int> save = live.OwesSave && answer is null ? [trial.Reports] : [];
        return new(trial.RestoreFollows + 1, trial.Reports, live.Digests.ToImmutable(), answer, save, trial.TimeTotal);
    }

    /// <summary>What a trial that starts now has of the machine; null where that is not counted.</summary>
    public TrialShare? ShareOf(TrialId id) => _state.Trials.ShareOf(id);

    /// <summary>The checkpoints of a trial that exist, oldest first. After a replay, what else is on disk is surplus.</summary>
    public IEnumerable<CheckpointRef> Checkpoints(TrialId id) =>
        (_state.Trials.Find(id).Checkpoints ?? []).Select(c => new CheckpointRef(id, c.Number, c.AfterReport));

    /// <summary>The number that the trial's next checkpoint has.</summary>
    public int NextCheckpointNumber(TrialId id) => _state.Trials.Find(id).NextCheckpoint;

    /// <summary>
    /// The checkpoints that were deleted: every number below the trial's next that does not exist any more. A process that was killed may
    /// not have carried the last of these out; a resumed one deletes their directories if they are there.
    /// </summary>
    public IEnumerable<string> DeletedCheckpoints(TrialId id)
    {
        var trial = _state.Trials.Find(id);
        var existing = (trial.Checkpoints ?? []).Select(c => c.Number).ToHashSet();
        return Enumerable.Range(0, trial.NextCheckpoint).Where(n => !existing.Contains(n)).Select(n => new CheckpointRef(id, n, 0).RelativePath);
    }

    /// <summary>What is wrong with an extension; null when <see cref="ExperimentEvent.Resumed"/> can carry it. Ask before it is journaled.</summary>
    public string? CheckExtension(ExperimentExtension extension) => _state.CheckExtension(extension);

    /// <summary>Applies an event, decides, and applies each decision as it is made.</summary>
    /// <returns>All commands in order, recorded and derived. Valid until the next call.</returns>
    /// <exception cref="InvalidOperationException">The event cannot happen now, and nothing has changed; or a scheduler decided the impossible.</exception>
    public IReadOnlyList<ExperimentCommand> Handle(ExperimentEvent e)
    {
        Begin(null);
        _state.Apply(e);
        Decide(e);
        return _commands.Emitted;
    }

    /// <summary>
    /// Applies an event and the commands that stand in the record. Decides nothing and asks neither searcher, scheduler nor stopper;
    /// they observe what they observed live. Afterwards the state equals the live one.
    /// </summary>
    public void Replay(ExperimentEvent e, IReadOnlyList<ExperimentCommand> recorded)
    {
        Begin(null);
        if (e is ExperimentEvent.SuggestionReady answered)
        {
            _state.Suggestions.Recorded(answered.Number);
        }

        _state.Apply(e);
        ApplyRecorded(e as ExperimentEvent.Reported, recorded, 0);
        _starts.RequestSuggestions();
    }

    /// <summary>
    /// Decides anew, with the pure functions of all components, and compares with the record; suggestions are computed anew as well.
    /// The record is what is applied.
    /// </summary>
    /// <returns>The first difference at this event; null when the record is what would be decided.</returns>
    public VerificationDifference? Verify(ExperimentEvent e, IReadOnlyList<ExperimentCommand> recorded)
    {
        var suggestion = e is ExperimentEvent.SuggestionReady s ? _suggestions.Compare(s) : null;
        Begin(recorded);
        _state.Apply(e);
        var isObserved = Decide(e);
        _commands.ExpectNothing();
        var difference = suggestion ?? _commands.Difference;
        if (!_commands.Agrees)
        {
            var from = _commands.Cursor;
            _commands.Surrender();
            ApplyRecorded(isObserved ? null : e as ExperimentEvent.Reported, recorded, from);
            _starts.RequestSuggestions();
        }

        _suggestions.Note(_commands.Emitted);
        return difference;
    }

    private void Begin(IReadOnlyList<ExperimentCommand>? recorded)
    {
        _commands.Begin(recorded);
        _state.Paused.Clear();
    }

    private void ApplyRecorded(ExperimentEvent.Reported? unobserved, IReadOnlyList<ExperimentCommand> recorded, int from)
    {
        for (var i = from; i < recorded.Count; i++)
        {
            if (unobserved is not null && !ExperimentState.IsReportDecision(recorded[i]))
            {
                _state.Observe(unobserved.Report, recorded, i);
                unobserved = null;
            }

            if (_commands.Undecided is { } ended && !ExperimentState.IsEndDecision(recorded[i]))
            {
                _state.ObserveEnd(ended.Trial, recorded, ended.From, i);
                _commands.Undecided = null;
            }

            _state.Apply(recorded[i]);
            if (recorded[i] is ExperimentCommand.EndTrial end)
            {
                _commands.Undecided = (end.Trial, i + 1);
            }
        }

        if (unobserved is not null)
        {
            _state.Observe(unobserved.Report, recorded, recorded.Count);
        }

        if (_commands.Undecided is { } last)
        {
            _state.ObserveEnd(last.Trial, recorded, last.From, recorded.Count);
            _commands.Undecided = null;
        }

        // What was to be deleted then stands in the record.
        _state.References.Unsettled.Clear();
    }

    // What is decided after an event was applied, in this order. Returns whether a report was observed.
    private bool Decide(ExperimentEvent e)
    {
        var isObserved = false;
        if (_state.IsFinished || _state.IsSuspended)
        {
            if (e is ExperimentEvent.Resumed)
            {
                // Nothing to do, and the session must end like any other.
                _commands.Emit(new ExperimentCommand.FinishExperiment(_state.EndReason!));
            }

            return isObserved;
        }

        switch (e)
        {
            case ExperimentEvent.Reported r:
                isObserved = _reports.Decide(r.Report);
                break;
            case ExperimentEvent.SuggestionReady { Suggestion: Suggestion.Configure c } s when _state.AcceptsTrials:
                _commands.Emit(new ExperimentCommand.CreateTrial(new(_state.Trials.Count), s.Number, c.Config));
                break;
            case ExperimentEvent.SuggestionReady { Suggestion: Suggestion.Invalid i } s when _state.AcceptsTrials:
                var failing = new TrialId(_state.Trials.Count);
                _commands.Emit(new ExperimentCommand.CreateTrial(failing, s.Number, i.Config));
                if (_commands.Agrees)
                {
                    _endings.End(failing, TrialStatus.Failed, i.Reason);
                }

                break;
            case ExperimentEvent.SegmentEnded s:
                _commands.Touch(s.Trial);
                _endings.Decide(s);
                break;
            case ExperimentEvent.SegmentFailed f:
                _commands.Touch(f.Trial);
                _endings.Decide(f);
                break;
            case ExperimentEvent.Resumed:
                _commands.Sweep = true;
                _endings.EndStopped();
                break;
            case ExperimentEvent.TimePassed when _state.StopReason is null && _reports.CheckTime() is { } reason:
                _reports.StopExperiment(reason);
                break;
        }

        Settle();
        _starts.StartTrials();
        _starts.RequestSuggestions();
        _ending.Conclude();
        return isObserved;
    }

    // Ends what is to end and does not run, and does the exploits that can be done.
    private void Settle()
    {
        if (_commands.Sweep)
        {
            _commands.Touched.Clear();
            _commands.Touched.AddRange(_state.Trials.Live.Select(_state.Trials.Find));
            _commands.Sweep = false;
        }

        for (var i = 0; i < _commands.Touched.Count && _commands.MayDecide; i++)
        {
            _endings.EndIfDue(_commands.Touched[i]);
        }

        _commands.Touched.Clear();
        _starts.ResolveExploits(force: false);
    }
}
