namespace Tuning.Schedulers.Halving;

/// <summary>ASHA for several objectives; see <see cref="MoAshaOptions"/>.</summary>
internal sealed class MoAshaScheduler : ITrialScheduler
{
    // With more objectives fronts are larger, and so are the nets in them.
    private const int MostOfTwo = 4096;
    private const int MostOfMore = 1024;

    private readonly MoAshaOptions _options;
    private readonly ImmutableArray<Objective> _objectives;
    private readonly ScoreReader _reader;
    private readonly FrontRung[] _rungs;
    private readonly StartOrder _order = new();

    // One more than the highest rung at which a trial was ranked.
    private readonly Dictionary<int, int> _ranked = [];

    public MoAshaScheduler(MoAshaOptions options, ImmutableArray<Objective> objectives, SeedPath seed)
    {
        (_options, _objectives, _reader) = (options, objectives, new(objectives[0], options.TimeAttribute));
        _rungs = [.. AshaBracket.Milestones(options.GracePeriod, options.MaxTime, options.ReductionFactor, s: 0, isRay: false)
            .Select((m, i) => new FrontRung(m, objectives.Length == 2 ? MostOfTwo : MostOfMore, (seed / "rung" / i).Seed))];
    }

    /// <inheritdoc/>
    public string Name => "mo_asha";

    /// <inheritdoc/>
    public bool NeedsCheckpoints => false;

    /// <inheritdoc/>
    public IReadOnlyList<SchedulerDecision> Decide(TrialReport report, TrialBoard board)
    {
        var time = _reader.TimeOf(report);
        if (time >= _options.MaxTime)
        {
            return [_reader.AtMost(_options.MaxTime, time, report)];
        }

        if (RungOf(report, time) is not { Count: > 0 } rung || ScoresOf(report) is not { } scores)
        {
            return [];
        }

        // The place of the last trial that goes on, itself included in the number.
        var most = (int)Math.Floor(((rung.Kept + 1) / _options.ReductionFactor) + 1e-9);
        var (before, front) = rung.Rank(scores, report.Trial.Number, most + 1);
        return before <= most ? [] : [new SchedulerDecision.Stop(report.Trial, Reason(rung, scores, front, most))];
    }

    /// <inheritdoc/>
    public TrialId? Choose(TrialBoard board) => _order.First(board);

    /// <inheritdoc/>
    public void Observe(SchedulerObservation observation)
    {
        _order.Observe(observation);
        if (observation is SchedulerObservation.Reported { Report: var report } && _reader.TimeOf(report) is var time && !(time >= _options.MaxTime)
            && RungOf(report, time) is { } rung && ScoresOf(report) is { } scores)
        {
            rung.Add(scores, report.Trial.Number);
            _ranked[report.Trial.Number] = Array.IndexOf(_rungs, rung) + 1;
        }
    }

    private string Reason(FrontRung rung, double[] scores, int front, int most)
    {
        var values = string.Join(", ", _objectives.Select((o, i) =>
            Invariant($"{o.Metric} {NumberText.Of(o.Mode == Mode.Max ? scores[i] : 0 - scores[i])}")));
        return $"stopped at rung {ScoreReader.Time(rung.Milestone)}: {values} is in front {front + 1} of {Math.Max(rung.Fronts, front + 1)}, with more than " +
            $"{most} of {Ranked(rung)} before it";
    }

    private static string Ranked(FrontRung rung) => rung.Kept == rung.Count ? $"{rung.Count + 1} trials"
        : $"{rung.Kept + 1} trials, a sample of {rung.Count + 1},";

    // The highest rung that it has come to, if it was not ranked there.
    private FrontRung? RungOf(TrialReport report, double time)
    {
        var at = _rungs.Length - 1;
        while (at >= 0 && !(time >= _rungs[at].Milestone))
        {
            at--;
        }

        return at >= _ranked.GetValueOrDefault(report.Trial.Number) ? _rungs[at] : null;
    }

    private double[]? ScoresOf(TrialReport report)
    {
        var scores = new double[_objectives.Length];
        for (var i = 0; i < scores.Length; i++)
        {
            scores[i] = _objectives[i].Score(report.Value(_objectives[i].Metric));
            if (double.IsNaN(scores[i]))
            {
                return null;
            }
        }

        return scores;
    }
}
