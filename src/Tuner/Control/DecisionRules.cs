namespace Tuning.Control;

/// <summary>A decision that comes out otherwise than before, on purpose.</summary>
/// <param name="Number">The number of the rules that it begins with: 2 for the first change, then 3, 4 …</param>
/// <param name="What">What is decided now and what was decided before, for a person, as a sentence without its full stop.</param>
/// <param name="Kinds">The decisions that may differ by it.</param>
/// <param name="Components">The types of components whose decisions these are (<c>gp</c>, <c>median</c>); empty where they are the experiment's own.</param>
internal sealed record RuleChange(int Number, string What, ImmutableArray<DecisionKind> Kinds, ImmutableArray<string> Components);

/// <summary>
/// The rules by which everything is decided, with a number that rises with every change made on purpose. A journal carries the number of the rules
/// that decided its lines, so that <c>verify</c> tells a changed rule from a fault.
/// </summary>
/// <param name="Changes">The changes, oldest first. Rules 1 had none.</param>
internal sealed record DecisionRules(ImmutableArray<RuleChange> Changes)
{
    /// <summary>The number of journals that carry none.</summary>
    public const int First = 1;

    /// <summary>The rules of this version. Whoever changes a decision on purpose adds a line here.</summary>
    public static DecisionRules Today { get; } = new(
    [
        new(
            2,
            "Population based training keeps constraints, conditions and computed values also where what it explores is a plain value of the space; "
                + "it looked at the plain value before",
            [DecisionKind.Exploit],
            ["pbt", "pb2"]),
        new(3, "Search algorithms that learn leave out the upper bound of a range, which is excluded, and see equal values of a choice as one; they took the " +
            "bound, and each of the equal values", [DecisionKind.Suggest],
            ["gp", "auto", "tpe", "motpe", "bohb", "cma_es", "nsga2", "quasi_random", "halton"]),
        new(4, "Random search draws again what it tried before; it tried it once more", [DecisionKind.Suggest], ["random"]),
        new(5, "Trials that a scheduler prunes write no checkpoint at their end unless checkpoint_pruned is true, and one that comes to the scheduler's own " +
            "end has completed; all of them wrote one, and counted as pruned", [DecisionKind.Prune],
            ["asha", "hyperband", "hb_bohb", "median", "mo_asha", "wilcoxon", "pbt", "pb2"]),
        new(
            6,
            "Median stopping pauses a trial for others only where one that is behind it can take its slot, and the one that is furthest behind goes first; it "
                + "paused it for any, also for those that go last, so that the same trial went on",
            [DecisionKind.Pause, DecisionKind.Resume],
            ["median"]),
        new(7, "The objective of a trial that is raced by Wilcoxon's test is the mean over its instances; it was the last one's value", [DecisionKind.Suggest],
            ["wilcoxon"]),
        new(8, "A trial that fails again before it reports anything new waits before it is tried the third time: 1 s, then twice as long each time, up to " +
            "60 s; it was tried again at once", [DecisionKind.Retry], []),
        new(9, "No more trials run at once than have room on the cores that they ask for; max_concurrent_trials let more run", [DecisionKind.Resume], []),
    ]);

    /// <summary>The number of these rules.</summary>
    public int Current => Changes.IsEmpty ? First : Changes[^1].Number;

    /// <summary>The change that explains a difference between a record and what would be decided now; null where it is a fault.</summary>
    /// <param name="difference">The difference.</param>
    /// <param name="rules">The number of the rules that decided what is recorded.</param>
    /// <param name="components">The types of the experiment's components.</param>
    public RuleChange? Explain(VerificationDifference difference, int rules, IReadOnlySet<string> components)
    {
        foreach (var change in Changes)
        {
            if (change.Number > rules && (Concerns(change, difference.Decided) || Concerns(change, difference.Recorded))
                && (change.Components.IsEmpty || components.Overlaps(change.Components)))
            {
                return change;
            }
        }

        return null;
    }

    private static bool Concerns(RuleChange change, ExperimentCommand? command) => KindOf(command) is { } kind && change.Kinds.Contains(kind);

    // Null for what only follows from other decisions: checkpoints to write and to delete, a trial that is started in its turn.
    private static DecisionKind? KindOf(ExperimentCommand? command) => command switch
    {
        ExperimentCommand.CreateTrial => DecisionKind.Suggest,
        ExperimentCommand.Answer { Verdict: Verdict.Stop or Verdict.Pause or Verdict.Exploit } answer =>
            DecisionReader.KindOf(answer.Verdict, answer.IsPruning),
        ExperimentCommand.Redirect redirect => DecisionReader.KindOf(redirect.Verdict, isPruning: true),
        ExperimentCommand.PlanExploit or ExperimentCommand.AdoptCheckpoint => DecisionKind.Exploit,
        ExperimentCommand.AbandonExploit => DecisionKind.Abandon,
        ExperimentCommand.StartTrial => DecisionKind.Resume,
        ExperimentCommand.RetryTrial => DecisionKind.Retry,
        ExperimentCommand.EndTrial end => end.Status == TrialStatus.Failed ? DecisionKind.Fail : DecisionKind.Prune,
        ExperimentCommand.StopExperiment or ExperimentCommand.FinishExperiment or ExperimentCommand.SuspendExperiment => DecisionKind.StopExperiment,
        _ => null,
    };
}
