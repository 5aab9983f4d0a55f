using Tuning.Schedulers;

namespace Tuning.Control;

internal sealed partial class ExperimentState
{
    // A new process: whatever ran is gone.
    private void Apply(ExperimentEvent.Resumed e)
    {
        SuspendReason = null;
        IsSuspended = false;
        Suggestions.Restart();
        Pace?.Restart();
        Asks = 0;
        foreach (var id in Trials.Live.ToArray())
        {
            Interrupt(Trials.Find(id));
        }

        var samples = Extended(e.Extension);
        var isReopened = IsFailed;
        if (samples != Suggestions.Samples)
        {
            isReopened = true;
            Suggestions.Extend(samples);
        }

        if (e.Extension.Errored != ErroredTrials.Skip)
        {
            foreach (var trial in Trials.All)
            {
                if (trial is { Status: TrialStatus.Failed, IsInvalid: false })
                {
                    isReopened = true;
                    Revive(trial, e.Extension.Errored);
                }
            }
        }

        if (isReopened)
        {
            StopReason = null;
            IsFinished = false;
            IsFailed = false;
        }

        if (!IsFinished)
        {
            EndReason = null;
        }
    }

    private void Interrupt(Trial trial)
    {
        var live = trial.Live!;
        var verdict = live.LastAnswer?.Verdict ?? Verdict.Continue;
        switch (trial.Status)
        {
            case TrialStatus.Running when _plan.IsOnDemand:
                // Whoever asked for it still runs it.
                break;
            case TrialStatus.Pausing when !live.OwesSave:
                live.LastAnswer = null;
                Land(trial, TrialStatus.Paused);
                break;
            case TrialStatus.Stopping when !live.OwesSave:
                // Nothing is left to do: the controller ends it.
                break;
            case TrialStatus.Pausing or TrialStatus.Stopping or TrialStatus.Running when verdict is Verdict.Pause or Verdict.Stop:
                Land(trial, TrialStatus.Pending);
                break;
            case TrialStatus.Running or TrialStatus.Exploiting:
                live.LastAnswer = null;
                Land(trial, TrialStatus.Pending);
                break;
        }
    }

    private void Revive(Trial trial, ErroredTrials how)
    {
        var live = trial.Live!;
        live.FailuresForgiven = trial.Failures;
        if (how == ErroredTrials.Restart)
        {
            if (trial is { RestoreIsAdopted: true, Restore: { } adopted })
            {
                Holds.Release(adopted);
            }

            trial.Restart();
            live.LastAnswer = null;
            live.OwesSave = false;
        }

        trial.Revived();
        Trials.Move(trial, TrialStatus.Pending);
        _scheduler.Observe(new SchedulerObservation.TrialAdded(trial.Id, trial.Config));
    }
}
