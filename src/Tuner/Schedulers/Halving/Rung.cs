namespace Tuning.Schedulers.Halving;

/// <summary>
/// The scores of the trials that came to a milestone: the lowest layer of successive halving. O(log n) for everything.
/// </summary>
internal sealed class Rung(double milestone)
{
    private readonly OrderedScores _scores = new();
    private readonly OrderedScores _paused = new();

    /// <summary>The time that a trial must have come to.</summary>
    public double Milestone { get; } = milestone;

    /// <summary>The milestone, for a person.</summary>
    public string Name { get; } = ScoreReader.Time(milestone);

    /// <summary>How many scores are recorded.</summary>
    public int Count => _scores.Count;

    /// <summary>The same in words.</summary>
    public string Trials => ScoreReader.Count(Count);

    /// <summary>Records a score, which is not NaN.</summary>
    public void Record(double score, int trial) => _scores.Add(score, trial);

    /// <summary>
    /// The score that parts the best share of those recorded from the rest: the quantile with linear interpolation, as NumPy's <c>percentile</c>.
    /// NaN when nothing is recorded.
    /// </summary>
    /// <param name="quantile">From 0 to 1, such as 1 - 1 / reduction_factor.</param>
    /// <param name="isExact">Whether a place within rounding error of a whole one is that one; otherwise as NumPy computes it.</param>
    public double Cutoff(double quantile, bool isExact)
    {
        if (_scores.Count == 0)
        {
            return double.NaN;
        }

        var place = (_scores.Count - 1) * quantile;
        if (isExact && Math.Abs(place - Math.Round(place)) <= 1e-9 * _scores.Count)
        {
            place = Math.Round(place);
        }

        var below = (int)Math.Floor(place);
        var share = place - below;
        var low = _scores.At(below).Score;
        if (share == 0)
        {
            return low;
        }

        var high = _scores.At(below + 1).Score;
        var step = high - low;
        var cutoff = share >= 0.5 ? high - (step * (1 - share)) : low + (step * share);
        return low.Equals(high) || double.IsNaN(cutoff) ? low : cutoff;
    }

    /// <summary>The place of a recorded score from the top, 1 for the best.</summary>
    public int PlaceOf(double score, int trial) => _scores.Count - _scores.CountBefore(score, trial);

    /// <summary>The place that a score that is not recorded yet would have.</summary>
    public int PlaceOfNew(double score, int trial) => PlaceOf(score, trial) + 1;

    /// <summary>The score at a place from the top, 1 for the best.</summary>
    public double ScoreAt(int place) => _scores.At(_scores.Count - place).Score;

    /// <summary>Of the recorded trials, how many the share <c>1 / reductionFactor</c> is, rounded down.</summary>
    public int Top(double reductionFactor) => (int)Math.Floor((_scores.Count / reductionFactor) + 1e-9);

    /// <summary>A trial is paused here.</summary>
    public void Pause(double score, int trial) => _paused.Add(score, trial);

    /// <summary>A trial is no longer paused here.</summary>
    public void Leave(double score, int trial) => _paused.Remove(score, trial);

    /// <summary>Whether a trial is paused here.</summary>
    public bool IsPaused(double score, int trial) => _paused.Contains(score, trial);

    /// <summary>The best paused trial, if it is among the top share of all that came here; else null.</summary>
    public int? Promotable(double reductionFactor)
    {
        if (_paused.Count == 0)
        {
            return null;
        }

        var (score, trial) = _paused.At(_paused.Count - 1);
        return PlaceOf(score, trial) <= Top(reductionFactor) ? trial : null;
    }
}
