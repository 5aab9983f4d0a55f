namespace Tuning.Schedulers.Halving;

/// <summary>
/// The order of an ε-net (Clarkson, "Building triangulations using ε-nets", 2006): the best in the first objective, then always the one whose distance from the
/// nearest of those before is greatest. Distances are in shares of the range of each objective.
/// </summary>
internal static class EpsilonNet
{
    /// <summary>How many of a front come before one of its members; at most a given number, beyond which it does not look.</summary>
    public static int PlaceOf(List<(double[] Scores, int Trial)> members, int member, int enough)
    {
        var scale = Scales(members);
        var distance = new double[members.Count];
        distance.AsSpan().Fill(double.PositiveInfinity);
        var next = First(members);
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

    /// <summary>What distances are multiplied by: one over the range of each objective, or 0 where that is none.</summary>
    public static double[] Scales(List<(double[] Scores, int Trial)> members)
    {
        var scale = new double[members[0].Scores.Length];
        for (var k = 0; k < scale.Length; k++)
        {
            var range = members.Max(m => m.Scores[k]) - members.Min(m => m.Scores[k]);
            scale[k] = range > 0 && double.IsFinite(range) ? 1 / range : 0;
        }

        return scale;
    }

    /// <summary>The best in the first objective; of equal ones the oldest.</summary>
    public static int First(List<(double[] Scores, int Trial)> members)
    {
        var first = 0;
        for (var i = 1; i < members.Count; i++)
        {
            var (a, b) = (members[i], members[first]);
            first = a.Scores[0] > b.Scores[0] || (a.Scores[0] == b.Scores[0] && a.Trial < b.Trial) ? i : first;
        }

        return first;
    }

    /// <summary>The square of a distance.</summary>
    public static double Square(double[] one, double[] other, double[] scale)
    {
        var square = 0.0;
        for (var k = 0; k < scale.Length; k++)
        {
            var step = (one[k] - other[k]) * scale[k];
            square += step * step;
        }

        return double.IsNaN(square) ? 0 : square;
    }

    /// <summary>Takes one out, and finds the farthest of the rest; of equally far ones the oldest. -1 when none is left.</summary>
    /// <param name="members">All of them.</param>
    /// <param name="distance">The squares of the distances from those taken out; negative infinity for those themselves.</param>
    /// <param name="taken">The one to take out.</param>
    /// <param name="scale">As in <see cref="Scales"/>.</param>
    public static int Farthest(List<(double[] Scores, int Trial)> members, double[] distance, int taken, double[] scale)
    {
        distance[taken] = double.NegativeInfinity;
        var farthest = -1;
        for (var i = 0; i < members.Count; i++)
        {
            if (double.IsNegativeInfinity(distance[i]))
            {
                continue;
            }

            distance[i] = Math.Min(distance[i], Square(members[i].Scores, members[taken].Scores, scale));
            if (farthest < 0 || distance[i] > distance[farthest] || (distance[i] == distance[farthest] && members[i].Trial < members[farthest].Trial))
            {
                farthest = i;
            }
        }

        return farthest;
    }
}
