using System.Diagnostics;
using Tuning.Schedulers;
using Tuning.Trials;

namespace Tuning.Control;

internal sealed partial class ExperimentState
{
    /// <summary>Applies a decision.</summary>
    public void Apply(ExperimentCommand command)
    {
        switch (command)
        {
            case ExperimentCommand.Answer a:
                Apply(a);
                break;
            case ExperimentCommand.RequestSuggestion r:
                Pace?.Requested(r.Number, Trials.Now);
                break;
            case ExperimentCommand.CreateTrial c:
                Trials.Add(new(c.Trial, c.Suggestion, c.Config, Trials.Now) { Violation = _plan.Feasibility.IsEmpty ? 0 : double.NaN, IsInvalid = c.Suggestion == _invalid });
                _scheduler.Observe(new SchedulerObservation.TrialAdded(c.Trial, c.Config));
                break;
            case ExperimentCommand.StartTrial s:
                var started = Trials.Find(s.Trial);
                Asks -= _plan.IsOnDemand ? 1 : 0;
                started.Started(Trials.Now);
                Pace?.Started(s.Trial, Trials.Now);
                started.Reason = s.Reason ?? started.Reason;
                Trials.Move(started, TrialStatus.Running);
                _scheduler.Observe(new SchedulerObservation.TrialStarted(s.Trial));
                break;
            case ExperimentCommand.Redirect r:
                Apply(r);
                break;
            case ExperimentCommand.PlanExploit p:
                Apply(p);
                break;
            case ExperimentCommand.AdoptCheckpoint a:
                Apply(a);
                break;
            case ExperimentCommand.AbandonExploit a:
                var abandoning = Trials.Find(a.Trial);
                DropPlan(abandoning);
                abandoning.Reason = a.Reason;
                _scheduler.Observe(new SchedulerObservation.ExploitAbandoned(a.Trial));
                break;
            case ExperimentCommand.RequestSave s:
                Trials.Find(s.Trial).Live!.SaveRequested = true;
                break;
            case ExperimentCommand.RetryTrial r:
                Apply(r);
                break;
            case ExperimentCommand.EndTrial e:
                Apply(e);
                break;
            case ExperimentCommand.DeleteCheckpoint d:
                Trials.Find(d.Checkpoint.Trial).Checkpoints!.RemoveAll(c => c.Number == d.Checkpoint.Number);
                break;
            case ExperimentCommand.StopExperiment s:
                StopReason ??= s.Reason;
                break;
            case ExperimentCommand.FinishExperiment f:
                IsFinished = true;
                IsFailed = f.IsError;
                EndReason = f.Reason;
                break;
            case ExperimentCommand.SuspendExperiment s:
                IsSuspended = true;
                EndReason = s.Reason;
                break;
            default:
                throw new UnreachableException($"{command.GetType().Name} is not handled.");
        }
    }

    private void Apply(ExperimentCommand.Answer a)
    {
        var trial = Trials.Find(a.Trial);
        var live = trial.Live!;
        live.LastAnswer = a.Verdict == Verdict.Continue ? null : a;
        live.OwesSave = a.Save;
        live.SaveRequested &= !a.Save;
        if (a.Verdict == Verdict.Continue)
        {
            return;
        }

        live.ClearRedirect();
        trial.Reason = a.Reason;
        switch (a.Verdict)
        {
            case Verdict.Stop:
                DropPlan(trial);
                trial.IsPruned = a.IsPruning;
                Trials.Move(trial, TrialStatus.Stopping);
                break;
            case Verdict.Pause:
                Trials.Move(trial, TrialStatus.Pausing);
                break;
            case Verdict.Exploit:
                Trials.Move(trial, TrialStatus.Exploiting);
                break;
        }
    }

    private void Apply(ExperimentCommand.Redirect r)
    {
        var trial = Trials.Find(r.Trial);
        var live = trial.Live!;
        trial.Reason = r.Reason;
        if (r.Verdict == Verdict.Stop)
        {
            DropPlan(trial);
        }

        live.Redirect = r.Verdict;
        live.RedirectReason = r.Reason;
        if (trial.Status == TrialStatus.Pending && r.Verdict == Verdict.Pause)
        {
            live.ClearRedirect();
            Land(trial, TrialStatus.Paused);
        }
        else if (trial.Status is TrialStatus.Pending or TrialStatus.Paused && r.Verdict == Verdict.Exploit)
        {
            live.ClearRedirect();
        }
    }

    private void Apply(ExperimentCommand.PlanExploit p)
    {
        var taker = Trials.Find(p.Trial);
        var source = Trials.Find(p.Source);
        DropPlan(taker);
        taker.Live!.Plan = new(p.Source, p.Config, source.Reports) { SourceConfig = source.Config, Before = source.Takeover };
        Takers.Add(taker);
        Capture(taker.Live.Plan, source);

        if (taker.Status == TrialStatus.Paused)
        {
            Trials.Move(taker, TrialStatus.Pending);
        }
        else
        {
            Trials.Refresh(taker);
        }
    }

    private void Apply(ExperimentCommand.AdoptCheckpoint a)
    {
        var taker = Trials.Find(a.Trial);
        var live = taker.Live!;
        var plan = live.Plan!;
        var previous = taker is { RestoreIsAdopted: true, Restore: { } adopted } ? adopted : (CheckpointRef?)null;
        Holds.Hold(a.Source);
        DropPlan(taker);
        taker.Adopt(a.Source, new(taker.Id, plan.Source, taker.TrainingIteration, Trials.Find(a.Source.Trial).IterationAt(a.Source), plan.SourceConfig, plan.Config, plan.Before));
        Takeovers.Add(taker.Takeover!);
        if (previous is { } old)
        {
            Holds.Release(old);
        }

        if (_plan.Checkpoints.NumToKeep is not null)
        {
            Holds.Unsettled.Add(taker.Id);
        }

        live.LastAnswer = null;
        live.OwesSave = false;
        _scheduler.Observe(new SchedulerObservation.TrialExploited(a.Trial, a.Source));
    }

    private void Apply(ExperimentCommand.RetryTrial r)
    {
        var trial = Trials.Find(r.Trial);
        var live = trial.Live!;
        trial.Reason = r.Reason;
        if (live.LastAnswer is { Verdict: Verdict.Interrupt or Verdict.Exploit })
        {
            live.LastAnswer = null;
        }

        Land(trial, TrialStatus.Pending);
    }

    private void Apply(ExperimentCommand.EndTrial e)
    {
        var trial = Trials.Find(e.Trial);
        DropPlan(trial);
        trial.Live!.ClearRedirect();
        trial.Live.SaveRequested = false;
        trial.Reason = e.Reason;
        trial.IsPruned |= trial.Status == TrialStatus.Paused && StopReason is null;
        trial.EndOrder = _ended++;
        if (double.IsNaN(trial.Violation))
        {
            trial.Violation = double.PositiveInfinity;
        }

        Trials.Move(trial, e.Status);
        trial.Ended(Trials.Now);
        Resulted();
        for (var i = 0; i < _stoppers.Count; i++)
        {
            _stoppers[i].Forget(e.Trial);
        }

        _scheduler.Observe(new SchedulerObservation.TrialEnded(e.Trial, e.Status));
        if (e.Status == TrialStatus.Failed && _plan.Failures.FailFast)
        {
            SuspendReason ??= $"trial {e.Trial} failed ({e.Reason}) and fail_fast is set; resume to go on";
        }
    }
}
