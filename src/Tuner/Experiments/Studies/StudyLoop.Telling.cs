using Tuning.Control;
using Tuning.Execution;
using Tuning.Trials;

namespace Tuning.Experiments.Studies;

/// <content>Hearing of trials.</content>
internal sealed partial class StudyLoop
{
    /// <summary>A trial reports and goes on, unless it is told to stop.</summary>
    /// <returns>Whether it is to stop; it has ended then.</returns>
    public bool Report(StudyTrial trial, Metrics metrics)
    {
        lock (_lock)
        {
            Check();
            CheckLive(trial, "report");
            if (!Send(trial, metrics))
            {
                return false;
            }

            var verdict = _answer!;
            Handle(new ExperimentEvent.SegmentEnded(Now(), trial.Id, SegmentEnd.AsAnswered));
            trial.MayBeTold = true;
            return verdict.Verdict == Verdict.Stop
                ? true
                : throw new InvalidOperationException($"The scheduler pauses {trial} ({verdict.Reason}), and a study cannot pause what others run: use a scheduler that only stops trials.");
        }
    }

    /// <summary>A trial has ended well.</summary>
    /// <param name="trial">The trial.</param>
    /// <param name="metrics">Its last report; null when it has made that.</param>
    public void Tell(StudyTrial trial, Metrics? metrics)
    {
        lock (_lock)
        {
            Check();
            if (WasStopped(trial))
            {
                return;
            }

            CheckLive(trial, "be told");
            if (metrics is null && trial.Reports == 0 && !Info.Objectives.IsEmpty)
            {
                throw new InvalidOperationException($"{trial} has reported nothing: tell its value, Tell(trial, value), or that it failed, TellFailed(trial, message).");
            }

            var stops = metrics is not null && Send(trial, WithStep(metrics, trial));
            Handle(new ExperimentEvent.SegmentEnded(Now(), trial.Id, stops ? SegmentEnd.AsAnswered : SegmentEnd.Completed));
        }
    }

    /// <summary>A trial has failed.</summary>
    public void TellFailed(StudyTrial trial, string message)
    {
        lock (_lock)
        {
            Check();
            if (!WasStopped(trial))
            {
                CheckLive(trial, "be told");
                Handle(new ExperimentEvent.SegmentFailed(Now(), trial.Id, message.ReplaceLineEndings(" "), Retry: true));
            }
        }
    }

    // Whether a trial has ended at its last report, so that the end which its loop tells is known. Told once.
    private static bool WasStopped(StudyTrial trial)
    {
        var stopped = trial.MayBeTold;
        trial.MayBeTold = false;
        return stopped;
    }

    // Without a step of its own a last value belongs to the last one that was reported.
    private static Metrics WithStep(Metrics metrics, StudyTrial trial)
    {
        if (trial.Reports == 0 || metrics.TryGet(AutoMetrics.TrainingIteration, out _))
        {
            return metrics;
        }

        var copy = new Metrics(metrics.Count + 1);
        foreach (var (name, value) in metrics)
        {
            copy[name] = value;
        }

        copy[AutoMetrics.TrainingIteration] = trial.Step;
        return copy;
    }

    private void CheckLive(StudyTrial trial, string what)
    {
        if (trial.Owner != this)
        {
            throw new ArgumentException($"{trial} was handed out by another study, or before this one was opened again; Running has the trials under way.", nameof(trial));
        }

        if (trial.Ended is { } why)
        {
            throw new InvalidOperationException($"{trial} cannot {what}: {why}.");
        }
    }

    // Sends a report; says whether the trial is not to go on.
    private bool Send(StudyTrial trial, Metrics metrics)
    {
        var now = Now();
        var seconds = (now - trial.Stamp).TotalSeconds;
        var report = new TrialReport(trial.Id, trial.Reports + 1, now, trial.TimeTotal + seconds, seconds, metrics);
        _answer = null;
        Handle(new ExperimentEvent.Reported(report, ReportDigest.Of(metrics)));
        (trial.Reports, trial.Step, trial.TimeTotal, trial.Stamp) = (report.Number, report.TrainingIteration, report.TimeTotal, now);
        return _answer is { Verdict: not Verdict.Continue };
    }
}
