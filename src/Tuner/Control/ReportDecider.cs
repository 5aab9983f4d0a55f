namespace Tuning.Control;

/// <summary>
/// Decides about a report: stoppers and scheduler are asked, the strongest verdict is the answer, and what is decided about others is carried out.
/// </summary>
internal sealed class ReportDecider(
    ExperimentPlan plan, ExperimentState state, ITrialScheduler scheduler, IReadOnlyList<IStopper> stoppers, CommandEmitter commands)
{
    // The reporting trial is asked for a checkpoint, because another takes it.
    private bool _saveReporting;

    /// <summary>Decides about a report, and answers it.</summary>
    /// <returns>Whether stoppers and scheduler were told; they are not where the record says something else.</returns>
    public bool Decide(TrialReport report)
    {
        _saveReporting = false;
        var trial = state.Trials.Find(report.Trial);
        string? stop = null;
        if (state.StopReason is null)
        {
            var whole = CheckStoppers(report, out stop);
            if (whole is not null)
            {
                StopExperiment(whole);
            }
        }

        SchedulerDecision? own = null;
        if (state.StopReason is null && commands.Agrees)
        {
            var decisions = scheduler.Decide(report, state.Trials);
            if (decisions.Count > 0)
            {
                own = DecideOthers(trial, decisions);
            }
        }

        Answer(trial, stop, own);
        if (commands.Agrees)
        {
            state.Observe(report, commands.Emitted, commands.Emitted.Count);
        }

        return commands.Agrees;
    }

    // The reason to stop the experiment; else null, and the reason to stop the trial.
    private string? CheckStoppers(TrialReport report, out string? stop)
    {
        stop = null;
        for (var i = 0; i < stoppers.Count; i++)
        {
            if (stoppers[i].Check(report, state.Trials) is { } verdict)
            {
                if (verdict.WholeExperiment)
                {
                    return verdict.Reason;
                }

                stop ??= verdict.Reason;
            }
        }

        return CheckTime();
    }

    /// <summary>Why the experiment stops now by its time; null when it does not.</summary>
    public string? CheckTime()
    {
        for (var i = 0; i < stoppers.Count; i++)
        {
            if (stoppers[i].CheckTime(state.Trials.Elapsed) is { } verdict)
            {
                return verdict.Reason;
            }
        }

        return null;
    }

    /// <summary>Stops the whole experiment.</summary>
    public void StopExperiment(string reason, bool isError = false)
    {
        commands.Emit(new ExperimentCommand.StopExperiment(reason, isError));
        commands.Sweep = true;
    }

    /// <summary>
    /// Carries out what a scheduler decided about other trials. Of several decisions about one trial the strongest holds, of equal ones the first.
    /// </summary>
    /// <returns>The one about the reporting trial.</returns>
    public SchedulerDecision? DecideOthers(Trial? reporting, IReadOnlyList<SchedulerDecision> decisions)
    {
        if (decisions.Count == 1 && decisions[0].Trial == reporting?.Id)
        {
            CheckDecision(decisions[0]);
            return decisions[0];
        }

        var strongest = new List<SchedulerDecision>(decisions.Count);
        var places = new Dictionary<TrialId, int>(decisions.Count);
        foreach (var decision in decisions)
        {
            CheckDecision(decision);
            if (places.TryAdd(decision.Trial, strongest.Count))
            {
                strongest.Add(decision);
            }
            else if (places[decision.Trial] is var same && Strength(decision) > Strength(strongest[same]))
            {
                strongest[same] = decision;
            }
        }

        SchedulerDecision? own = null;
        foreach (var decision in strongest)
        {
            if (decision.Trial == reporting?.Id)
            {
                own = decision;
            }
            else if (commands.Agrees)
            {
                Redirect(reporting, state.Trials.Find(decision.Trial), decision);
            }
        }

        return own;
    }

    private void CheckDecision(SchedulerDecision decision)
    {
        state.Trials.Find(decision.Trial);
        if (decision is SchedulerDecision.Exploit exploit)
        {
            state.Trials.Find(exploit.Source);
            if (!plan.TrainableCheckpoints)
            {
                throw new InvalidOperationException(
                    $"The scheduler '{scheduler.Name}' lets trial {exploit.Trial} exploit trial {exploit.Source}, but the trainable writes no checkpoints.");
            }
        }
    }

    private void Redirect(Trial? reporting, Trial trial, SchedulerDecision decision)
    {
        var verdict = VerdictOf(decision);
        if (IsOvertaken(trial, verdict))
        {
            return;
        }

        if (decision is SchedulerDecision.Exploit exploit)
        {
            PlanExploit(reporting, exploit);
        }

        commands.Emit(new ExperimentCommand.Redirect(trial.Id, verdict, decision.Reason));
        commands.Touched.Add(trial);
    }

    // Whether a decision changes nothing any more, because something as strong or stronger was decided before.
    private static bool IsOvertaken(Trial trial, Verdict verdict)
    {
        if (trial.Live is not { } live || TrialTransitions.IsEnded(trial.Status) || trial.Status == TrialStatus.Stopping)
        {
            return true;
        }

        if (live.Redirect == Verdict.Stop || live.LastAnswer is { Verdict: Verdict.Stop })
        {
            return true;
        }

        return verdict == Verdict.Pause
            && (live.Redirect != Verdict.Continue || live.Plan is not null || live.LastAnswer is { Verdict: Verdict.Pause }
                || trial.Status is TrialStatus.Paused or TrialStatus.Pausing or TrialStatus.Exploiting);
    }

    private void PlanExploit(Trial? reporting, SchedulerDecision.Exploit exploit)
    {
        commands.Emit(new ExperimentCommand.PlanExploit(exploit.Trial, exploit.Source, exploit.Config));
        if (!commands.Agrees)
        {
            return;
        }

        var source = state.Trials.Find(exploit.Source);
        if (ReferenceEquals(source, reporting))
        {
            _saveReporting = true;
        }
        else if (source.Status is TrialStatus.Running or TrialStatus.Pending
            && state.Trials.Find(exploit.Trial).Live!.Plan!.Captured is null
            && source.Live is { SaveRequested: false, OwesSave: false })
        {
            commands.Emit(new ExperimentCommand.RequestSave(source.Id, $"trial {exploit.Trial} takes over its state"));
        }
    }

    private void Answer(Trial trial, string? stop, SchedulerDecision? own)
    {
        var live = trial.Live!;
        var verdict = Verdict.Continue;
        string? reason = null;
        if ((stop ?? state.StopReason ?? (live.Redirect == Verdict.Stop ? live.RedirectReason : (own as SchedulerDecision.Stop)?.Reason)) is { } end)
        {
            (verdict, reason) = (Verdict.Stop, end);
        }
        else if (own is SchedulerDecision.Exploit exploit)
        {
            PlanExploit(trial, exploit);
            (verdict, reason) = (Verdict.Exploit, exploit.Reason);
        }
        else if (live.Plan is not null)
        {
            (verdict, reason) = (Verdict.Exploit, live.RedirectReason);
        }
        else if (live.Redirect == Verdict.Pause || own is SchedulerDecision.Pause)
        {
            (verdict, reason) = (Verdict.Pause, live.RedirectReason ?? own!.Reason);
        }
        else if (state.SuspendReason is { } interrupt)
        {
            (verdict, reason) = (Verdict.Interrupt, interrupt);
        }

        var isPruning = verdict == Verdict.Stop && stop is null && state.StopReason is null
            && (live.Redirect == Verdict.Stop || own is not SchedulerDecision.Stop { Completes: true });
        commands.Emit(new ExperimentCommand.Answer(trial.Id, trial.Reports, verdict, IsSaveDue(trial, verdict, isPruning), reason) { IsPruning = isPruning });
    }

    private bool IsSaveDue(Trial trial, Verdict verdict, bool isPruning)
    {
        if (!plan.TrainableCheckpoints)
        {
            return false;
        }

        var frequency = plan.Checkpoints.CheckpointFrequency;
        return _saveReporting || trial.Live!.SaveRequested || (frequency > 0 && trial.Reports % frequency == 0) || verdict switch
        {
            Verdict.Continue => false,
            Verdict.Stop => plan.SavesAtEnd && (!isPruning || plan.Checkpoints.CheckpointPruned),
            _ => true,
        };
    }

    private static int Strength(SchedulerDecision decision) => VerdictOf(decision) switch
    {
        Verdict.Stop => 3,
        Verdict.Exploit => 2,
        _ => 1,
    };

    private static Verdict VerdictOf(SchedulerDecision decision) => decision switch
    {
        SchedulerDecision.Pause => Verdict.Pause,
        SchedulerDecision.Exploit => Verdict.Exploit,
        SchedulerDecision.Stop => Verdict.Stop,
        _ => throw new InvalidOperationException($"{decision.GetType().Name} is not a decision about trial {decision.Trial} that is known here."),
    };
}
