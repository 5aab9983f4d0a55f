namespace Tuning.Trials;

/// <summary>Which trial is the best: one rule for the live line, summaries, tables and code.</summary>
/// <remarks>
/// A feasible trial goes before one that is not, then the better value counts; of equal ones the older trial is better. NaN is no value. Failed trials and
/// infinite values take part only where that is asked for.
/// </remarks>
internal static class BestTrial
{
    /// <summary>The best of some trials; null where none has a value.</summary>
    /// <param name="trials">The trials.</param>
    /// <param name="objective">What is compared.</param>
    /// <param name="value">The value that stands for a trial.</param>
    /// <param name="includeFailed">Whether trials that failed for good take part.</param>
    /// <param name="includeInfinite">Whether infinite values take part.</param>
    public static TrialView? Of(
        IEnumerable<TrialView> trials, Objective objective, Func<TrialView, double?> value, bool includeFailed = false, bool includeInfinite = false)
    {
        (TrialView Trial, double Value)? best = null;
        foreach (var trial in trials)
        {
            if (value(trial) is { } own && !double.IsNaN(own) && (includeInfinite || double.IsFinite(own))
                && (includeFailed || trial.Status != TrialStatus.Failed)
                && (best is not var (other, its) || Compare(trial, own, other, its) < 0))
            {
                best = (trial, own);
            }
        }

        return best?.Trial;

        int Compare(TrialView left, double leftValue, TrialView right, double rightValue)
        {
            var order = Feasibility.Compare(left.Violation, right.Violation);
            order = order == 0 ? objective.Compare(leftValue, rightValue) : order;
            return order == 0 ? left.Id.CompareTo(right.Id) : order;
        }
    }
}
