using Tuning.Search;
using Tuning.Trials;
using static Tuning.Trials.TrialTransitions;

namespace Tuning.Control;

internal sealed partial class ExperimentState
{
    /// <summary>Applies an event: what follows from it without any decision.</summary>
    /// <exception cref="InvalidOperationException">The event cannot happen in this state. Nothing has changed.</exception>
    public void Apply(ExperimentEvent e)
    {
        Check(e);
        if (e is ExperimentEvent.Started or ExperimentEvent.Resumed)
        {
            Trials.Clock.Begin(e.At);
        }
        else
        {
            Trials.Clock.Advance(e.At);
        }

        Events++;
        switch (e)
        {
            case ExperimentEvent.Reported r:
                Apply(r);
                break;
            case ExperimentEvent.SuggestionReady s:
                Apply(s);
                break;
            case ExperimentEvent.CheckpointSaved c:
                Apply(c);
                break;
            case ExperimentEvent.SegmentEnded s:
                Apply(s);
                break;
            case ExperimentEvent.SegmentFailed f:
                Apply(f);
                break;
            case ExperimentEvent.Asked:
                Asks++;
                break;
            case ExperimentEvent.StopRequested s when !IsFinished:
                SuspendReason ??= s.Reason;
                break;
            case ExperimentEvent.Resumed r:
                Apply(r);
                break;
        }
    }

    /// <summary>What is wrong with an extension; null when it can be applied.</summary>
    public string? CheckExtension(ExperimentExtension extension)
    {
        if (extension.AddSamples < 0)
        {
            return $"{extension.AddSamples} samples cannot be added; add_samples must be at least 0.";
        }

        var samples = Extended(extension);
        if (samples < -1)
        {
            return $"num_samples is {samples}; it must be at least 0, or -1 for no limit.";
        }

        var total = Suggestions.TotalOf(samples);
        return total >= Trials.Count
            ? null
            : $"num_samples {samples} makes {total} trials, and {Trials.Count} have been created already; give the new total, at least as large, or use --add-samples.";
    }

    /// <summary>How many suggestions there will be with an extension; <see cref="long.MaxValue"/> for no limit.</summary>
    public long TotalWith(ExperimentExtension extension) => Suggestions.TotalOf(Extended(extension));

    private int Extended(ExperimentExtension extension)
    {
        var samples = extension.NumSamples ?? Suggestions.Samples;
        return samples < 0 ? samples : checked(samples + extension.AddSamples);
    }

    private void Check(ExperimentEvent e)
    {
        switch (e)
        {
            case ExperimentEvent.Reported r:
                var trial = Segment(r.Report.Trial, "reported");
                if (trial.Status != TrialStatus.Running || r.Report.Number != trial.Reports + 1)
                {
                    throw new InvalidOperationException(
                        $"Trial {trial.Id} is {trial.Status} and sent report {r.Report.Number}; only a running trial reports, and its next report is {trial.Reports + 1}.");
                }

                break;
            case ExperimentEvent.CheckpointSaved c:
                var saver = Segment(c.Checkpoint.Trial, "saved a checkpoint");
                if (c.Checkpoint.Number < saver.NextCheckpoint || c.Checkpoint.AfterReport > saver.Reports)
                {
                    throw new InvalidOperationException(
                        $"{c.Checkpoint} follows report {c.Checkpoint.AfterReport}; the trial has made {saver.Reports}, and its next checkpoint has number {saver.NextCheckpoint}.");
                }

                break;
            case ExperimentEvent.SegmentEnded s:
                var ended = Segment(s.Trial, "ended its segment");
                if (s.End == SegmentEnd.AsAnswered && ended.Status == TrialStatus.Running && ended.Live!.LastAnswer is null
                    && SuspendReason is null && StopReason is null && ended.Live.Redirect == Verdict.Continue)
                {
                    throw new InvalidOperationException($"Trial {s.Trial} ended its segment as it was answered, but it was told to go on.");
                }

                break;
            case ExperimentEvent.SegmentFailed f:
                Segment(f.Trial, "failed");
                break;
            case ExperimentEvent.Asked when !_plan.IsOnDemand:
                throw new InvalidOperationException("A trial was asked for, but trials start by themselves.");
            case ExperimentEvent.SuggestionReady s when !Suggestions.IsRequested(s.Number):
                throw new InvalidOperationException($"Suggestion {s.Number} arrived, which was not asked for or has arrived already.");
            case ExperimentEvent.Resumed r when CheckExtension(r.Extension) is { } problem:
                throw new InvalidOperationException(problem);
        }
    }

    private Trial Segment(TrialId id, string what)
    {
        var trial = Trials.Find(id);
        return HasSegment(trial.Status)
            ? trial
            : throw new InvalidOperationException($"Trial {id} {what}, but it is {trial.Status}: no segment of it runs.");
    }

    private void Apply(ExperimentEvent.Reported e)
    {
        var trial = Trials.Find(e.Report.Trial);
        var live = trial.Live!;
        trial.Report(e.Report, e.Digest, _plan.Objectives.AsSpan(), _plan.Feasibility, _keepsCurves);
        live.LastAnswer = null;
        live.OwesSave = false;
        if (_plan.Checkpoints.CheckpointScoreAttribute is { } score)
        {
            live.LastScore = e.Report.Value(score) ?? double.NaN;
        }

        if (_objective is null || e.Report.Metrics.Number(_objective.Metric) is not null)
        {
            Resulted();
        }

        if (_objective is not null && trial.BestObjective is not null && !ReferenceEquals(trial, Best)
            && (Best is null || BetterOf(trial, Best)))
        {
            Best = trial;
        }

        _history.Change(trial);
    }

    private bool BetterOf(Trial trial, Trial best)
    {
        var order = Feasibility.Compare(trial.BestViolation, best.BestViolation);
        order = order == 0 ? _objective!.Compare(trial.BestObjective, best.BestObjective) : order;
        return order < 0 || (order == 0 && trial.Id < best.Id);
    }

    private void Apply(ExperimentEvent.SuggestionReady e)
    {
        Suggestions.Answered(e.Number);
        Pace?.Answered(e.Number, e.At, e.Suggestion is Suggestion.Configure);
        switch (e.Suggestion)
        {
            case Suggestion.Configure or Suggestion.Invalid when !AcceptsTrials:
                Suggestions.Defer(e.Number);
                break;
            case Suggestion.Configure:
                Suggestions.Suggested();
                break;
            case Suggestion.Invalid i:
                _invalid = e.Number;
                Suggestions.Failed(i.Reason);
                break;
            case Suggestion.Wait:
                Suggestions.Defer(e.Number);
                if (Suggestions.IsImmediate || e.Basis >= LastResult)
                {
                    Suggestions.Wait();
                }

                break;
            case Suggestion.Exhausted x:
                Suggestions.Defer(e.Number);
                Suggestions.Exhaust(x.Reason);
                break;
        }
    }

    private void Apply(ExperimentEvent.CheckpointSaved e)
    {
        var trial = Trials.Find(e.Checkpoint.Trial);
        var live = trial.Live!;
        var isCurrent = e.Checkpoint.AfterReport == trial.Reports;
        if (trial is { RestoreIsAdopted: true, Restore: { } adopted })
        {
            Holds.Release(adopted);
        }

        trial.Saved(e.Checkpoint, isCurrent ? live.LastScore : double.NaN);
        if (isCurrent)
        {
            live.OwesSave = false;
        }

        if (_plan.Checkpoints.NumToKeep is not null)
        {
            Holds.Unsettled.Add(trial.Id);
        }

        foreach (var taker in Takers.Of(trial.Id))
        {
            Capture(taker.Live!.Plan!, trial);
        }
    }

    // The first checkpoint that holds the source's state, as it was at the decision or later, is kept for the taker: whatever the source
    // does meanwhile. One that runs from another's checkpoint and has not reported since writes one of its own.
    private void Capture(ExploitPlan plan, Trial source)
    {
        if (plan.Captured is null && source.Id == plan.Source && source.Restore is { } last && source.RestoreFollows >= plan.AtLeast
            && !(source.RestoreIsAdopted && HasSegment(source.Status)))
        {
            plan.Captured = last;
            Holds.Hold(last);
            Takers.Touch(source);
        }
    }

    private void Apply(ExperimentEvent.SegmentEnded e)
    {
        var trial = Trials.Find(e.Trial);
        var live = trial.Live!;
        Pace?.Ended(e.Trial, e.At);
        if (trial.Status == TrialStatus.Stopping || (trial.Status == TrialStatus.Running && e.End == SegmentEnd.Completed))
        {
            return;
        }

        var verdict = live.LastAnswer?.Verdict ?? Verdict.Interrupt;
        if (verdict == Verdict.Stop && !(IsInterrupted(live) && trial.Status == TrialStatus.Running))
        {
            return;
        }

        if (trial.Status == TrialStatus.Running && IsInterrupted(live))
        {
            // The process stops while the trial repeats reports on the way to what it owes: it still owes it.
            Land(trial, TrialStatus.Pending);
            return;
        }

        live.LastAnswer = null;
        live.OwesSave &= verdict == Verdict.Interrupt;
        Land(trial, verdict == Verdict.Pause ? TrialStatus.Paused : TrialStatus.Pending);
    }

    private bool IsInterrupted(LiveTrial live) =>
        SuspendReason is not null && live is { OwesSave: true, LastAnswer.Verdict: Verdict.Pause or Verdict.Stop };

    private void Apply(ExperimentEvent.SegmentFailed e)
    {
        var trial = Trials.Find(e.Trial);
        var live = trial.Live!;
        Pace?.Ended(e.Trial, e.At);
        trial.Failures++;
        if (live is { OwesSave: false, LastAnswer.Verdict: var verdict and not Verdict.Stop })
        {
            // All that it was told to do was done before the exception.
            live.LastAnswer = null;
            Land(trial, verdict == Verdict.Pause ? TrialStatus.Paused : TrialStatus.Pending);
        }
    }
}
