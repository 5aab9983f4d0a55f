namespace Tuning.Tests.Schedulers;

/// <summary>The median stopping rule written plainly: all reports, gone through at every question. Larger is better.</summary>
internal sealed class MedianTwin(double grace, int minSamples, bool isRay)
{
    private readonly Dictionary<int, List<(double Time, double Value)>> _reports = [];

    public Dictionary<int, List<(double Time, double Value)>> Reports => _reports;

    /// <summary>Null to go on; otherwise the best value, the median, and of how many.</summary>
    public (double Best, double Median, int Others)? Report(int trial, double? time, double? value)
    {
        if (time is not { } t || value is not { } v || (!isRay && double.IsNaN(v)))
        {
            return null;
        }

        if (!_reports.TryGetValue(trial, out var own))
        {
            _reports[trial] = own = [];
        }

        if (own.Count > 0 && t <= own[^1].Time)
        {
            return null;
        }

        own.Add((t, v));
        if (t < grace)
        {
            return null;
        }

        var means = new List<double>();
        foreach (var (other, reports) in _reports)
        {
            if (other == trial || reports[^1].Time < t)
            {
                continue;
            }

            var scope = reports.Where(r => r.Time >= grace && r.Time <= t).Select(r => r.Value).ToList();
            if (scope.Count > 0 || isRay)
            {
                means.Add(scope.Count == 0 ? double.NaN : scope.Sum() / scope.Count);
            }
        }

        if (means.Count < minSamples)
        {
            return null;
        }

        means.Sort();
        var n = means.Count;
        var median = means.Exists(double.IsNaN) ? double.NaN : n % 2 == 1 ? means[n / 2] : (means[(n / 2) - 1] + means[n / 2]) / 2;
        var best = own[0].Value;
        foreach (var (_, r) in own)
        {
            best = r > best ? r : best;
        }

        return best < median || (isRay && (double.IsNaN(best) || double.IsNaN(median))) ? (best, median, n) : null;
    }
}
