namespace Tuning.Schedulers.Halving;

/// <summary>
/// The brackets with somebody who may go on, so that a free slot looks only at those: as they were begun, or band by band the least
/// complete first. A band has few of them.
/// </summary>
internal sealed class BracketQueue(bool largestFirst)
{
    private readonly SortedSet<SyncBracket> _goingOn = new(Comparer<SyncBracket>.Create((a, b) => a.Number.CompareTo(b.Number)));

    /// <summary>Something happened in a bracket.</summary>
    public void Look(SyncBracket bracket) => _ = bracket.MayGoOn ? _goingOn.Add(bracket) : _goingOn.Remove(bracket);

    /// <summary>Those brackets and one more, in the order in which they are offered a slot.</summary>
    public IEnumerable<SyncBracket> With(SyncBracket? withFresh)
    {
        var all = withFresh is null || _goingOn.Contains(withFresh) ? _goingOn : Inserted(withFresh);
        if (largestFirst)
        {
            foreach (var bracket in all)
            {
                yield return bracket;
            }

            yield break;
        }

        var band = new List<SyncBracket>();
        foreach (var bracket in all)
        {
            if (band.Count > 0 && band[0].Band != bracket.Band)
            {
                foreach (var least in band.OrderBy(b => b.Completion))
                {
                    yield return least;
                }

                band.Clear();
            }

            band.Add(bracket);
        }

        foreach (var least in band.OrderBy(b => b.Completion))
        {
            yield return least;
        }
    }

    private IEnumerable<SyncBracket> Inserted(SyncBracket one)
    {
        var isIn = false;
        foreach (var bracket in _goingOn)
        {
            if (!isIn && one.Number < bracket.Number)
            {
                isIn = true;
                yield return one;
            }

            yield return bracket;
        }

        if (!isIn)
        {
            yield return one;
        }
    }
}
