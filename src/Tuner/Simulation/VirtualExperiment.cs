using System.Diagnostics;

namespace Tuning.Simulation;

/// <summary>
/// Runs an experiment on virtual time: a heap of events to come takes the place of threads and clocks, learning curves take the
/// place of training, workers the place of an executor. The session and all that decides are those of real experiments, and are told the same.
/// </summary>
/// <remarks>
/// Used by one thread, for one run. Each event costs O(log n) in workers. Events of the same time are handled in the order in which
/// they were planned: with no costs at all that is the order of a real experiment whose trials run on the loop's own thread.
/// </remarks>
internal sealed class VirtualExperiment : ISessionDriver
{
    private const int EventsPerWrite = 4096;

    private readonly ExperimentController _controller;
    private readonly ExperimentSession _session;
    private readonly ICurveSource _curves;
    private readonly SimulationOptions _options;
    private readonly SeedPath _seed;
    private readonly VirtualClock _clock = new();
    private readonly EventHeap _heap = new();
    private readonly VirtualWorkers _workers;
    private readonly CheckpointStates _checkpoints = new();
    private readonly SimulationTally _tally;
    private readonly Objective? _objective;

    // Suggestions that the searcher thinks about, one after the other.
    private readonly Queue<SessionCommand.AskSearcher> _suggesting = new();
    private readonly Dictionary<int, long> _downSince = [];

    // The worker whose report is being handled.
    private VirtualWorker? _answering;
    private long _searcherFree, _written;
    private TimeSpan? _armed;

    /// <param name="make">Makes the parts of the session, with the clock of virtual time.</param>
    /// <param name="curves">What stands in for training.</param>
    /// <param name="options">The machines.</param>
    /// <param name="seed">The experiment's place in the tree of seeds.</param>
    public VirtualExperiment(Func<TimeProvider, SessionParts> make, ICurveSource curves, SimulationOptions options, SeedPath seed)
    {
        var parts = make(_clock);
        (_controller, _curves, _options, _seed) = (parts.Controller, curves, options, seed);
        _objective = parts.Info.Objectives.IsEmpty ? null : parts.Info.Objectives[0];
        _tally = new(_objective);
        _session = new(parts with { Observers = [_tally] }, this);
        var failing = options.MeanTimeBetweenFailures is not null;
        _workers = new(options.Workers, i => failing ? (seed / "worker" / i).Stream() : null);
    }

    private long Ticks => _clock.Ticks;

    /// <summary>Runs the experiment to its end.</summary>
    public SimulationResult Run()
    {
        _session.Begin();
        _session.Act();
        foreach (var worker in _workers.All)
        {
            PlanFailure(worker);
        }

        while (!_session.HasEnded)
        {
            ArmDeadline();
            var next = _heap.Pop();
            if (next.Worker < 0 || next.Kind is VirtualEventKind.WorkerFails or VirtualEventKind.WorkerRepaired
                || next.Epoch == _workers.All[next.Worker].Epoch)
            {
                _clock.Ticks = next.At;
                Take(next);
                _session.Act();
                if (_controller.Events - _written >= EventsPerWrite)
                {
                    _written = _controller.Events;
                    _session.Write();
                }
            }
        }

        _session.Write();
        return Result();
    }

    private void Take(VirtualEvent next)
    {
        switch (next.Kind)
        {
            case VirtualEventKind.Step:
                TakeStep(_workers.All[next.Worker]);
                break;
            case VirtualEventKind.Saved:
                TakeSaved(_workers.All[next.Worker]);
                break;
            case VirtualEventKind.Completed:
                TakeEnd(_workers.All[next.Worker], SegmentEnd.Completed);
                break;
            case VirtualEventKind.Obeyed:
                TakeEnd(_workers.All[next.Worker], SegmentEnd.AsAnswered);
                break;
            case VirtualEventKind.WorkerFails:
                TakeFailure(_workers.All[next.Worker]);
                break;
            case VirtualEventKind.WorkerRepaired:
                TakeRepair(_workers.All[next.Worker]);
                break;
            case VirtualEventKind.Suggested:
                var ask = _suggesting.Dequeue();
                _session.Handle(new ExperimentEvent.SuggestionReady(_session.Now(), ask.Number, _session.Suggest(ask.Number, ask.History), ask.History.Basis));
                break;
            case VirtualEventKind.Deadline:
                if (_armed is { } deadline && deadline.Ticks <= Ticks)
                {
                    _armed = null;
                    _session.Handle(new ExperimentEvent.TimePassed(_session.Now()));
                }

                break;
            default:
                throw new UnreachableException();
        }
    }

    void ISessionDriver.Carry(SessionCommand command)
    {
        switch (command)
        {
            case SegmentCommand.Answer a:
                Obey(_answering!, a.Verdict, a.Save);
                break;
            case SegmentCommand.Start s:
                Start(s);
                break;
            case SessionCommand.Delete d:
                _checkpoints.Delete(d.Checkpoint);
                break;
            case SegmentCommand.Cancel:
                break; // no step is cut short
            case SessionCommand.AskSearcher ask:
                _searcherFree = Math.Max(_searcherFree, Ticks) + _options.SuggestionTime.Ticks;
                _suggesting.Enqueue(ask);
                _heap.Push(new(_searcherFree, VirtualEventKind.Suggested, -1, 0));
                break;
            default:
                throw new UnreachableException();
        }
    }

    bool ISessionDriver.HasCheckpoint(CheckpointRef checkpoint) => true;

    void ISessionDriver.Failed(Exception error) => throw new UnreachableException("A simulation has no disk.", error);

    void ISessionDriver.CallbackFailed(InvalidOperationException error) => throw new UnreachableException("A simulation has no callbacks.");

    void ISessionDriver.CallbacksDrained()
    {
    }

    private void ArmDeadline()
    {
        if (_controller.NextDeadline is var deadline && deadline != _armed)
        {
            _armed = deadline;
            if (deadline is { } at)
            {
                _heap.Push(new(Math.Max(Ticks, at.Ticks), VirtualEventKind.Deadline, -1, 0));
            }
        }
    }

    private SimulationResult Result()
    {
        foreach (var worker in _workers.All)
        {
            if (worker is { IsUp: false })
            {
                _tally.Spend(WorkerActivity.Repairing, Ticks - _downSince[worker.Index]);
            }
        }

        var times = Enum.GetValues<WorkerActivity>().ToDictionary(a => a, a => _tally.Ticks[(int)a]);
        times[WorkerActivity.Idle] = (Ticks * _workers.All.Count) - times.Values.Sum();
        return new()
        {
            Duration = new TimeSpan(Ticks),
            EndReason = _controller.EndReason!,
            IsFailed = _controller.IsFailed,
            Objective = _objective,
            Workers = _workers.All.Count,
            Trials = _controller.Views(),
            TrialCount = _controller.Board.Count,
            FailedTrials = _controller.Board.CountOf(TrialStatus.Failed),
            Reports = _tally.Reports,
            RepeatedSteps = _tally.RepeatedSteps,
            WorkerFailures = _tally.WorkerFailures,
            Events = _controller.Events,
            BestOverTime = _tally.Improvements,
            Decisions = _tally.Decisions,
            WorkerTime = times.ToImmutableSortedDictionary(t => t.Key, t => new TimeSpan(t.Value)),
        };
    }

    private void Start(SegmentCommand.Start start)
    {
        var segment = new VirtualSegment(start, _curves.Open(start.Config))
        {
            Noise = new((_seed / "curve" / start.Segment.Trial.Number).Seed),
            State = start.From is { } from ? _checkpoints[from] : default,
        };
        if (_workers.Place(segment) is { } worker)
        {
            Begin(worker, segment);
        }
    }

    private void Begin(VirtualWorker worker, VirtualSegment segment)
    {
        worker.Begin(segment);
        segment.Since = Ticks;
        var starting = _options.StartupDelay.Ticks;
        segment.Stamp = Ticks + starting;
        if (segment.Reports.Owed is not null)
        {
            // The checkpoint that the answer asked for is there: all that was missing is the end of the segment.
            segment.Overhead = (starting, 0);
            Plan(worker, Ticks + starting, VirtualEventKind.Obeyed);
            return;
        }

        var loading = segment.From is null ? 0 : _options.CheckpointLoadTime.Ticks;
        segment.Overhead = (starting, loading);
        PlanStep(worker, Ticks + starting + loading);
    }

    private void PlanStep(VirtualWorker worker, long at)
    {
        var segment = worker.Segment!;
        if (segment.TryStep())
        {
            Plan(worker, at + VirtualTime.Ticks(segment.Point.Seconds) + Latency(segment), VirtualEventKind.Step);
            return;
        }

        if (_controller.SaveAtCompletion && segment.Reports.HasReported && segment.Reports.Number > segment.LastSaved && !segment.Reports.IsRepeating)
        {
            at = PlanSave(worker, at);
        }

        Plan(worker, at, VirtualEventKind.Completed);
    }

    private long PlanSave(VirtualWorker worker, long at)
    {
        worker.Segment!.LastSaved = worker.Segment.Reports.Number;
        at += _options.CheckpointSaveTime.Ticks;
        Plan(worker, at, VirtualEventKind.Saved);
        return at;
    }

    // Reports that the journal holds are not sent again.
    private long Latency(VirtualSegment segment) => segment.Reports.IsRepeating ? 0 : _options.ReportLatency.Ticks;

    private void TakeStep(VirtualWorker worker)
    {
        var segment = worker.Segment!;
        var latency = Latency(segment);
        var isRepeating = segment.Reports.IsRepeating;
        SpendOverhead(segment);
        _tally.Spend(isRepeating ? WorkerActivity.Repeating : WorkerActivity.Training, Ticks - segment.Since - latency);
        _tally.Spend(WorkerActivity.Reporting, latency);
        segment.Since = Ticks;
        segment.State = segment.Point.State;
        if (!segment.Reports.Next())
        {
            Repeat(worker, segment);
            return;
        }

        var made = Ticks - latency;
        var seconds = segment.Reports.Spend(new(made - segment.Stamp));
        segment.Stamp = made;
        _answering = worker;
        var metrics = segment.Point.Metrics;
        _session.Take(new SegmentEvent.Reported(segment.Id, segment.Reports.Number, segment.Reports.TimeTotal, seconds, metrics, ReportDigest.Of(metrics)));
    }

    private void Repeat(VirtualWorker worker, VirtualSegment segment)
    {
        _tally.Repeat();
        segment.Stamp = Ticks;
        var (verdict, save, _) = segment.Reports.Repeated();
        Obey(worker, verdict, save);
    }

    private void Obey(VirtualWorker worker, Verdict verdict, bool save)
    {
        var at = Ticks;
        if (save)
        {
            at = PlanSave(worker, at);
        }

        if (verdict == Verdict.Continue)
        {
            PlanStep(worker, at);
        }
        else
        {
            Plan(worker, at, VirtualEventKind.Obeyed);
        }
    }

    private void TakeSaved(VirtualWorker worker)
    {
        var segment = worker.Segment!;
        _tally.Spend(WorkerActivity.Saving, Ticks - segment.Since);
        segment.Since = Ticks;
        var checkpoint = new CheckpointRef(segment.Id.Trial, segment.NextCheckpoint++, segment.Reports.Number);
        _checkpoints.Add(checkpoint, segment.State);
        _session.Take(new SegmentEvent.CheckpointWritten(segment.Id, checkpoint));
    }

    private void TakeEnd(VirtualWorker worker, SegmentEnd end)
    {
        var segment = worker.End();
        SpendOverhead(segment);
        Release(worker);
        _session.Take(new SegmentEvent.Ended(segment.Id, end));
    }

    private void TakeFailure(VirtualWorker worker)
    {
        _tally.WorkerFailures++;
        worker.IsUp = false;
        _downSince[worker.Index] = Ticks;
        _heap.Push(new(Ticks + _options.RepairTime.Ticks, VirtualEventKind.WorkerRepaired, worker.Index, 0));
        if (worker.Segment is not null)
        {
            var segment = worker.End();
            _tally.Spend(WorkerActivity.Undone, Ticks - segment.Since);
            _session.Take(new SegmentEvent.Failed(segment.Id, $"worker {worker.Index} failed", Retry: true));
        }
    }

    private void TakeRepair(VirtualWorker worker)
    {
        worker.IsUp = true;
        _tally.Spend(WorkerActivity.Repairing, Ticks - _downSince[worker.Index]);
        PlanFailure(worker);
        Release(worker);
    }

    private void Release(VirtualWorker worker)
    {
        if (_workers.Release(worker) is { } waiting)
        {
            Begin(worker, waiting);
        }
    }

    private void SpendOverhead(VirtualSegment segment)
    {
        var (starting, loading) = segment.Overhead;
        _tally.Spend(WorkerActivity.Starting, starting);
        _tally.Spend(WorkerActivity.Loading, loading);
        segment.Since += starting + loading;
        segment.Overhead = default;
    }

    private void PlanFailure(VirtualWorker worker)
    {
        if (worker.Luck is { } luck)
        {
            var mean = _options.MeanTimeBetweenFailures!.Value.TotalSeconds;
            var after = Math.Min(-Math.Log(1 - luck.NextDouble()) * mean, VirtualTime.LongestSeconds);
            _heap.Push(new(Ticks + VirtualTime.Ticks(after), VirtualEventKind.WorkerFails, worker.Index, 0));
        }
    }

    private void Plan(VirtualWorker worker, long at, VirtualEventKind kind) => _heap.Push(new(at, kind, worker.Index, worker.Epoch));
}
