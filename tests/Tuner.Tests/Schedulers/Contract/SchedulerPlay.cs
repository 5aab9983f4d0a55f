using System.Collections.Immutable;
using Tuning.Control;
using Tuning.Randomness;
using Tuning.Schedulers;
using Tuning.Testing;
using Tuning.Tests.Control;
using Tuning.Trials;

namespace Tuning.Tests.Schedulers.Contract;

/// <summary>An experiment on learning curves: slots, failures and interruptions played by dice against a controller. It keeps the record.</summary>
internal sealed class SchedulerPlay(Func<ITrialScheduler> scheduler, Curves curves)
{
    private readonly Dictionary<TrialId, ModelSession> _sessions = [];
    private readonly Dictionary<TrialId, int> _iterations = [];
    private RandomStream _dice = null!;
    private DateTimeOffset _now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>How many trials there are; -1 for as many as the reports allow.</summary>
    public int Trials { get; init; } = 40;

    /// <summary>How many run at once.</summary>
    public int Slots { get; init; } = 4;

    /// <summary>After how many iterations a trial ends by itself.</summary>
    public int Iterations { get; init; } = 27;

    /// <summary>After how many reports the play ends, whatever is unfinished.</summary>
    public int MostReports { get; init; } = int.MaxValue;

    /// <summary>Of a thousand steps, how many fail.</summary>
    public int Failures { get; init; }

    /// <summary>Of a thousand steps, at how many the process dies and another goes on.</summary>
    public int Crashes { get; init; }

    /// <summary>The seed of the order in which things happen.</summary>
    public ulong Order { get; init; } = 1;

    /// <summary>Whether larger values are better.</summary>
    public Mode Mode { get; init; } = Mode.Min;

    /// <summary>All events, with what was decided.</summary>
    public List<(ExperimentEvent Event, ImmutableArray<ExperimentCommand> Recorded)> Record { get; } = [];

    /// <summary>The controller.</summary>
    public ExperimentController Controller { get; private set; } = null!;

    /// <summary>How many reports were made.</summary>
    public int Reports { get; private set; }

    /// <summary>The commands of one kind.</summary>
    public IEnumerable<T> Commands<T>()
        where T : ExperimentCommand => Record.SelectMany(e => e.Recorded).OfType<T>();

    /// <summary>A controller to which nothing has happened.</summary>
    public ExperimentController New(ITrialScheduler? own = null) => new(
        new ExperimentPlan
        {
            NumSamples = Trials,
            Slots = Slots,
            Objectives = [.. curves.Names.Select(n => new Objective(n, Mode))],
            TrainableCheckpoints = true,
            Failures = new() { MaxFailures = 1 },
        },
        new ScriptedSearcher(),
        own ?? scheduler(),
        [],
        SeedPath.Of(1));

    /// <summary>Plays to the end.</summary>
    public SchedulerPlay Play()
    {
        _dice = new(Order);
        Controller = New();
        Send(new ExperimentEvent.Started(_now));
        for (var steps = 0; !Controller.IsFinished && Reports < MostReports; steps++)
        {
            Assert.True(steps < 500_000, "The experiment does not end.");
            Assert.True(_sessions.Count > 0, "Nothing runs, and the experiment has not ended.");
            _now += TimeSpan.FromSeconds(1);
            if (Below(1000) < Crashes)
            {
                Resume();
            }
            else
            {
                Step(_sessions.OrderBy(s => s.Key).ElementAt(Below(_sessions.Count)).Value);
            }
        }

        StateText.AssertRead(Controller, Record.Select(r => (r.Event, (IReadOnlyList<ExperimentCommand>)r.Recorded)));
        return this;
    }

    private int Below(int bound) => _dice.NextInt32(bound);

    private void Resume()
    {
        _sessions.Clear();
        Controller = New();
        foreach (var (e, recorded) in Record)
        {
            Controller.Replay(e, recorded);
        }

        Send(new ExperimentEvent.Resumed(_now, new()));
    }

    private void Step(ModelSession session)
    {
        var trial = session.Trial;
        if (Below(1000) < Failures)
        {
            End(session, new ExperimentEvent.SegmentFailed(_now, trial, "boom", Retry: true));
        }
        else if (session.SaveDue)
        {
            session.SaveDue = false;
            Save(session);
        }
        else if (session.Verdict != Verdict.Continue)
        {
            End(session, new ExperimentEvent.SegmentEnded(_now, trial, SegmentEnd.AsAnswered));
        }
        else if (session.IsRepeating)
        {
            session.Repeat();
        }
        else if (session.Position >= Iterations)
        {
            Save(session);
            End(session, new ExperimentEvent.SegmentEnded(_now, trial, SegmentEnd.Completed));
        }
        else
        {
            Report(session);
        }
    }

    private void Report(ModelSession session)
    {
        Reports++;
        var number = session.Position + 1;
        var report = new TrialReport(session.Trial, number, _now, number, 1, curves.Report(session.Trial.Number, number));
        var commands = Send(new ExperimentEvent.Reported(report, (ulong)number));
        session.Answered(commands.OfType<ExperimentCommand.Answer>().Single());
    }

    private void Save(ModelSession session) =>
        Send(new ExperimentEvent.CheckpointSaved(_now, new(session.Trial, Controller.NextCheckpointNumber(session.Trial), session.Position)));

    private void End(ModelSession session, ExperimentEvent e)
    {
        _sessions.Remove(session.Trial);
        Send(e);
    }

    private ImmutableArray<ExperimentCommand> Send(ExperimentEvent e)
    {
        ImmutableArray<ExperimentCommand> commands = [.. Controller.Handle(e)];
        Record.Add((e, [.. commands.Where(c => c.IsRecorded)]));
        foreach (var start in commands.OfType<ExperimentCommand.StartTrial>())
        {
            _sessions.Add(start.Trial, new(start.Trial, Controller.CatchUpOf(start.Trial)));
        }

        foreach (var request in commands.OfType<ExperimentCommand.RequestSuggestion>())
        {
            Send(new ExperimentEvent.SuggestionReady(_now, request.Number, Controller.Suggest(request.Number, Controller.History()), Controller.Events));
        }

        return commands;
    }
}
