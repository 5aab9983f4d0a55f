using System.Collections.Immutable;
using System.Diagnostics;
using Tuning.Control;
using Tuning.Randomness;
using Tuning.Running;
using Tuning.Search;

namespace Tuning.Simulation;

/// <summary>What a simulated experiment is made of.</summary>
/// <param name="Controller">Decides; the same as in a real experiment.</param>
/// <param name="Searcher">The searcher that the controller asks.</param>
/// <param name="Curves">What stands in for training.</param>
/// <param name="Options">The machines.</param>
/// <param name="Seed">The experiment's place in the tree of seeds.</param>
internal sealed record VirtualParts(ExperimentController Controller, ISearcher Searcher, ICurveSource Curves, SimulationOptions Options, SeedPath Seed)
{
    /// <summary>What is optimised.</summary>
    public Objective? Objective { get; init; }

    /// <summary>Records; null when nothing is to be.</summary>
    public EventJournal? Journal { get; init; }
}

/// <summary>
/// Runs an experiment on virtual time: a heap of events to come takes the place of threads and clocks, learning curves take the
/// place of training. Controller, searcher, scheduler and stoppers are those of real experiments, and are told the same.
/// </summary>
/// <remarks>
/// Used by one thread, for one run. Each event costs O(log n) in workers. Events of the same time are handled in the order in which
/// they were planned: with no costs at all that is the order of a real experiment whose trials run on the loop's own thread.
/// </remarks>
internal sealed partial class VirtualExperiment
{
    private const int EventsPerWrite = 4096;

    private readonly VirtualParts _parts;
    private readonly ExperimentController _controller;
    private readonly EventHeap _heap = new();
    private readonly VirtualWorkers _workers;
    private readonly CheckpointStates _checkpoints = new();
    private readonly SimulationTally _tally;
    private readonly Queue<long> _requests = new();

    // Suggestions that the searcher thinks about, with what it knew when they were asked for; one after the other.
    private readonly Queue<(long Number, SearchHistory History)> _suggesting = new();
    private readonly SeedPath _curveSeed;
    private long _now, _searcherFree;
    private TimeSpan? _armed;
    private int _unwritten;

    public VirtualExperiment(VirtualParts parts)
    {
        (_parts, _controller) = (parts, parts.Controller);
        _tally = new(parts.Objective);
        _curveSeed = parts.Seed / "curve";
        var failing = parts.Options.MeanTimeBetweenFailures is not null;
        _workers = new(parts.Options.Workers, i => failing ? (parts.Seed / "worker" / i).Stream() : null);
    }

    /// <summary>Runs the experiment to its end.</summary>
    public SimulationResult Run()
    {
        Handle(new ExperimentEvent.Started(VirtualTime.At(0)));
        foreach (var worker in _workers.All)
        {
            PlanFailure(worker);
        }

        while (!_controller.IsFinished && !_controller.IsSuspended)
        {
            ArmDeadline();
            var next = _heap.Pop();
            if (next.Worker < 0 || next.Kind is VirtualEventKind.WorkerFails or VirtualEventKind.WorkerRepaired || next.Epoch == _workers.All[next.Worker].Epoch)
            {
                _now = next.At;
                Take(next);
            }
        }

        _parts.Journal?.Write();
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
                var (number, history) = _suggesting.Dequeue();
                Handle(new ExperimentEvent.SuggestionReady(VirtualTime.At(_now), number, _controller.Suggest(number, history), history.Basis));
                break;
            case VirtualEventKind.Deadline:
                if (_armed is { } deadline && deadline.Ticks <= _now)
                {
                    _armed = null;
                    Handle(new ExperimentEvent.TimePassed(VirtualTime.At(_now)));
                }

                break;
            default:
                throw new UnreachableException();
        }
    }

    // Lets the controller handle an event, and then the answers of immediate searchers that it asked for.
    private void Handle(ExperimentEvent happened)
    {
        HandleOne(happened);
        while (_requests.TryDequeue(out var number))
        {
            HandleOne(new ExperimentEvent.SuggestionReady(VirtualTime.At(_now), number, _controller.Suggest(number, SearchHistory.Empty), 0));
        }
    }

    private void HandleOne(ExperimentEvent happened)
    {
        var commands = _controller.Handle(happened);
        if (_parts.Journal is { } journal)
        {
            journal.Append(happened, commands);
            if (++_unwritten >= EventsPerWrite)
            {
                _unwritten = 0;
                journal.Write();
            }
        }

        for (var i = 0; i < commands.Count; i++)
        {
            _tally.Decide(commands[i]);
            Act(commands[i]);
        }
    }

    private void Act(ExperimentCommand command)
    {
        switch (command)
        {
            case ExperimentCommand.Answer a:
                Obey(_answering!, a.Verdict, a.Save);
                break;
            case ExperimentCommand.StartTrial s:
                Start(s);
                break;
            case ExperimentCommand.DeleteCheckpoint d:
                _checkpoints.Delete(d.Checkpoint);
                break;
            case ExperimentCommand.RequestSuggestion r when _parts.Searcher.IsImmediate:
                _requests.Enqueue(r.Number);
                break;
            case ExperimentCommand.RequestSuggestion r:
                _searcherFree = Math.Max(_searcherFree, _now) + _parts.Options.SuggestionTime.Ticks;
                _suggesting.Enqueue((r.Number, _controller.History()));
                _heap.Push(new(_searcherFree, VirtualEventKind.Suggested, -1, 0));
                break;
        }
    }

    private void ArmDeadline()
    {
        if (_controller.NextDeadline is var deadline && deadline != _armed)
        {
            _armed = deadline;
            if (deadline is { } at)
            {
                _heap.Push(new(Math.Max(_now, at.Ticks), VirtualEventKind.Deadline, -1, 0));
            }
        }
    }

    private SimulationResult Result()
    {
        foreach (var worker in _workers.All)
        {
            if (worker is { IsUp: false })
            {
                _tally.Spend(WorkerActivity.Repairing, _now - _downSince[worker.Index]);
            }
        }

        var times = Enum.GetValues<WorkerActivity>().ToDictionary(a => a, a => _tally.Ticks[(int)a]);
        times[WorkerActivity.Idle] = (_now * _workers.All.Count) - times.Values.Sum();
        return new()
        {
            Duration = new TimeSpan(_now),
            EndReason = _controller.EndReason!,
            IsFailed = _controller.IsFailed,
            Objective = _parts.Objective,
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
}
