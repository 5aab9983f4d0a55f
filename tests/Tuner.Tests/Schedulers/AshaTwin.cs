namespace Tuning.Tests.Schedulers;

/// <summary>ASHA written plainly: lists of what was recorded, sorted at every question. Larger is better.</summary>
internal sealed class AshaTwin(double grace, double maxT, double factor, bool stopsLast, bool isRay)
{
    private readonly List<(double Milestone, Dictionary<int, double> Recorded)> _rungs =
        [.. Milestones(grace, maxT, factor, isRay).Select(m => (m, new Dictionary<int, double>()))];
    private readonly Dictionary<int, int> _highest = [];

    /// <summary>Null to go on; otherwise rung, cutoff and number of trials, of which the first is NaN at max_t.</summary>
    public (double Rung, double Cutoff, int Trials)? Report(int trial, double? time, double? value)
    {
        if (time is not { } t || (isRay && value is null))
        {
            return null;
        }

        if (t >= maxT && stopsLast)
        {
            return (double.NaN, double.NaN, 0);
        }

        if (value is not { } v || (!isRay && double.IsNaN(v)))
        {
            return null;
        }

        // Highest first.
        for (var i = _rungs.Count - 1; i >= 0; i--)
        {
            var (milestone, recorded) = _rungs[i];
            if (t < milestone || (isRay && recorded.ContainsKey(trial)))
            {
                continue;
            }

            if (!isRay && _highest.GetValueOrDefault(trial, -1) >= i)
            {
                return null;
            }

            _highest[trial] = i;
            var sorted = recorded.Values.Where(r => !double.IsNaN(r)).Order().ToList();
            recorded[trial] = v;
            if (sorted.Count == 0)
            {
                return null;
            }

            var cutoff = Quantile(sorted, factor);
            return v < cutoff - 1e-12 ? (milestone, cutoff, sorted.Count) : null;
        }

        return null;
    }

    public static double Quantile(List<double> sorted, double factor)
    {
        var place = (sorted.Count - 1) * (1 - (1 / factor));
        var low = (int)Math.Floor(place + 1e-9);
        var share = Math.Max(0, place - low);
        return share < 1e-9 ? sorted[low] : (sorted[low] * (1 - share)) + (sorted[low + 1] * share);
    }

    private static IEnumerable<double> Milestones(double grace, double maxT, double factor, bool isRay)
    {
        var rungs = isRay ? (int)((Math.Log(maxT / grace) / Math.Log(factor)) + 1) : 64;
        for (var k = 0; k < rungs && grace * Math.Pow(factor, k) <= maxT; k++)
        {
            yield return grace * Math.Pow(factor, k);
        }
    }
}
