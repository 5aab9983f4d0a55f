namespace Tuning.Control;

/// <summary>What follows from an event without any decision.</summary>
internal sealed class EventApplier(ExperimentPlan plan, ExperimentState state, ITrialScheduler scheduler, EventChecks checks, bool keepsCurves)
{
    private readonly Objective? _objective = plan.Objectives.Length > 0 ? plan.Objectives[0] : null;

    /// <summary>Applies an event that can happen.</summary>
    public void Apply(ExperimentEvent e)
    {
        if (e is ExperimentEvent.Started or ExperimentEvent.Resumed)
        {
            state.Trials.Clock.Begin(e.At, e.Lasted);
        }
        else
        {
            state.Trials.Clock.Advance(e.At, e.Lasted);
        }

        state.Trials.Release();
        state.Events++;
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
                state.Asks++;
                break;
            case ExperimentEvent.StopRequested s when !state.IsFinished:
                state.SuspendReason ??= s.Reason;
                break;
            case ExperimentEvent.Resumed r:
                Apply(r);
                break;
        }
    }

    private void Apply(ExperimentEvent.Reported e)
    {
        var trial = state.Trials.Find(e.Report.Trial);
        var live = trial.Live!;
        trial.Report(e.Report, e.Digest, plan, keepsCurves);
        state.Named.Observe(e.Report.Metrics);
        live.FailuresInRow = 0;
        live.LastAnswer = null;
        live.OwesSave = false;
        if (plan.Checkpoints.CheckpointScoreAttribute is { } score)
        {
            live.LastScore = e.Report.Value(score) ?? double.NaN;
        }

        if (_objective is null || e.Report.Metrics.Number(_objective.Metric) is not null)
        {
            state.Resulted();
        }

        state.Changed(trial);
    }

    private void Apply(ExperimentEvent.SuggestionReady e)
    {
        state.Suggestions.Answered(e.Number);
        state.Pace?.Answered(e.Number, e.At, e.Suggestion is Suggestion.Configure);
        switch (e.Suggestion)
        {
            case Suggestion.Configure or Suggestion.Invalid when !state.AcceptsTrials:
                state.Suggestions.Defer(e.Number);
                break;
            case Suggestion.Configure:
                state.Suggestions.Suggested();
                break;
            case Suggestion.Invalid i:
                state.LastInvalid = e.Number;
                state.Suggestions.Failed(i.Reason);
                break;
            case Suggestion.Wait:
                state.Suggestions.Defer(e.Number);
                if (state.Suggestions.IsImmediate || e.Basis >= state.LastResult)
                {
                    state.Suggestions.Wait();
                }

                break;
            case Suggestion.Exhausted x:
                state.Suggestions.Defer(e.Number);
                state.Suggestions.Exhaust(x.Reason);
                break;
        }
    }

    private void Apply(ExperimentEvent.CheckpointSaved e)
    {
        var trial = state.Trials.Find(e.Checkpoint.Trial);
        var live = trial.Live!;
        var isCurrent = e.Checkpoint.AfterReport == trial.Reports;
        if (trial is { RestoreIsAdopted: true, Restore: { } adopted })
        {
            state.References.Release(adopted);
        }

        trial.Saved(e.Checkpoint, isCurrent ? live.LastScore : double.NaN);
        if (isCurrent)
        {
            live.OwesSave = false;
        }

        if (plan.Checkpoints.MaxToKeep is not null)
        {
            state.References.Unsettled.Add(trial.Id);
        }

        foreach (var exploiter in state.Exploits.Of(trial.Id))
        {
            state.Capture(exploiter.Live!.Plan!, trial);
        }
    }

    private void Apply(ExperimentEvent.SegmentEnded e)
    {
        var trial = state.Trials.Find(e.Trial);
        var live = trial.Live!;
        state.Pace?.Ended(e.Trial, e.At);
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
            state.Land(trial, TrialStatus.Pending);
            return;
        }

        live.LastAnswer = null;
        live.OwesSave &= verdict == Verdict.Interrupt;
        state.Land(trial, verdict == Verdict.Pause ? TrialStatus.Paused : TrialStatus.Pending);
    }

    private bool IsInterrupted(LiveTrial live) =>
        state.SuspendReason is not null && live is { OwesSave: true, LastAnswer.Verdict: Verdict.Pause or Verdict.Stop };

    private void Apply(ExperimentEvent.SegmentFailed e)
    {
        var trial = state.Trials.Find(e.Trial);
        var live = trial.Live!;
        state.Pace?.Ended(e.Trial, e.At);
        trial.Failures++;
        live.FailuresInRow++;
        if (live is { OwesSave: false, LastAnswer.Verdict: var verdict and not Verdict.Stop })
        {
            // All that it was told to do was done before the exception.
            live.LastAnswer = null;
            state.Land(trial, verdict == Verdict.Pause ? TrialStatus.Paused : TrialStatus.Pending);
        }
    }
    // A new process: whatever ran is gone.
    private void Apply(ExperimentEvent.Resumed e)
    {
        (state.SuspendReason, state.FailedFast) = (null, null);
        state.IsSuspended = false;
        state.Suggestions.Restart();
        state.Pace?.Restart();
        state.Asks = 0;
        foreach (var id in state.Trials.Live.ToArray())
        {
            Interrupt(state.Trials.Find(id));
        }

        var samples = checks.Extended(e.Extension);
        var isReopened = state.IsFailed;
        if (samples != state.Suggestions.Samples)
        {
            isReopened = true;
            state.Suggestions.Extend(samples);
        }

        if (e.Extension.Errored != ErroredTrials.Skip)
        {
            foreach (var trial in state.Trials.All)
            {
                if (trial is { Status: TrialStatus.Failed, IsInvalid: false })
                {
                    isReopened = true;
                    Revive(trial, e.Extension.Errored);
                }
            }
        }

        foreach (var number in e.Extension.Longer)
        {
            isReopened = true;
            Revive(state.Trials.Find(new(number)), ErroredTrials.Resume);
        }

        if (isReopened)
        {
            state.StopReason = null;
            state.StopsInError = false;
            state.IsFinished = false;
            state.IsFailed = false;
        }

        if (!state.IsFinished)
        {
            state.EndReason = null;
        }
    }

    private void Interrupt(Trial trial)
    {
        var live = trial.Live!;
        var verdict = live.LastAnswer?.Verdict ?? Verdict.Continue;
        switch (trial.Status)
        {
            case TrialStatus.Running when plan.IsOnDemand:
                // Whoever asked for it still runs it.
                break;
            case TrialStatus.Pausing when !live.OwesSave:
                live.LastAnswer = null;
                state.Land(trial, TrialStatus.Paused);
                break;
            case TrialStatus.Stopping when !live.OwesSave:
                // Nothing is left to do: the controller ends it.
                break;
            case TrialStatus.Pausing or TrialStatus.Stopping or TrialStatus.Running when verdict is Verdict.Pause or Verdict.Stop:
                state.Land(trial, TrialStatus.Pending);
                break;
            case TrialStatus.Running or TrialStatus.Exploiting:
                live.LastAnswer = null;
                state.Land(trial, TrialStatus.Pending);
                break;
        }
    }

    private void Revive(Trial trial, ErroredTrials how)
    {
        trial.Revived();
        var live = trial.Live!;
        (live.FailuresForgiven, live.FailuresInRow) = (trial.Failures, 0);
        if (how == ErroredTrials.Restart)
        {
            if (trial is { RestoreIsAdopted: true, Restore: { } adopted })
            {
                state.References.Release(adopted);
            }

            trial.Restart();
            live.LastAnswer = null;
            live.OwesSave = false;
        }

        state.Trials.Move(trial, TrialStatus.Pending);
        scheduler.Observe(new SchedulerObservation.TrialAdded(trial.Id, trial.Config));
    }
}
