namespace Tuning.Schedulers.Population;

/// <summary>The scores of a population in order, worst first: an array that is kept sorted, so that a change costs a search and a short move.</summary>
/// <param name="olderIsBetter">Whether of equal scores the older trial's is better; else it is worse, as in Ray.</param>
internal sealed class Ranking(bool olderIsBetter) : IComparer<Ranked>
{
    private readonly List<Ranked> _entries = [];

    /// <summary>How many trials have a score.</summary>
    public int Count => _entries.Count;

    /// <summary>The trial at a place, 0 being the worst.</summary>
    public TrialId this[int place] => _entries[place].Trial;

    /// <summary>How many trials are worse.</summary>
    public int PlaceOf(Ranked entry)
    {
        var at = _entries.BinarySearch(entry, this);
        return at < 0 ? ~at : at;
    }

    /// <summary>Adds a score.</summary>
    public void Add(Ranked entry) => _entries.Insert(PlaceOf(entry), entry);

    /// <summary>Removes a score.</summary>
    public void Remove(Ranked entry) => _entries.RemoveAt(PlaceOf(entry));

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
}

/// <summary>A trial's place in the order.</summary>
/// <param name="Score">Larger is better; NaN is worst.</param>
/// <param name="Trial">The trial.</param>
internal readonly record struct Ranked(double Score, TrialId Trial);
