using Tuning.Control;
using Tuning.Randomness;
using Tuning.Schedulers;
using Tuning.Search;
using Tuning.Stopping;
using Tuning.Testing;
using Tuning.Trials;

namespace Tuning.Tests.Control;

/// <summary>
/// Drives a controller by hand, with a clock of its own. After every event a twin that was replayed from the record must be in
/// the same state and a third one that verifies the record must find no difference; who only reads the record sees the same.
/// </summary>
internal sealed class ControllerDriver
{
    private readonly ExperimentController _replayed;
    private readonly ExperimentController _verifying;
    private readonly ExperimentState _read;
    private readonly Queue<long> _requests = new();
    private readonly Refusing _refusing = new();
    private int _observed;

    public ControllerDriver(
        ExperimentPlan? plan = null,
        ITrialScheduler? scheduler = null,
        ISearcher? searcher = null,
        Func<IReadOnlyList<IStopper>>? stoppers = null,
        bool answersSuggestions = true,
        bool starts = true)
    {
        Plan = plan ?? new ExperimentPlan { Objectives = [new("loss", Mode.Min)], TrainableCheckpoints = true };
        Searcher = searcher ?? new ScriptedSearcher();
        Scheduler = scheduler ?? new ScriptedScheduler();
        AnswersSuggestions = answersSuggestions;
        Controller = New(Scheduler, stoppers);
        // The twins get a scheduler that decides the same and a record of their own.
        _replayed = New(_refusing, stoppers is null ? null : () => [.. stoppers().Select(s => new RefusingStopper(s))]);
        _verifying = New(Scheduler is ScriptedScheduler scripted
            ? new ScriptedScheduler
            {
                OnReport = (r, b) => scripted.OnReport(r, b),
                OnChoose = b => scripted.Choose(b),
                OnEnded = (t, b) => scripted.OnEnded(t, b),
                OnLeave = t => scripted.OnLeave(t),
                OnStart = t => scripted.OnStart(t)
            } : Scheduler, stoppers);
        _read = new(Plan);
        if (starts)
        {
            Send(new ExperimentEvent.Started(Now));
        }
    }

    public ExperimentPlan Plan { get; }

    public ISearcher Searcher { get; }

    public ITrialScheduler Scheduler { get; }

    public ScriptedScheduler Script => (ScriptedScheduler)Scheduler;

    public bool AnswersSuggestions { get; set; }

    public ExperimentController Controller { get; }

    public DateTimeOffset Now { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The commands of the last event that was sent by the test, without those of suggestions that were answered for it.</summary>
    public IReadOnlyList<ExperimentCommand> Last { get; private set; } = [];

    /// <summary>All commands so far.</summary>
    public List<ExperimentCommand> All { get; } = [];

    /// <summary>All events with what is recorded of them.</summary>
    public List<(ExperimentEvent Event, IReadOnlyList<ExperimentCommand> Recorded)> Record { get; } = [];

    public IEnumerable<long> Requests => _requests;

    public TrialView this[int trial] => Controller.View(new(trial));

    public IReadOnlyList<ExperimentCommand> Send(ExperimentEvent e)
    {
        var last = Handle(e);
        while (AnswersSuggestions && _requests.TryDequeue(out var number))
        {
            Suggest(number);
        }

        return Last = last;
    }

    public IReadOnlyList<ExperimentCommand> Suggest(long number) =>
        Handle(new ExperimentEvent.SuggestionReady(Now, number, Controller.Suggest(number, Controller.History()), Controller.Events));

    public IReadOnlyList<ExperimentCommand> Report(int trial, double? loss = 1, double seconds = 1, params (string Name, double Value)[] more)
    {
        Now += TimeSpan.FromSeconds(seconds);
        var metrics = new Metrics();
        if (loss is { } value)
        {
            metrics["loss"] = value;
        }

        foreach (var (name, number) in more)
        {
            metrics[name] = number;
        }

        var n = this[trial].Reports + 1;
        return Send(new ExperimentEvent.Reported(new(new(trial), n, Now, n, 1, metrics), Digest(trial, n)));
    }

    public static ulong Digest(int trial, int report) => (ulong)((trial * 1000) + report);

    public ExperimentCommand.Answer Answer(int trial, double? loss = 1) => Report(trial, loss).OfType<ExperimentCommand.Answer>().Single();

    public IReadOnlyList<ExperimentCommand> Save(int trial) => Send(new ExperimentEvent.CheckpointSaved(
        Now, new(new(trial), Controller.NextCheckpointNumber(new(trial)), this[trial].Reports)));

    public IReadOnlyList<ExperimentCommand> End(int trial, SegmentEnd end = SegmentEnd.AsAnswered) =>
        Send(new ExperimentEvent.SegmentEnded(Now, new(trial), end));

    public IReadOnlyList<ExperimentCommand> Complete(int trial) => End(trial, SegmentEnd.Completed);

    public IReadOnlyList<ExperimentCommand> Fail(int trial, string message = "boom", bool retry = true) =>
        Send(new ExperimentEvent.SegmentFailed(Now, new(trial), message, retry));

    public IReadOnlyList<ExperimentCommand> Interrupt() => Send(new ExperimentEvent.StopRequested(Now, "SIGTERM"));

    public IReadOnlyList<ExperimentCommand> Resume(ExperimentExtension? extension = null)
    {
        _requests.Clear();
        return Send(new ExperimentEvent.Resumed(Now, extension ?? new()));
    }

    public IReadOnlyList<ExperimentCommand> TimePasses(double seconds)
    {
        Now += TimeSpan.FromSeconds(seconds);
        return Send(new ExperimentEvent.TimePassed(Now));
    }

    /// <summary>Reports and does what is answered, until the trial is told something else than to go on.</summary>
    public void Run(int trial, int reports, double loss = 1)
    {
        for (var i = 0; i < reports; i++)
        {
            if (Answer(trial, loss).Save)
            {
                Save(trial);
            }
        }
    }

    private List<ExperimentCommand> Handle(ExperimentEvent e)
    {
        List<ExperimentCommand> commands = [.. Controller.Handle(e)];
        List<ExperimentCommand> recorded = [.. commands.Where(c => c.IsRecorded)];
        _replayed.Replay(e, recorded);
        Assert.Equal(StateText.Of(Controller), StateText.Of(_replayed));
        _read.Apply(e, recorded);
        StateText.AssertRead(Controller, _read);
        Assert.Null(_verifying.Verify(e, recorded));
        Assert.Equal(StateText.Of(Controller), StateText.Of(_verifying));

        if (Scheduler is ScriptedScheduler)
        {
            Assert.Equal(Script.Observed.Skip(_observed).Select(Text), _refusing.Observed.Skip(_observed).Select(Text));
            _observed = Script.Observed.Count;
        }

        Record.Add((e, recorded));
        All.AddRange(commands);
        foreach (var request in commands.OfType<ExperimentCommand.RequestSuggestion>())
        {
            _requests.Enqueue(request.Number);
        }

        return commands;
    }

    private ExperimentController New(ITrialScheduler scheduler, Func<IReadOnlyList<IStopper>>? stoppers) =>
        new(Plan, Searcher, scheduler, stoppers?.Invoke() ?? [], SeedPath.Of(1));

    private static string Text(SchedulerObservation observation) => observation switch
    {
        SchedulerObservation.Reported r => $"{r.Report.Trial} {r.Report.Number} {string.Join("; ", r.Decisions)}",
        SchedulerObservation.EndDecided e => $"{e.Trial} ended: {string.Join("; ", e.Decisions)}",
        _ => observation.ToString(),
    };

    /// <summary>Must not be asked anything: a replay decides nothing.</summary>
    private sealed class Refusing : ITrialScheduler
    {
        public List<SchedulerObservation> Observed { get; } = [];

        public string Name => "scripted";

        public bool NeedsCheckpoints => true;

        public IReadOnlyList<SchedulerDecision> Decide(TrialReport report, TrialBoard board) =>
            throw new InvalidOperationException("A replay asked the scheduler.");

        public IReadOnlyList<SchedulerDecision> DecideEnded(TrialId trial, TrialStatus status, TrialBoard board) =>
            throw new InvalidOperationException("A replay asked the scheduler.");

        public string? StartReason(TrialId trial, TrialBoard board) => throw new InvalidOperationException("A replay asked the scheduler.");

        public string? LeaveReason(TrialId trial, TrialBoard board) => throw new InvalidOperationException("A replay asked the scheduler.");

        public TrialId? Choose(TrialBoard board) => throw new InvalidOperationException("A replay asked the scheduler.");

        public void Observe(SchedulerObservation observation) => Observed.Add(observation);
    }

    private sealed class RefusingStopper(IStopper inner) : IStopper
    {
        public TimeSpan? Deadline => inner.Deadline;

        public StopVerdict? Check(TrialReport report, TrialBoard board) => throw new InvalidOperationException("A replay asked a stopper.");

        public StopVerdict? CheckTime(TimeSpan elapsed) => throw new InvalidOperationException("A replay asked a stopper.");

        public void Observe(TrialReport report) => inner.Observe(report);

        public void Forget(TrialId trial) => inner.Forget(trial);
    }
}
