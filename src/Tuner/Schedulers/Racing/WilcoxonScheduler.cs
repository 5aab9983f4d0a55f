namespace Tuning.Schedulers.Racing;

/// <summary>Racing by Wilcoxon's signed-rank test; see <see cref="WilcoxonOptions"/>. A decision costs as much as the instances that a trial has, however many
/// trials there are.</summary>
internal sealed class WilcoxonScheduler(WilcoxonOptions options, ScoreReader reader) : ITrialScheduler
{
    private readonly StartOrder _order = new();
    private readonly Dictionary<int, SortedDictionary<double, double>> _racing = [];
    private SortedDictionary<double, double>? _incumbent;
    private TrialId _incumbentId;

    /// <inheritdoc/>
    public string Name => "wilcoxon";

    /// <inheritdoc/>
    public bool NeedsCheckpoints => false;

    /// <inheritdoc/>
    public IReadOnlyList<SchedulerDecision> Decide(TrialReport report, TrialBoard board)
    {
        if (_incumbent is null || !IsPair(report, out var instance, out var score))
        {
            return [];
        }

        var differences = new List<double>();
        var (own, other) = (0.0, 0.0);
        foreach (var (at, value) in With(_racing.GetValueOrDefault(report.Trial.Number), instance, score))
        {
            if (_incumbent.TryGetValue(at, out var theirs))
            {
                differences.Add(theirs - value);
                own += value;
                other += theirs;
            }
        }

        var n = differences.Count;
        if (n == 0 || n < options.StartupSteps || own >= other)
        {
            return [];
        }

        var p = SignedRanks.PGreater(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(differences));
        if (p >= options.PValueThreshold)
        {
            return [];
        }

        var (left, right) = reader.Texts(own / n, other / n);
        return [new SchedulerDecision.Stop(report.Trial, string.Create(CultureInfo.InvariantCulture,
            $"stopped after {n} instances: worse than trial {_incumbentId} in {differences.Count(d => d > 0)} of them, mean {left} against {right}, p = " +
                $"{NumberText.Of(p)} is below {NumberText.Of(options.PValueThreshold)}"))];
    }

    /// <inheritdoc/>
    public TrialId? Choose(TrialBoard board) => _order.First(board);

    /// <inheritdoc/>
    public void Observe(SchedulerObservation observation)
    {
        _order.Observe(observation);
        switch (observation)
        {
            case SchedulerObservation.Reported { Report: var report } when IsPair(report, out var instance, out var score):
                if (!_racing.TryGetValue(report.Trial.Number, out var values))
                {
                    _racing[report.Trial.Number] = values = [];
                }

                values[instance] = score;
                break;
            case SchedulerObservation.TrialEnded e when _racing.Remove(e.Trial.Number, out var ended):
                if (e.Status == TrialStatus.Terminated && IsBetter(ended))
                {
                    (_incumbent, _incumbentId) = (ended, e.Trial);
                }

                break;
        }
    }

    private static IEnumerable<KeyValuePair<double, double>> With(SortedDictionary<double, double>? values, double instance, double score) =>
        (values ?? []).Where(v => v.Key != instance).Append(new(instance, score));

    private bool IsPair(TrialReport report, out double instance, out double score)
    {
        (instance, score) = (reader.TimeOf(report), reader.ScoreOf(report));
        return !report.IsTold && !double.IsNaN(instance) && double.IsFinite(score);
    }

    // Whether a trial that ended covers the incumbent's instances, and is better in the mean.
    private bool IsBetter(SortedDictionary<double, double> ended)
    {
        if (_incumbent is null)
        {
            return true;
        }

        var difference = 0.0;
        foreach (var (instance, theirs) in _incumbent)
        {
            if (!ended.TryGetValue(instance, out var own))
            {
                return false;
            }

            difference += own - theirs;
        }

        return difference > 0;
    }
}
