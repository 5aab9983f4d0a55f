namespace Tuning.Schedulers.Halving;

/// <summary>
/// Vectors of scores none of which dominates another. With two objectives they are kept in order, the best in the first one first, which is the worst in the
/// second: then who dominates whom is a search.
/// </summary>
internal sealed class Front
{
    private readonly List<(double[] Scores, int Trial)> _members;
    private NetOrder? _net;

    /// <summary>A front of vectors that left another one.</summary>
    public Front(List<(double[] Scores, int Trial)> members) => _members = members;

    /// <summary>The vectors.</summary>
    public IReadOnlyList<(double[] Scores, int Trial)> Members => _members;

    /// <summary>Whether one of them dominates a vector.</summary>
    public bool Dominates(double[] scores)
    {
        if (scores.Length != 2)
        {
            return _members.Exists(m => FrontRung.Dominates(m.Scores, scores));
        }

        // Of those that are no worse in the first objective, the last one is the best in the second.
        var at = Above(scores[0]);
        return at > 0 && FrontRung.Dominates(_members[at - 1].Scores, scores);
    }

    /// <summary>Takes in vectors that do not dominate each other, in the order of a front; gives those that they dominate, in that order.</summary>
    public List<(double[] Scores, int Trial)> TakeIn(List<(double[] Scores, int Trial)> arriving)
    {
        _net = null;
        if (arriving[0].Scores.Length == 2)
        {
            return Merge(arriving);
        }

        var leaving = _members.FindAll(m => arriving.Exists(a => FrontRung.Dominates(a.Scores, m.Scores)));
        if (leaving.Count > 0)
        {
            _members.RemoveAll(m => arriving.Exists(a => FrontRung.Dominates(a.Scores, m.Scores)));
        }

        _members.AddRange(arriving);
        return leaving;
    }

    /// <summary>
    /// How many of the front would come before a vector that comes to it: those that it dominates are no longer there. At most a given number, beyond which it
    /// does not look.
    /// </summary>
    public int PlaceOf(double[] scores, int trial, int enough)
    {
        _net ??= new(_members);
        if (!DominatedBy(scores) && _net.PlaceOf(scores, trial, enough) is { } place)
        {
            return place;
        }

        List<(double[] Scores, int Trial)> rest = [.. _members.Where(m => !FrontRung.Dominates(scores, m.Scores)), (scores, trial)];
        return EpsilonNet.PlaceOf(rest, rest.Count - 1, enough);
    }

    // Whether a vector dominates one of them: the first that is no better in the first objective is the worst in the second, but for those that are equal to
    // the vector.
    private bool DominatedBy(double[] scores)
    {
        if (scores.Length != 2)
        {
            return _members.Exists(m => FrontRung.Dominates(scores, m.Scores));
        }

        var at = Above(scores[0]);
        return (at < _members.Count && FrontRung.Dominates(scores, _members[at].Scores)) || (at > 0 && FrontRung.Dominates(scores, _members[at - 1].Scores));
    }

    private List<(double[] Scores, int Trial)> Merge(List<(double[] Scores, int Trial)> arriving)
    {
        var (leaving, merged) = (new List<(double[] Scores, int Trial)>(), new List<(double[] Scores, int Trial)>(arriving.Count));
        var from = Above(arriving[0].Scores[0], isStrict: true);
        var (at, arrived) = (from, 0);
        for (; at < _members.Count; at++)
        {
            var member = _members[at];
            while (arrived < arriving.Count && arriving[arrived].Scores[0] >= member.Scores[0])
            {
                merged.Add(arriving[arrived++]);
            }

            if (arrived > 0 && FrontRung.Dominates(arriving[arrived - 1].Scores, member.Scores))
            {
                leaving.Add(member);
            }
            else if (arrived == arriving.Count && member.Scores[0] < arriving[^1].Scores[0])
            {
                // From here on all are better in the second objective.
                break;
            }
            else
            {
                merged.Add(member);
            }
        }

        merged.AddRange(arriving[arrived..]);
        _members.RemoveRange(from, at - from);
        _members.InsertRange(from, merged);
        return leaving;
    }

    // How many are no worse than a score in the first objective, or better.
    private int Above(double score, bool isStrict = false)
    {
        var (low, high) = (0, _members.Count);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            var own = _members[middle].Scores[0];
            if (own > score || (own == score && !isStrict))
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
