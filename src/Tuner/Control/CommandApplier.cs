using System.Diagnostics;

namespace Tuning.Control;

/// <summary>What follows from a decision.</summary>
internal sealed class CommandApplier(ExperimentPlan plan, ExperimentState state, ITrialScheduler scheduler, IReadOnlyList<IStopper> stoppers)
{
    private int _ended;

    /// <summary>Applies a decision.</summary>
    public void Apply(ExperimentCommand command)
    {
        switch (command)
        {
            case ExperimentCommand.Answer a:
                Apply(a);
                break;
            case ExperimentCommand.RequestSuggestion r:
                state.Pace?.Requested(r.Number, state.Trials.Now);
                break;
            case ExperimentCommand.CreateTrial c:
                state.Trials.Add(new(c.Trial, c.Suggestion, c.Config, state.Trials.Now)
                {
                    Violation = plan.Feasibility.IsEmpty ? 0 : double.NaN,
                    IsInvalid = c.Suggestion == state.LastInvalid,
                });
                scheduler.Observe(new SchedulerObservation.TrialAdded(c.Trial, c.Config));
                break;
            case ExperimentCommand.StartTrial s:
                var started = state.Trials.Find(s.Trial);
                state.Asks -= plan.IsOnDemand ? 1 : 0;
                started.Started(state.Trials.Now);
                state.Pace?.Started(s.Trial, state.Trials.Now);
                started.Reason = s.Reason ?? started.Reason;
                state.Trials.Move(started, TrialStatus.Running);
                started.Live!.Due = null;
                scheduler.Observe(new SchedulerObservation.TrialStarted(s.Trial));
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
                var abandoning = state.Trials.Find(a.Trial);
                state.DropPlan(abandoning);
                abandoning.Reason = a.Reason;
                scheduler.Observe(new SchedulerObservation.ExploitAbandoned(a.Trial));
                break;
            case ExperimentCommand.RequestSave s:
                state.Trials.Find(s.Trial).Live!.SaveRequested = true;
                break;
            case ExperimentCommand.RetryTrial r:
                Apply(r);
                break;
            case ExperimentCommand.EndTrial e:
                Apply(e);
                break;
            case ExperimentCommand.DeleteCheckpoint d:
                state.Trials.Find(d.Checkpoint.Trial).Checkpoints!.RemoveAll(c => c.Number == d.Checkpoint.Number);
                break;
            case ExperimentCommand.StopExperiment s:
                state.StopsInError = state.StopReason is null ? s.IsError : state.StopsInError;
                state.StopReason ??= s.Reason;
                break;
            case ExperimentCommand.FinishExperiment f:
                state.IsFinished = true;
                state.IsFailed = f.IsError;
                state.EndReason = f.Reason;
                break;
            case ExperimentCommand.SuspendExperiment s:
                state.IsSuspended = true;
                state.EndReason = s.Reason;
                break;
            default:
                throw new UnreachableException($"{command.GetType().Name} is not handled.");
        }
    }

    private void Apply(ExperimentCommand.Answer a)
    {
        var trial = state.Trials.Find(a.Trial);
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
                state.DropPlan(trial);
                trial.IsPruned = a.IsPruning;
                state.Trials.Move(trial, TrialStatus.Stopping);
                break;
            case Verdict.Pause:
                state.Trials.Move(trial, TrialStatus.Pausing);
                break;
            case Verdict.Exploit:
                state.Trials.Move(trial, TrialStatus.Exploiting);
                break;
        }
    }

    private void Apply(ExperimentCommand.Redirect r)
    {
        var trial = state.Trials.Find(r.Trial);
        var live = trial.Live!;
        trial.Reason = r.Reason;
        if (r.Verdict == Verdict.Stop)
        {
            state.DropPlan(trial);
        }

        live.Redirect = r.Verdict;
        live.RedirectReason = r.Reason;
        if (trial.Status == TrialStatus.Pending && r.Verdict == Verdict.Pause)
        {
            live.ClearRedirect();
            state.Land(trial, TrialStatus.Paused);
        }
        else if (trial.Status is TrialStatus.Pending or TrialStatus.Paused && r.Verdict == Verdict.Exploit)
        {
            live.ClearRedirect();
        }
    }

    private void Apply(ExperimentCommand.PlanExploit p)
    {
        var exploiter = state.Trials.Find(p.Trial);
        var source = state.Trials.Find(p.Source);
        state.DropPlan(exploiter);
        exploiter.Live!.Plan = new(p.Source, p.Config, source.Reports) { SourceConfig = source.Config, Before = source.Takeover };
        state.Exploits.Add(exploiter);
        state.Capture(exploiter.Live.Plan, source);

        if (exploiter.Status == TrialStatus.Paused)
        {
            state.Trials.Move(exploiter, TrialStatus.Pending);
        }
        else
        {
            state.Trials.Refresh(exploiter);
        }
    }

    private void Apply(ExperimentCommand.AdoptCheckpoint a)
    {
        var exploiter = state.Trials.Find(a.Trial);
        var live = exploiter.Live!;
        var exploit = live.Plan!;
        var previous = exploiter is { RestoreIsAdopted: true, Restore: { } adopted } ? adopted : (CheckpointRef?)null;
        state.References.Add(a.Source);
        state.DropPlan(exploiter);
        var at = state.Trials.Find(a.Source.Trial).IterationAt(a.Source);
        exploiter.Adopt(a.Source, new(exploiter.Id, exploit.Source, exploiter.TrainingIteration, at, exploit.SourceConfig, exploit.Config, exploit.Before));
        state.Takeovers.Add(exploiter.Takeover!);
        if (previous is { } old)
        {
            state.References.Release(old);
        }

        if (plan.Checkpoints.MaxToKeep is not null)
        {
            state.References.Unsettled.Add(exploiter.Id);
        }

        live.LastAnswer = null;
        live.OwesSave = false;
        scheduler.Observe(new SchedulerObservation.TrialExploited(a.Trial, a.Source));
    }

    private void Apply(ExperimentCommand.RetryTrial r)
    {
        var trial = state.Trials.Find(r.Trial);
        var live = trial.Live!;
        trial.Reason = r.Reason;
        live.Due = r.Due;
        if (live.LastAnswer is { Verdict: Verdict.Interrupt or Verdict.Exploit })
        {
            live.LastAnswer = null;
        }

        state.Land(trial, TrialStatus.Pending);
    }

    private void Apply(ExperimentCommand.EndTrial e)
    {
        var trial = state.Trials.Find(e.Trial);
        state.DropPlan(trial);
        trial.Live!.ClearRedirect();
        trial.Live.SaveRequested = false;
        trial.Reason = e.Reason;
        trial.IsPruned |= trial.Status == TrialStatus.Paused && state.StopReason is null;
        trial.IsStopped = state.StopReason is { } whole && e.Reason.StartsWith(whole, StringComparison.Ordinal);
        trial.EndOrder = _ended++;
        if (double.IsNaN(trial.Violation))
        {
            trial.Violation = double.PositiveInfinity;
        }

        state.Trials.Move(trial, e.Status);
        trial.Ended(state.Trials.Now);
        state.Resulted();
        for (var i = 0; i < stoppers.Count; i++)
        {
            stoppers[i].Forget(e.Trial);
        }

        scheduler.Observe(new SchedulerObservation.TrialEnded(e.Trial, e.Status));
        if (e.Status == TrialStatus.Failed && plan.Failures.FailFast)
        {
            state.FailedFast ??= e.Trial;
            state.SuspendReason ??= $"trial {e.Trial} failed ({e.Reason}) and fail_fast is set; resume to go on";
        }
    }
}
