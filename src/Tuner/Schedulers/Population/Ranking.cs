namespace Tuning.Schedulers.Population;

/// <summary>The scores of a population in order, worst first. O(log n) for everything.</summary>
/// <param name="olderIsBetter">Whether of equal scores the older trial's is better; else it is worse, as in Ray.</param>
internal sealed class Ranking(bool olderIsBetter) : IComparer<Ranked>
{
    private readonly OrderedScores _numbers = new();

    // Those whose score is NaN, the worst.
    private readonly OrderedScores _others = new();

    /// <summary>How many trials have a score.</summary>
    public int Count => _others.Count + _numbers.Count;

    /// <summary>The entry at a place, 0 being the worst.</summary>
    public Ranked this[int place]
    {
        get
        {
            var isNumber = place >= _others.Count;
            var (score, key) = isNumber ? _numbers.At(place - _others.Count) : _others.At(place);
            return new(isNumber ? score : double.NaN, new(olderIsBetter ? key : ~key));
        }
    }

    /// <summary>How many trials are worse.</summary>
    public int PlaceOf(Ranked entry) => double.IsNaN(entry.Score)
        ? _others.CountBefore(0, KeyOf(entry))
        : _others.Count + _numbers.CountBefore(entry.Score, KeyOf(entry));

    /// <summary>Adds a score.</summary>
    public void Add(Ranked entry)
    {
        if (double.IsNaN(entry.Score))
        {
            _others.Add(0, KeyOf(entry));
        }
        else
        {
            _numbers.Add(entry.Score, KeyOf(entry));
        }
    }

    /// <summary>Removes a score.</summary>
    public void Remove(Ranked entry) => _ = double.IsNaN(entry.Score) ? _others.Remove(0, KeyOf(entry)) : _numbers.Remove(entry.Score, KeyOf(entry));

    /// <summary>Worse scores first; NaN is worst.</summary>
    public int Compare(Ranked x, Ranked y)
    {
        var order = x.Score.CompareTo(y.Score);
        return order != 0 ? order : olderIsBetter ? y.Trial.CompareTo(x.Trial) : x.Trial.CompareTo(y.Trial);
    }

    /// <summary>
    /// How many trials the lower and the upper quantile have: the fraction of <paramref name="count"/> rounded up, at most half of them;
    /// none of a population of one.
    /// </summary>
    public static int QuantileSize(int count, double fraction)
    {
        if (count <= 1)
        {
            return 0;
        }

        var size = (int)Math.Ceiling(count * fraction);
        return size > count / 2.0 ? count / 2 : size;
    }

    // Of equal scores the greater key is the worse one.
    private int KeyOf(Ranked entry) => olderIsBetter ? entry.Trial.Number : ~entry.Trial.Number;
}

/// <summary>A trial's place in the order.</summary>
/// <param name="Score">Larger is better; NaN is worst.</param>
/// <param name="Trial">The trial.</param>
internal readonly record struct Ranked(double Score, TrialId Trial);
