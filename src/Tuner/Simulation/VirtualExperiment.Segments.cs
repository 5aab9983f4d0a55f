using Tuning.Control;
using Tuning.Execution;
using Tuning.Trials;

namespace Tuning.Simulation;

/// <content>Segments on workers: what sessions, threads and disks do in a real experiment.</content>
internal sealed partial class VirtualExperiment
{
    private readonly Dictionary<int, long> _downSince = [];

    // The worker whose report is being handled.
    private VirtualWorker? _answering;

    private void Start(ExperimentCommand.StartTrial start)
    {
        var config = _controller.View(start.Trial).Config;
        var segment = new VirtualSegment(start.Trial, _parts.Curves.Open(config), start.From, _controller.CatchUpOf(start.Trial))
        {
            Noise = new((_curveSeed / start.Trial.Number).Seed),
            State = start.From is { } from ? _checkpoints[from] : default,
            NextCheckpoint = _controller.NextCheckpointNumber(start.Trial),
        };
        if (_workers.Place(segment) is { } worker)
        {
            Begin(worker, segment);
        }
    }

    private void Begin(VirtualWorker worker, VirtualSegment segment)
    {
        worker.Begin(segment);
        segment.Since = _now;
        var starting = _parts.Options.StartupDelay.Ticks;
        segment.Stamp = _now + starting;
        if (segment.Owed is not null)
        {
            // The checkpoint that the answer asked for is there: all that was missing is the end of the segment.
            segment.Overhead = (starting, 0);
            Plan(worker, _now + starting, VirtualEventKind.Obeyed);
            return;
        }

        var loading = segment.From is null ? 0 : _parts.Options.CheckpointLoadTime.Ticks;
        segment.Overhead = (starting, loading);
        PlanStep(worker, _now + starting + loading);
    }

    private void PlanStep(VirtualWorker worker, long at)
    {
        var segment = worker.Segment!;
        if (segment.TryStep())
        {
            Plan(worker, at + VirtualTime.Ticks(segment.Point.Seconds) + Latency(segment), VirtualEventKind.Step);
            return;
        }

        if (_controller.SaveAtCompletion && segment.HasReported && segment.Number > segment.LastSaved && segment.Number >= segment.CatchUp.RecordedReports)
        {
            at = PlanSave(worker, at);
        }

        Plan(worker, at, VirtualEventKind.Completed);
    }

    private long PlanSave(VirtualWorker worker, long at)
    {
        worker.Segment!.LastSaved = worker.Segment.Number;
        at += _parts.Options.CheckpointSaveTime.Ticks;
        Plan(worker, at, VirtualEventKind.Saved);
        return at;
    }

    // Reports that the journal holds are not sent again.
    private long Latency(VirtualSegment segment) => segment.IsRepeating ? 0 : _parts.Options.ReportLatency.Ticks;

    private void TakeStep(VirtualWorker worker)
    {
        var segment = worker.Segment!;
        var latency = Latency(segment);
        var isRepeating = segment.IsRepeating;
        SpendOverhead(segment);
        _tally.Spend(isRepeating ? WorkerActivity.Repeating : WorkerActivity.Training, _now - segment.Since - latency);
        _tally.Spend(WorkerActivity.Reporting, latency);
        segment.Since = _now;
        segment.Stepped();
        if (isRepeating)
        {
            Repeat(worker, segment);
            return;
        }

        var made = _now - latency;
        var seconds = segment.Timed(made);
        segment.Stamp = made;
        var metrics = segment.Point.Metrics;
        var report = new TrialReport(segment.Trial, segment.Number, VirtualTime.At(_now), segment.TimeTotal, seconds, metrics);
        _tally.Report(report, _now);
        _answering = worker;
        Handle(new ExperimentEvent.Reported(report, ReportDigest.Of(metrics)));
    }

    private void Repeat(VirtualWorker worker, VirtualSegment segment)
    {
        _tally.Repeat();
        segment.Stamp = _now;
        var catchUp = segment.CatchUp;
        var last = segment.Number == catchUp.RecordedReports ? catchUp.LastAnswer : null;
        Obey(worker, last?.Verdict ?? Verdict.Continue, (last?.Save ?? false) || catchUp.SaveAfter.Contains(segment.Number));
    }

    private void Obey(VirtualWorker worker, Verdict verdict, bool save)
    {
        var at = _now;
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
        _tally.Spend(WorkerActivity.Saving, _now - segment.Since);
        segment.Since = _now;
        var checkpoint = new CheckpointRef(segment.Trial, segment.NextCheckpoint++, segment.Number);
        _checkpoints.Add(checkpoint, segment.State);
        Handle(new ExperimentEvent.CheckpointSaved(VirtualTime.At(_now), checkpoint));
    }

    private void TakeEnd(VirtualWorker worker, SegmentEnd end)
    {
        var segment = worker.End();
        SpendOverhead(segment);
        Release(worker);
        Handle(new ExperimentEvent.SegmentEnded(VirtualTime.At(_now), segment.Trial, end));
    }

    private void TakeFailure(VirtualWorker worker)
    {
        _tally.WorkerFailures++;
        worker.IsUp = false;
        _downSince[worker.Index] = _now;
        _heap.Push(new(_now + _parts.Options.RepairTime.Ticks, VirtualEventKind.WorkerRepaired, worker.Index, 0));
        if (worker.Segment is not null)
        {
            var segment = worker.End();
            _tally.Spend(WorkerActivity.Undone, _now - segment.Since);
            Handle(new ExperimentEvent.SegmentFailed(VirtualTime.At(_now), segment.Trial, $"worker {worker.Index} failed", Retry: true));
        }
    }

    private void TakeRepair(VirtualWorker worker)
    {
        worker.IsUp = true;
        _tally.Spend(WorkerActivity.Repairing, _now - _downSince[worker.Index]);
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
            var mean = _parts.Options.MeanTimeBetweenFailures!.Value.TotalSeconds;
            var after = Math.Min(-Math.Log(1 - luck.NextDouble()) * mean, VirtualTime.LongestSeconds);
            _heap.Push(new(_now + VirtualTime.Ticks(after), VirtualEventKind.WorkerFails, worker.Index, 0));
        }
    }

    private void Plan(VirtualWorker worker, long at, VirtualEventKind kind) => _heap.Push(new(at, kind, worker.Index, worker.Epoch));
}
