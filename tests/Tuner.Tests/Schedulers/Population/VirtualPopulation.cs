using Tuning.Control;
using Tuning.Randomness;
using Tuning.Schedulers;
using Tuning.Search;
using Tuning.Testing;
using Tuning.Trials;

namespace Tuning.Tests.Schedulers.Population;

/// <summary>
/// A population that trains on virtual time: learners are a few numbers, steps take dice's time, segments may fail. The controller is the
/// real one; a twin is replayed from the record and verified at the end.
/// </summary>
internal sealed class VirtualPopulation
{
    private readonly Dictionary<TrialId, Segment> _running = [];
    private readonly Dictionary<CheckpointRef, LearnerState> _checkpoints = [];
    private readonly Queue<long> _requests = [];
    private readonly RandomStream _dice;
    private readonly RandomStream _failures;
    private DateTimeOffset _now = DateTimeOffset.UnixEpoch;
    private ExperimentController _controller = null!;

    public VirtualPopulation(ulong seed) => (_dice, _failures, Seed) = (new(seed), new(seed + 1), seed);

    public ulong Seed { get; }

    public required Func<SchedulerContext, ITrialScheduler> Scheduler { get; init; }

    /// <summary>Configuration of a new trial.</summary>
    public required Func<int, ParameterSet> Config { get; init; }

    /// <summary>One step: changes the state, returns the score.</summary>
    public required Func<LearnerState, ParameterSet, double> Step { get; init; }

    public int Trials { get; init; } = 8;

    public int Slots { get; init; } = 8;

    public int Iterations { get; init; } = 50;

    /// <summary>One step in this many fails; 0 none.</summary>
    public int FailsOneIn { get; init; }

    public int MaxFailures { get; init; } = 3;

    /// <summary>Whether all steps take the same time.</summary>
    public bool IsEven { get; init; }

    /// <summary>Whether a trial that is to pause or end takes time for its checkpoint.</summary>
    public bool LeavesSlowly { get; init; }

    public Mode Mode { get; init; } = Mode.Max;

    public CheckpointConfig Checkpoints { get; init; } = new();

    /// <summary>All that happened, as it stands in the journal.</summary>
    public List<(ExperimentEvent Event, ExperimentCommand[] Recorded)> Record { get; } = [];

    /// <summary>All reports with the configuration that they were made with.</summary>
    public List<(TrialReport Report, ParameterSet Config)> Reports { get; } = [];

    public ExperimentController Controller => _controller;

    public IEnumerable<T> Commands<T>()
        where T : ExperimentCommand => Record.SelectMany(r => r.Recorded).OfType<T>();

    public VirtualPopulation Run()
    {
        _controller = NewController();
        Send(new ExperimentEvent.Started(_now));
        for (var events = 0; !_controller.IsFinished; events++)
        {
            if (_running.Count == 0 && _controller.NextDeadline is { } due)
            {
                _now += due - _controller.Elapsed;
                Send(new ExperimentEvent.TimePassed(_now));
                continue;
            }

            if (events > 200_000 || _running.Count == 0)
            {
                Assert.Fail($"Seed {Seed}: nothing goes on.\n{Tests.Control.StateText.Of(_controller)}");
            }

            var next = _running.Values.MinBy(s => (s.Due, s.Trial.Number))!;
            _now = _now > next.Due ? _now : next.Due;
            Act(next);
        }

        var twin = NewController();
        foreach (var (e, recorded) in Record)
        {
            Assert.Null(twin.Verify(e, recorded));
        }

        Tests.Control.StateText.AssertRead(_controller, Record.Select(r => (r.Event, (IReadOnlyList<ExperimentCommand>)r.Recorded)));
        return this;
    }

    /// <summary>A controller in the state after this many recorded events.</summary>
    public ExperimentController Replayed(int events)
    {
        var controller = NewController();
        foreach (var (e, recorded) in Record.Take(events))
        {
            controller.Replay(e, recorded);
        }

        return controller;
    }

    private ExperimentController NewController() => new(
        new()
        {
            NumSamples = Trials,
            Slots = Slots,
            Objectives = [new("score", Mode)],
            TrainableCheckpoints = true,
            Checkpoints = Checkpoints,
            Failures = new() { MaxFailures = MaxFailures },
        },
        new ScriptedSearcher { Answer = (_, number, _) => new Suggestion.Configure(Config((int)number), "given") },
        Scheduler(new([new("score", Mode)], SeedPath.Of(Seed)) { Trials = Trials }),
        [new Tuning.Stopping.MetricStopper("iteration", StopAt.Least(Iterations))],
        SeedPath.Of(Seed));

    private void Act(Segment segment)
    {
        if (FailsOneIn > 0 && _failures.NextInt32(FailsOneIn) == 0)
        {
            _running.Remove(segment.Trial);
            Send(new ExperimentEvent.SegmentFailed(_now, segment.Trial, "dice", true));
            return;
        }

        if (segment.Leaving is { } leaving)
        {
            Leave(segment, leaving.Save);
            return;
        }

        if (segment.Position >= segment.CatchUp.RecordedReports)
        {
            if (segment.Owed is { } owed)
            {
                segment.Owed = null;
                Do(segment, owed.Verdict, owed.Save);
                return;
            }
        }

        var score = Step(segment.State, segment.Config);
        segment.Position++;
        segment.State.Iteration++;
        if (segment.Position <= segment.CatchUp.RecordedReports)
        {
            if (segment.CatchUp.SaveAfter.Contains(segment.Position))
            {
                Save(segment);
            }

            Later(segment);
            return;
        }

        var metrics = new Metrics { ["iteration"] = segment.State.Iteration, ["training_iteration"] = segment.State.Iteration, ["score"] = score };
        var report = new TrialReport(segment.Trial, segment.Position, _now, segment.Position, 1, metrics);
        Reports.Add((report, segment.Config));
        var answer = Send(new ExperimentEvent.Reported(report, (ulong)segment.Position)).OfType<ExperimentCommand.Answer>().Single();
        Do(segment, answer.Verdict, answer.Save);
    }

    private void Do(Segment segment, Verdict verdict, bool save)
    {
        if (verdict != Verdict.Continue && !LeavesSlowly)
        {
            Leave(segment, save);
            return;
        }

        if (verdict != Verdict.Continue)
        {
            segment.Leaving = (verdict, save);
        }
        else if (save)
        {
            Save(segment);
        }

        Later(segment);
    }

    private void Leave(Segment segment, bool save)
    {
        if (save)
        {
            Save(segment);
        }

        _running.Remove(segment.Trial);
        Send(new ExperimentEvent.SegmentEnded(_now, segment.Trial, SegmentEnd.AsAnswered));
    }

    private void Save(Segment segment)
    {
        var checkpoint = new CheckpointRef(segment.Trial, _controller.NextCheckpointNumber(segment.Trial), segment.Position);
        _checkpoints.Add(checkpoint, segment.State.Copy());
        Send(new ExperimentEvent.CheckpointSaved(_now, checkpoint));
    }

    private void Later(Segment segment) => segment.Due = _now.AddSeconds(IsEven ? 1 : 0.5 + _dice.NextDouble());

    private ExperimentCommand[] Send(ExperimentEvent e)
    {
        var commands = Handle(e);
        while (_requests.TryDequeue(out var number))
        {
            Handle(new ExperimentEvent.SuggestionReady(_now, number, _controller.Suggest(number, SearchHistory.Empty), 0));
        }

        return commands;
    }

    private ExperimentCommand[] Handle(ExperimentEvent e)
    {
        ExperimentCommand[] commands = [.. _controller.Handle(e)];
        Record.Add((e, [.. commands.Where(c => c.IsRecorded)]));
        foreach (var command in commands)
        {
            switch (command)
            {
                case ExperimentCommand.RequestSuggestion r:
                    _requests.Enqueue(r.Number);
                    break;
                case ExperimentCommand.DeleteCheckpoint d:
                    Assert.True(_checkpoints.Remove(d.Checkpoint));
                    break;
                case ExperimentCommand.StartTrial s:
                    var catchUp = _controller.CatchUpOf(s.Trial);
                    var segment = new Segment(s.Trial, _controller.View(s.Trial).Config, catchUp, s.From is { } from ? _checkpoints[from].Copy() : new());
                    Later(segment);
                    _running.Add(s.Trial, segment);
                    break;
            }
        }

        return commands;
    }

    private sealed class Segment(TrialId trial, ParameterSet config, CatchUp catchUp, LearnerState state)
    {
        public TrialId Trial => trial;

        public ParameterSet Config => config;

        public CatchUp CatchUp => catchUp;

        public LearnerState State => state;

        public int Position { get; set; } = catchUp.FirstReport - 1;

        public ExperimentCommand.Answer? Owed { get; set; } = catchUp.LastAnswer;

        /// <summary>What it was answered, while it takes its time for it.</summary>
        public (Verdict Verdict, bool Save)? Leaving { get; set; }

        public DateTimeOffset Due { get; set; }
    }
}

/// <summary>What a virtual learner trains.</summary>
internal sealed class LearnerState
{
    public double[] Weights { get; set; } = [];

    public int Iteration { get; set; }

    public LearnerState Copy() => new() { Weights = [.. Weights], Iteration = Iteration };
}
