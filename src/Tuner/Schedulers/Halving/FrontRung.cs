namespace Tuning.Schedulers.Halving;

/// <summary>
/// Vectors of scores at a milestone, kept in fronts: no vector of a front dominates another of it, and each but the first has one in the front before
/// that dominates it. Adding one looks at few fronts (by bisection), and moves back what it dominates.
/// </summary>
/// <param name="milestone">The time that a trial must have come to.</param>
internal sealed class FrontRung(double milestone)
{
    private readonly List<List<(double[] Scores, int Trial)>> _fronts = [];

    /// <summary>The time that a trial must have come to.</summary>
    public double Milestone { get; } = milestone;

    /// <summary>How many vectors there are.</summary>
    public int Count { get; private set; }

    /// <summary>How many fronts there are.</summary>
    public int Fronts => _fronts.Count;

    /// <summary>Whether one vector is nowhere worse than another and somewhere better.</summary>
    public static bool Dominates(double[] one, double[] other)
    {
        var isBetter = false;
        for (var i = 0; i < one.Length; i++)
        {
            if (one[i] < other[i])
            {
                return false;
            }

            isBetter |= one[i] > other[i];
        }

        return isBetter;
    }

    /// <summary>The front that a vector would come to, from 0.</summary>
    public int FrontOf(double[] scores)
    {
        // What a front dominates, every front before it dominates.
        var (low, high) = (0, _fronts.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_fronts[middle].Exists(m => Dominates(m.Scores, scores)))
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

    /// <summary>How many trials would be before one, and the front it would be in. Looks no further than a given number.</summary>
    /// <param name="scores">Its scores.</param>
    /// <param name="trial">The trial.</param>
    /// <param name="enough">When so many are before it, how many more does not matter.</param>
    public (int Before, int Front) Rank(double[] scores, int trial, int enough)
    {
        var front = FrontOf(scores);
        var before = 0;
        for (var i = 0; i < front; i++)
        {
            before += _fronts[i].Count;
        }

        if (before >= enough || front == _fronts.Count)
        {
            return (before, front);
        }

        // Those that it pushes back are no longer in its front.
        List<(double[] Scores, int Trial)> members = [.. _fronts[front].Where(m => !Dominates(scores, m.Scores)), (scores, trial)];
        return (before + EpsilonNet.PlaceOf(members, members.Count - 1, enough - before), front);
    }

    /// <summary>Adds a vector.</summary>
    public void Add(double[] scores, int trial)
    {
        Count++;
        List<(double[] Scores, int Trial)> coming = [(scores, trial)];
        for (var front = FrontOf(scores); coming.Count > 0; front++)
        {
            if (front == _fronts.Count)
            {
                _fronts.Add(coming);
                return;
            }

            var arrived = coming;
            coming = _fronts[front].FindAll(m => arrived.Exists(a => Dominates(a.Scores, m.Scores)));
            if (coming.Count > 0)
            {
                _fronts[front].RemoveAll(m => arrived.Exists(a => Dominates(a.Scores, m.Scores)));
            }

            _fronts[front].AddRange(arrived);
        }
    }
}

/// <summary>
/// The order of an ε-net (Clarkson, "Building triangulations using ε-nets", 2006): the best in the first objective, then always the one whose distance from the nearest of
/// those before is greatest. Distances are in shares of the range of each objective.
/// </summary>
internal static class EpsilonNet
{
    /// <summary>How many of a front come before one of its members; at most a given number, beyond which it does not look.</summary>
    public static int PlaceOf(List<(double[] Scores, int Trial)> members, int member, int enough)
    {
        var scale = Scales(members);
        var distance = new double[members.Count];
        distance.AsSpan().Fill(double.PositiveInfinity);
        var next = 0;
        for (var i = 1; i < members.Count; i++)
        {
            var (a, b) = (members[i], members[next]);
            next = a.Scores[0] > b.Scores[0] || (a.Scores[0] == b.Scores[0] && a.Trial < b.Trial) ? i : next;
        }

        for (var place = 0; place < enough && place < members.Count; place++)
        {
            if (next == member)
            {
                return place;
            }

            next = Farthest(members, distance, next, scale);
        }

        return Math.Min(enough, members.Count - 1);
    }

    // Takes one out, and finds the farthest of the rest; of equally far ones the oldest.
    private static int Farthest(List<(double[] Scores, int Trial)> members, double[] distance, int taken, double[] scale)
    {
        distance[taken] = double.NegativeInfinity;
        var farthest = -1;
        for (var i = 0; i < members.Count; i++)
        {
            if (double.IsNegativeInfinity(distance[i]))
            {
                continue;
            }

            var square = 0.0;
            for (var k = 0; k < scale.Length; k++)
            {
                var step = (members[i].Scores[k] - members[taken].Scores[k]) * scale[k];
                square += step * step;
            }

            distance[i] = Math.Min(distance[i], double.IsNaN(square) ? 0 : square);
            if (farthest < 0 || distance[i] > distance[farthest] || (distance[i] == distance[farthest] && members[i].Trial < members[farthest].Trial))
            {
                farthest = i;
            }
        }

        return farthest;
    }

    private static double[] Scales(List<(double[] Scores, int Trial)> members)
    {
        var scale = new double[members[0].Scores.Length];
        for (var k = 0; k < scale.Length; k++)
        {
            var range = members.Max(m => m.Scores[k]) - members.Min(m => m.Scores[k]);
            scale[k] = range > 0 && double.IsFinite(range) ? 1 / range : 0;
        }

        return scale;
    }
}
