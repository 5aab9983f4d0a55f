namespace Tuning.Control;

/// <summary>When a trial ends, and why.</summary>
internal sealed class TrialEndings(ExperimentPlan plan, ExperimentState state, ITrialScheduler scheduler, CommandEmitter commands, ReportDecider reports,
    RetryDelay delay)
{
    private (int Reports, string Text) _endedByItself = (0, "");

    /// <summary>Ends a trial, and asks the scheduler what that means for others.</summary>
    public void End(TrialId id, TrialStatus status, string reason)
    {
        commands.Emit(new ExperimentCommand.EndTrial(id, status, reason));
        if (!commands.Agrees || state.StopReason is not null)
        {
            return;
        }

        var from = commands.Emitted.Count;
        commands.Undecided = (id, commands.Cursor);
        var decisions = scheduler.DecideEnded(id, status, state.Trials);
        if (decisions.Count > 0)
        {
            reports.DecideOthers(null, decisions);
        }

        commands.ExpectNothing(ExperimentState.IsEndDecision);

        if (commands.Agrees)
        {
            state.ObserveEnd(id, commands.Emitted, from, commands.Emitted.Count);
            commands.Undecided = null;
        }
    }

    /// <summary>Decides what the end of a segment means for its trial.</summary>
    public void Decide(ExperimentEvent.SegmentEnded e)
    {
        var trial = state.Trials.Find(e.Trial);
        if (TrialTransitions.HasSegment(trial.Status))
        {
            var reason = trial.Live!.LastAnswer is { Verdict: Verdict.Stop } stop ? stop.Reason! : EndedByItself(trial.Reports);
            End(e.Trial, TrialStatus.Terminated, reason);

            // It came to its end with everything that it reports: what the experiment names and nobody reported is misspelt.
            if (commands.Agrees && state.StopReason is null && trial is { IsPruned: false, Reports: > 0 } && state.Named.Fault() is { } fault)
            {
                reports.StopExperiment(fault, isError: true);
            }
        }
    }

    // Most trials end after as many reports as the one before: they share the text.
    private string EndedByItself(int reports)
    {
        if (_endedByItself.Text.Length == 0 || _endedByItself.Reports != reports)
        {
            _endedByItself = (reports, $"ended by itself after {Count(reports, "report")}");
        }

        return _endedByItself.Text;
    }

    /// <summary>Decides whether a trial that failed is tried again.</summary>
    public void Decide(ExperimentEvent.SegmentFailed e)
    {
        var trial = state.Trials.Find(e.Trial);
        if (!TrialTransitions.HasSegment(trial.Status))
        {
            return;
        }

        var live = trial.Live!;
        var budget = plan.Failures.MaxFailures;
        if (live is { OwesSave: false, LastAnswer: { Verdict: Verdict.Stop } stop })
        {
            End(e.Trial, TrialStatus.Terminated, $"{stop.Reason} (ending its segment failed: {e.Message})");
        }
        else if (e.Retry && (budget < 0 || trial.Failures - live.FailuresForgiven <= budget))
        {
            // In a study whoever asks decides when.
            var wait = plan.IsOnDemand ? TimeSpan.Zero : delay.Before(e.Trial, trial.Failures, live.FailuresInRow);
            commands.Emit(wait == TimeSpan.Zero ? new ExperimentCommand.RetryTrial(e.Trial, trial.Failures, e.Message)
                : new ExperimentCommand.RetryTrial(e.Trial, trial.Failures, Invariant($"{e.Message} (again in {wait.TotalSeconds:0.0} s)"),
                    state.Trials.Elapsed + wait));
        }
        else
        {
            End(e.Trial, TrialStatus.Failed, e.Message);
        }
    }

    /// <summary>Ends trials that a killed process had stopped, with nothing left to write.</summary>
    public void EndStopped()
    {
        foreach (var id in state.Trials.Live.ToArray())
        {
            var trial = state.Trials.Find(id);
            if (trial.Status == TrialStatus.Stopping && commands.Agrees)
            {
                End(id, TrialStatus.Terminated, trial.Live!.LastAnswer!.Reason!);
            }
        }
    }

    /// <summary>Ends a trial that does not run and was told to stop.</summary>
    public void EndIfDue(Trial trial)
    {
        if (trial.Status is not (TrialStatus.Pending or TrialStatus.Paused))
        {
            return;
        }

        if (trial.Live!.Redirect == Verdict.Stop)
        {
            End(trial.Id, TrialStatus.Terminated, trial.Live.RedirectReason!);
        }
        else if (state.StopReason is { } reason && !trial.Live.OwesStop)
        {
            End(trial.Id, TrialStatus.Terminated, reason);
        }
    }

    /// <summary>Ends all trials that wait: nothing runs that could start them.</summary>
    public void EndLeftOver()
    {
        foreach (var id in state.Trials.Live.ToArray())
        {
            if (commands.Agrees)
            {
                commands.Emit(new ExperimentCommand.EndTrial(id, TrialStatus.Terminated, WhyLeft(id)));
            }
        }
    }

    private string WhyLeft(TrialId id)
    {
        var generic = $"nothing else runs, and the scheduler '{scheduler.Name}' starts it no more";
        return state.Trials.StatusOf(id) != TrialStatus.Paused ? $"never went on: {generic}"
            : scheduler.LeaveReason(id, state.Trials) ?? $"left paused: {generic}";
    }

    /// <summary><c>1 trial</c>, <c>2 trials</c>.</summary>
    public static string Count(int number, string noun) => number == 1 ? $"1 {noun}" : $"{number} {noun}s";
}
