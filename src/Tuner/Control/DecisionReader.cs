namespace Tuning.Control;

/// <summary>
/// Reads the decisions out of events and their recorded commands, in order. A decision that is told twice (to a running trial
/// from beside, then in the answer to its next report) comes once. Used by one thread.
/// </summary>
internal sealed class DecisionReader
{
    private readonly Dictionary<TrialId, string> _told = [];

    /// <summary>The decisions of one event.</summary>
    public void Read(ExperimentEvent e, IReadOnlyList<ExperimentCommand> commands, List<Decision> into)
    {
        for (var i = 0; i < commands.Count; i++)
        {
            if (Of(e, commands, i) is { } decision)
            {
                into.Add(decision);
            }
        }
    }

    private Decision? Of(ExperimentEvent e, IReadOnlyList<ExperimentCommand> commands, int at) => commands[at] switch
    {
        ExperimentCommand.CreateTrial create when e is ExperimentEvent.SuggestionReady { Suggestion: Suggestion.Configure suggested } =>
            new(e.At, DecisionKind.Suggest, create.Trial, 0, suggested.Reason),
        ExperimentCommand.CreateTrial create when e is ExperimentEvent.SuggestionReady { Suggestion: Suggestion.Invalid } =>
            new(e.At, DecisionKind.Suggest, create.Trial, 0, "a configuration that cannot be tried"),
        ExperimentCommand.Answer { Verdict: Verdict.Stop or Verdict.Pause or Verdict.Exploit } answer => Answered(e, answer, commands, at),
        ExperimentCommand.Redirect redirect => Redirected(e, redirect, commands, at),
        ExperimentCommand.StartTrial { Reason: { } reason } start => new(e.At, DecisionKind.Resume, start.Trial, 0, reason),
        ExperimentCommand.AbandonExploit abandon => new(e.At, DecisionKind.Abandon, abandon.Trial, 0, abandon.Reason),
        ExperimentCommand.RetryTrial retry => new(e.At, DecisionKind.Retry, retry.Trial, 0, retry.Reason),
        ExperimentCommand.EndTrial end => Ended(e, end),
        ExperimentCommand.StopExperiment stop => new(e.At, DecisionKind.StopExperiment, null, 0, stop.Reason),
        _ => null,
    };

    private Decision? Answered(ExperimentEvent e, ExperimentCommand.Answer answer, IReadOnlyList<ExperimentCommand> commands, int at)
    {
        var isKnown = _told.Remove(answer.Trial, out var told) && told == answer.Reason;
        if (answer.Verdict == Verdict.Stop)
        {
            _told[answer.Trial] = answer.Reason ?? "";
        }

        return isKnown
            ? null
            : new(e.At, KindOf(answer.Verdict, answer.IsPruning), answer.Trial, answer.Report, answer.Reason ?? "")
            {
                Source = SourceOf(answer.Trial, answer.Verdict, commands, at),
            };
    }

    private Decision Redirected(ExperimentEvent e, ExperimentCommand.Redirect redirect, IReadOnlyList<ExperimentCommand> commands, int at)
    {
        _told[redirect.Trial] = redirect.Reason;
        return new(e.At, KindOf(redirect.Verdict, isPruning: true), redirect.Trial, 0, redirect.Reason)
        {
            Source = SourceOf(redirect.Trial, redirect.Verdict, commands, at),
        };
    }

    // The end of a trial is a decision unless it follows from one, or from the trial itself.
    private Decision? Ended(ExperimentEvent e, ExperimentCommand.EndTrial end)
    {
        var isKnown = _told.Remove(end.Trial, out var told) && told == end.Reason;
        return end.Status == TrialStatus.Failed ? new(e.At, DecisionKind.Fail, end.Trial, 0, end.Reason)
            : isKnown || IsOwn(e, end.Trial) ? null
            : new(e.At, DecisionKind.Prune, end.Trial, 0, end.Reason);
    }

    private static bool IsOwn(ExperimentEvent e, TrialId trial) => e switch
    {
        ExperimentEvent.SegmentEnded ended => ended.Trial == trial,
        ExperimentEvent.SegmentFailed failed => failed.Trial == trial,
        _ => false,
    };

    // A plan comes right before what is told of it, but for the save that its source is asked for.
    private static TrialId? SourceOf(TrialId trial, Verdict verdict, IReadOnlyList<ExperimentCommand> commands, int at)
    {
        for (var i = at - 1; verdict == Verdict.Exploit && i >= 0 && i >= at - 2; i--)
        {
            if (commands[i] is ExperimentCommand.PlanExploit plan && plan.Trial == trial)
            {
                return plan.Source;
            }
        }

        return null;
    }

    /// <summary>The kind of a verdict that is not to go on.</summary>
    public static DecisionKind KindOf(Verdict verdict, bool isPruning) => verdict switch
    {
        Verdict.Pause => DecisionKind.Pause,
        Verdict.Exploit => DecisionKind.Exploit,
        _ => isPruning ? DecisionKind.Prune : DecisionKind.Stop,
    };
}
