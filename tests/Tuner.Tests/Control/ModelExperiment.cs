using Tuning.Control;
using Tuning.Randomness;
using Tuning.Search;
using Tuning.Stopping;
using Tuning.Testing;
using Tuning.Trials;

namespace Tuning.Tests.Control;

/// <summary>
/// An executor, a searcher and a machine that crashes, played by dice against a controller; it checks after every event what must
/// always hold.
/// </summary>
internal sealed partial class ModelExperiment
{
    private readonly ulong _seed;
    private readonly RandomStream _dice;
    private readonly ExperimentPlan _plan;
    private readonly bool _isThorough;
    private readonly HashSet<(TrialStatus From, TrialStatus To)> _taken;
    private readonly Dictionary<TrialId, ModelSession> _sessions = [];
    private readonly Dictionary<TrialId, TrialShare> _shares = [];
    private readonly List<long> _requests = [];
    private readonly Dictionary<TrialId, List<ulong>> _digests = [];
    private readonly HashSet<CheckpointRef> _checkpoints = [];
    private readonly Dictionary<TrialId, (TrialId Source, int Reports)> _planned = [];
    private readonly Dictionary<(TrialId Trial, CheckpointRef Checkpoint), int> _adopted = [];
    private readonly HashSet<long> _configured = [];
    private readonly List<(ExperimentEvent Event, ExperimentCommand[] Recorded)> _record = [];
    private ExperimentController _controller;
    private RandomScheduler _scheduler;
    private readonly ExperimentController _twin;
    private readonly RandomScheduler _twinScheduler;
    private DateTimeOffset _now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private bool _isCalm;
    private int _samples;

    public ModelExperiment(ulong seed, HashSet<(TrialStatus From, TrialStatus To)> taken)
    {
        (_seed, _dice, _taken) = (seed, new(seed), taken);
        _isThorough = seed % 4 == 0;
        _samples = _dice.NextInt32(8);
        var resources = ShareChecks.Random(new RandomStream(seed + 2));
        _plan = new()
        {
            NumSamples = _samples,
            Slots = Math.Min(1 + _dice.NextInt32(4), resources.Lanes),
            Resources = resources,
            Objectives = [new("loss", Mode.Min)],
            TrainableCheckpoints = true,
            Checkpoints = new()
            {
                CheckpointFrequency = _dice.NextInt32(4),
                CheckpointAtEnd = _dice.NextInt32(3) switch { 0 => true, 1 => false, _ => null },
                MaxToKeep = _dice.NextInt32(3) == 0 ? null : 1 + _dice.NextInt32(3),
                CheckpointScoreAttribute = _dice.NextInt32(2) == 0 ? "loss" : null,
            },
            Failures = new() { MaxFailures = _dice.NextInt32(4) - 1, FailFast = _dice.NextInt32(5) == 0 },
        };
        (_controller, _scheduler) = New();
        (_twin, _twinScheduler) = New();
    }

    public void Play(int events)
    {
        Send(new ExperimentEvent.Started(_now));
        for (var i = 0; i < events && (!_controller.IsFinished || Below(3) != 0); i++)
        {
            Act();
        }

        _isCalm = _scheduler.IsCalm = _twinScheduler.IsCalm = true;
        for (var i = 0; !_controller.IsFinished; i++)
        {
            Assert.True(i < 2000, $"Seed {_seed}: the experiment does not end.\n{StateText.Of(_controller)}");
            Act();
        }

        Finished();
    }

    private (ExperimentController Controller, RandomScheduler Scheduler) New()
    {
        var scheduler = new RandomScheduler(_seed) { IsCalm = _isCalm };
        var stopper = new FunctionStopper(report => new Dice(_seed + 1, (ulong)((report.Trial.Number * 1000) + report.Number)).Below(30) == 0);
        IStopper[] stoppers = _seed % 5 == 0 ? [stopper, new TimeoutStopper(400)] : [stopper];
        var controller = new ExperimentController(_plan, new ScriptedSearcher { PerSample = 2, Answer = Answer }, scheduler, stoppers, SeedPath.Of(_seed));
        controller.State.Trials.Moved = (trial, from, to) =>
        {
            Assert.True(TrialTransitions.IsLegal(from, to));
            _taken.Add((from, to));
        };
        return (controller, scheduler);
    }

    private static Suggestion? Answer(SearchHistory history, long number, RandomStream random) =>
        number % 9 == 8 ? new Suggestion.Invalid(ParameterSet.Empty.With("x", number), "cannot be tried") : null;

    private int Below(int bound) => _dice.NextInt32(bound);

    private void Act()
    {
        _now += TimeSpan.FromSeconds(1 + Below(3));
        if (_controller.IsFinished || _controller.IsSuspended || (!_isCalm && Below(60) == 0))
        {
            Resume();
            return;
        }

        if (!_isCalm && Below(80) == 0)
        {
            Send(new ExperimentEvent.StopRequested(_now, "stop requested"));
            return;
        }

        if (_sessions.Count + _requests.Count == 0 && _controller.NextDeadline is { } due)
        {
            // Nothing is under way but time.
            _now += TimeSpan.FromSeconds(Math.Max(0, Math.Ceiling((due - _controller.Elapsed).TotalSeconds)));
        }

        if (_controller.NextDeadline <= _controller.Elapsed || (_sessions.Count + _requests.Count == 0 && _controller.NextDeadline is not null)
            || Below(100) == 0)
        {
            Send(new ExperimentEvent.TimePassed(_now));
            return;
        }

        Assert.True(_sessions.Count + _requests.Count > 0,
            $"Seed {_seed}: nothing is under way, and the experiment has not ended.\n{StateText.Of(_controller)}");
        var choice = Below(_sessions.Count + _requests.Count);
        if (choice < _requests.Count)
        {
            AnswerRequest(_requests[choice]);
        }
        else
        {
            Step(_sessions.Values.ElementAt(choice - _requests.Count));
        }
    }

    // A crash, or a later session: a new process that knows the record only.
    private void Resume()
    {
        _sessions.Clear();
        _requests.Clear();
        (_controller, _scheduler) = New();
        foreach (var (e, recorded) in _record)
        {
            _controller.Replay(e, recorded);
        }

        Assert.Equal(StateText.Of(_twin), StateText.Of(_controller));
        StateText.AssertRead(_controller, _record.Select(r => (r.Event, (IReadOnlyList<ExperimentCommand>)r.Recorded)));
        Assert.Equal(_twinScheduler.Observed, _scheduler.Observed);
        var extension = new ExperimentExtension
        {
            AddSamples = _isCalm ? 0 : Below(4) == 0 ? Below(3) : 0,
            Errored = _isCalm ? ErroredTrials.Skip : (ErroredTrials)Below(3),
            Longer = _isCalm || Below(4) > 0 ? [] : [.. _controller.Views().Where(t => t.Status == TrialStatus.Terminated).Take(1).Select(t => t.Id.Number)],
        };
        _samples += extension.AddSamples;
        foreach (var longer in extension.Longer)
        {
            // The digests of a trial that had ended are not known any more.
            System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_digests[new(longer)]).Clear();
        }

        _now += TimeSpan.FromHours(1);
        Send(new ExperimentEvent.Resumed(_now, extension));
    }

    private void AnswerRequest(long number)
    {
        var suggestion = !_isCalm && Below(8) == 0 && _sessions.Count > 0 ? new Suggestion.Wait() : _controller.Suggest(number, SearchHistory.Empty);
        _requests.Remove(number);
        Send(new ExperimentEvent.SuggestionReady(_now, number, suggestion, _controller.Events));
    }

    private void Step(ModelSession session)
    {
        if (!_isCalm && Below(25) == 0)
        {
            End(session, new ExperimentEvent.SegmentFailed(_now, session.Trial, "boom", Below(6) != 0));
        }
        else if (session.SaveDue)
        {
            session.SaveDue = false;
            if (_isCalm || Below(30) != 0)
            {
                Save(session);
            }
        }
        else if (session.Verdict != Verdict.Continue)
        {
            End(session, new ExperimentEvent.SegmentEnded(_now, session.Trial, SegmentEnd.AsAnswered));
        }
        else if (_controller.State.SuspendReason is not null && session.IsRepeating && Below(2) == 0)
        {
            End(session, new ExperimentEvent.SegmentEnded(_now, session.Trial, SegmentEnd.AsAnswered));
        }
        else if (Below(_isCalm ? 4 : 25) == 0)
        {
            if (_controller.SaveAtCompletion)
            {
                Save(session);
            }

            End(session, new ExperimentEvent.SegmentEnded(_now, session.Trial, SegmentEnd.Completed));
        }
        else if (session.IsRepeating)
        {
            session.Repeat();
        }
        else
        {
            Report(session);
        }
    }

    private void Report(ModelSession session)
    {
        var number = session.Position + 1;
        var digest = _dice.NextUInt64();
        _digests[session.Trial].Add(digest);
        var metrics = new Metrics { ["loss"] = Below(20) == 0 ? double.NaN : _dice.NextDouble() };
        var commands = Send(new ExperimentEvent.Reported(new(session.Trial, number, _now, number, 1, metrics), digest));
        var answer = Assert.Single(commands.OfType<ExperimentCommand.Answer>());
        Assert.Equal((session.Trial, number), (answer.Trial, answer.Report));
        session.Answered(answer);
    }

    private void Save(ModelSession session)
    {
        var checkpoint = new CheckpointRef(session.Trial, _controller.NextCheckpointNumber(session.Trial), session.Position);
        _checkpoints.Add(checkpoint);
        Send(new ExperimentEvent.CheckpointSaved(_now, checkpoint));
    }

    private void End(ModelSession session, ExperimentEvent e)
    {
        _sessions.Remove(session.Trial);
        Send(e);
    }

    private ExperimentCommand[] Send(ExperimentEvent e)
    {
        ExperimentCommand[] commands = [.. _controller.Handle(e)];
        ExperimentCommand[] recorded = [.. commands.Where(c => c.IsRecorded)];
        _record.Add((e, recorded));
        if (Below(2) == 0 && e is not ExperimentEvent.SuggestionReady { Suggestion: Suggestion.Wait })
        {
            Assert.Null(_twin.Verify(e, recorded));
        }
        else
        {
            _twin.Replay(e, recorded);
        }

        if (_isThorough)
        {
            Assert.Equal(StateText.Of(_controller), StateText.Of(_twin));
        }

        if (e is not ExperimentEvent.Reported)
        {
            Assert.Empty(commands.OfType<ExperimentCommand.Answer>());
        }

        foreach (var command in commands)
        {
            Obey(command);
        }

        if (_isThorough || _record.Count % 4 == 0)
        {
            CheckInvariants();
        }

        return commands;
    }

    private void Obey(ExperimentCommand command)
    {
        switch (command)
        {
            case ExperimentCommand.RequestSuggestion r:
                Assert.DoesNotContain(r.Number, _requests);
                _requests.Add(r.Number);
                break;
            case ExperimentCommand.CreateTrial c:
                Assert.True(_configured.Add(c.Suggestion), $"Suggestion {c.Suggestion} made two trials.");
                _digests.Add(c.Trial, []);
                break;
            case ExperimentCommand.StartTrial s:
                Start(s);
                break;
            case ExperimentCommand.PlanExploit p:
                _planned[p.Trial] = (p.Source, _digests[p.Source].Count);
                break;
            case ExperimentCommand.AdoptCheckpoint a:
                Assert.Contains(a.Source, _checkpoints);
                CheckAge(a);
                break;
            case ExperimentCommand.DeleteCheckpoint d:
                Assert.True(_checkpoints.Remove(d.Checkpoint), $"{d.Checkpoint} was deleted twice.");
                break;
        }
    }

    private void Start(ExperimentCommand.StartTrial s)
    {
        Assert.False(_sessions.ContainsKey(s.Trial), $"Trial {s.Trial} was started twice.");
        var catchUp = _controller.CatchUpOf(s.Trial);
        Assert.Equal(_digests[s.Trial].Skip(catchUp.FirstReport - 1), catchUp.Digests);
        Assert.Equal(_digests[s.Trial].Count, catchUp.RecordedReports);
        Assert.True(s.From is null || _checkpoints.Contains(s.From.Value), $"Trial {s.Trial} starts from {s.From}, which does not exist.");
        Assert.True(s.From is not { } from || from.Trial != s.Trial || from.AfterReport <= catchUp.FirstReport - 1);
        _sessions.Add(s.Trial, new(s.Trial, catchUp));
        _shares[s.Trial] = _controller.ShareOf(s.Trial)!;
        Assert.Equal(_shares[s.Trial].Lane, _twin.ShareOf(s.Trial)!.Lane);
        ShareChecks.AssertRoom(_plan.Resources!, [.. _sessions.Keys.Select(t => _shares[t])]);
    }
}
