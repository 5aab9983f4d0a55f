namespace Tuning.Schedulers.Median;

/// <summary>The median stopping rule; see <see cref="MedianStoppingOptions"/>.</summary>
internal sealed class MedianStoppingScheduler(MedianStoppingOptions options, ScoreReader reader, bool canPause) : ITrialScheduler
{
    private readonly StartOrder _order = new();
    private readonly bool _isRay = options.Compatibility == SchedulerCompatibility.Ray;
    private readonly RunningMeans _means = new(options.GracePeriod, countsNaN: options.Compatibility == SchedulerCompatibility.Ray);
    private State[] _trials = new State[16];

    /// <inheritdoc/>
    public string Name => "median";

    /// <inheritdoc/>
    public bool NeedsCheckpoints => !options.HardStop;

    /// <inheritdoc/>
    public IReadOnlyList<SchedulerDecision> Decide(TrialReport report, TrialBoard board)
    {
        var (time, score) = (reader.TimeOf(report), reader.ScoreOf(report));
        ref var trial = ref Of(report.Trial);
        if (!Counts(report, time, score) || trial.IsJudged || time < options.GracePeriod)
        {
            return [];
        }

        var (median, others) = _means.MedianAt(time, report.Trial.Number);
        if (others < options.MinSamplesRequired)
        {
            return canPause && time - (trial.HasPaused ? trial.PausedAt : double.NegativeInfinity) > options.MinTimeSlice && _order.OthersWait(board, time)
                ? [new SchedulerDecision.Pause(report.Trial,
                    $"paused at {reader.TimeAttr} {ScoreReader.Time(time)}: others wait, and {others} of {options.MinSamplesRequired} trials have come as far")]
                : [];
        }

        var best = BestWith(trial, score);
        if (!(best < median) && !(_isRay && (double.IsNaN(best) || double.IsNaN(median))))
        {
            return [];
        }

        var why = $"at {reader.TimeAttr} {ScoreReader.Time(time)}: the best value {reader.IsWorse(best, "the median", median)} of {others} trials";
        return [options.HardStop ? new SchedulerDecision.Stop(report.Trial, $"stopped {why}") : new SchedulerDecision.Pause(report.Trial, $"paused {why}")];
    }

    /// <inheritdoc/>
    public TrialId? Choose(TrialBoard board) => _order.First(board);

    /// <inheritdoc/>
    public string? StartReason(TrialId trial, TrialBoard board) => _order.IsPaused(trial)
        ? Of(trial).IsJudged ? "nothing better is left to run" : "no new trial waits"
        : null;

    /// <inheritdoc/>
    public void Observe(SchedulerObservation observation)
    {
        _order.Observe(observation);
        switch (observation)
        {
            case SchedulerObservation.Reported r:
                Observe(r);
                break;
            case SchedulerObservation.TrialPaused p:
                // For others: those that are behind go before.
                _order.Place(p.Trial, Of(p.Trial).IsJudged ? double.PositiveInfinity : Of(p.Trial).PausedAt);
                break;
            case SchedulerObservation.TrialEnded { Status: TrialStatus.Terminated } e when _isRay && !Of(e.Trial).IsTold:
                // In Ray's way the last report of a trial that ended by itself counts twice.
                _means.Repeat(e.Trial.Number);
                break;
        }
    }

    private void Observe(SchedulerObservation.Reported r)
    {
        var report = r.Report;
        var (time, score) = (reader.TimeOf(report), reader.ScoreOf(report));
        ref var trial = ref Of(report.Trial);
        var own = r.Decisions.FirstOrDefault(d => d.Trial == report.Trial);
        trial.IsTold = own is SchedulerDecision.Stop;
        if (!Counts(report, time, score) || (_isRay && trial.IsJudged))
        {
            return;
        }

        // Judged where it was: a pause for others comes only with too few to compare with.
        var isJudged = own is SchedulerDecision.Pause && time >= options.GracePeriod
            && _means.MedianAt(time, report.Trial.Number).Others >= options.MinSamplesRequired;
        trial.Best = BestWith(trial, score);
        trial.HasBest = true;
        trial.IsJudged |= isJudged;
        if (own is SchedulerDecision.Pause)
        {
            (trial.HasPaused, trial.PausedAt) = (true, time);
        }

        _means.Add(report.Trial.Number, time, score);
    }

    // Whether a report is taken into account.
    private bool Counts(TrialReport report, double time, double score) =>
        !double.IsNaN(time) && (_isRay ? reader.Has(report) : !double.IsNaN(score)) && _means.IsLater(report.Trial.Number, time);

    // In Ray's way the first value stays until a greater one comes: a NaN at first stays for good.
    private static double BestWith(in State trial, double score) => !trial.HasBest || score > trial.Best ? score : trial.Best;

    private ref State Of(TrialId id)
    {
        if (id.Number >= _trials.Length)
        {
            Array.Resize(ref _trials, Math.Max(id.Number + 1, _trials.Length * 2));
        }

        return ref _trials[id.Number];
    }

    private struct State
    {
        public double Best;
        public double PausedAt;
        public bool HasBest;
        public bool HasPaused;
        public bool IsJudged;
        public bool IsTold;
    }
}
