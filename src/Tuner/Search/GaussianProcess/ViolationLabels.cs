namespace Tuning.Search.GaussianProcess;

/// <summary>Violations as targets: −1 for feasible trials, and 1 to 2 by rank for the others, so that their size orders them and nothing more, and 0 is the
/// border.</summary>
internal static class ViolationLabels
{
    /// <summary>Labels of the first <paramref name="count"/> trials, which no later one changes; a trial without a value counts as an average
    /// violation.</summary>
    public static double[] Of(Evidence evidence, int count)
    {
        var violated = Enumerable.Range(0, count).Where(i => evidence.Violations[i] > 0).Select(i => evidence.Violations[i]).Order().ToArray();
        var labels = new double[count];
        for (var i = 0; i < labels.Length; i++)
        {
            labels[i] = evidence.IsFeasible(i) ? -1
                : evidence.Violations[i] > 0 ? 1 + ((Place(violated, evidence.Violations[i]) + 0.5) / violated.Length)
                : 1.5;
        }

        return labels;
    }

    private static int Place(double[] sorted, double value)
    {
        var at = Array.BinarySearch(sorted, value);
        while (at > 0 && sorted[at - 1] == value)
        {
            at--;
        }

        return at;
    }
}
