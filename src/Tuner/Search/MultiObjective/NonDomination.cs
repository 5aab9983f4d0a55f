namespace Tuning.Search.MultiObjective;

/// <summary>
/// Pareto ranks and crowding distances of loss vectors (smaller is better in each). A vector dominates another when it is nowhere worse and
/// somewhere better; equal vectors do not dominate each other. NaN counts as the worst there is.
/// </summary>
internal static class NonDomination
{
    /// <summary>Whether <paramref name="a"/> dominates <paramref name="b"/>.</summary>
    public static bool Dominates(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        var isBetter = false;
        for (var i = 0; i < a.Length; i++)
        {
            var (x, y) = (Worst(a[i]), Worst(b[i]));
            if (x > y)
            {
                return false;
            }

            isBetter |= x < y;
        }

        return isBetter;
    }

    /// <summary>
    /// The front of each vector: 0 for those that nothing dominates, 1 for those that only vectors of front 0 dominate, and so on.
    /// </summary>
    /// <remarks>
    /// Vectors are gone through in lexicographic order, so that none is dominated by a later one, and the first front without a dominator is
    /// found by bisection (Zhang et al., "An efficient approach to nondominated sorting", 2015). With two objectives the last member of a front tells
    /// (Jensen, 2003), O(n log n); with more O(m n²) at worst.
    /// </remarks>
    /// <param name="losses">The vectors, one after the other.</param>
    /// <param name="objectives">How long a vector is, at least 1.</param>
    /// <param name="ranks">Takes the front of each.</param>
    /// <returns>How many fronts there are.</returns>
    public static int Rank(ReadOnlySpan<double> losses, int objectives, Span<int> ranks)
    {
        var count = ranks.Length;
        if (count == 0)
        {
            return 0;
        }

        var values = new double[count * objectives];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = Worst(losses[i]);
        }

        var order = Lexicographic(values, objectives, count);
        var fronts = new List<List<int>>();
        for (var i = 0; i < count; i++)
        {
            var at = order[i];
            if (i > 0 && Row(values, objectives, at).SequenceEqual(Row(values, objectives, order[i - 1])))
            {
                ranks[at] = ranks[order[i - 1]];
                continue;
            }

            var (low, high) = (0, fronts.Count);
            while (low < high)
            {
                var middle = (low + high) / 2;
                (low, high) = IsDominated(values, objectives, fronts[middle], at) ? (middle + 1, high) : (low, middle);
            }

            if (low == fronts.Count)
            {
                fronts.Add([]);
            }

            fronts[low].Add(at);
            ranks[at] = low;
        }

        return fronts.Count;
    }

    /// <summary>
    /// The crowding distance of each member of a front (Deb et al., 2002): the sum over objectives of the gap between its neighbours,
    /// divided by the front's range. Infinite at the ends of an objective; equal vectors share one place, of which the first has the
    /// distance and the others have 0.
    /// </summary>
    /// <param name="losses">The vectors, one after the other.</param>
    /// <param name="objectives">How long a vector is.</param>
    /// <param name="front">The places of the members.</param>
    /// <param name="distances">Takes the distance of each member, in the order of <paramref name="front"/>.</param>
    public static void Crowd(ReadOnlySpan<double> losses, int objectives, ReadOnlySpan<int> front, Span<double> distances)
    {
        distances.Clear();
        var keys = new double[front.Length];
        var order = new int[front.Length];
        for (var objective = 0; objective < objectives; objective++)
        {
            for (var i = 0; i < front.Length; i++)
            {
                (keys[i], order[i]) = (Worst(losses[(front[i] * objectives) + objective]), i);
            }

            keys.AsSpan().Sort(order.AsSpan(), static (a, b) => a.CompareTo(b));
            var range = keys[^1] - keys[0];
            var width = double.IsFinite(range) && range > 0 ? range : 1;
            distances[order[0]] = distances[order[^1]] = double.PositiveInfinity;
            for (var i = 1; i < front.Length - 1; i++)
            {
                var gap = (keys[i + 1] - keys[i - 1]) / width;
                distances[order[i]] += double.IsNaN(gap) ? 0 : gap;
            }
        }

        DropTwins(losses, objectives, front, distances);
    }

    private static void DropTwins(ReadOnlySpan<double> losses, int objectives, ReadOnlySpan<int> front, Span<double> distances)
    {
        var keys = new double[front.Length];
        var order = new int[front.Length];
        for (var i = 0; i < front.Length; i++)
        {
            (keys[i], order[i]) = (Worst(losses[front[i] * objectives]), i);
        }

        keys.AsSpan().Sort(order.AsSpan());
        for (var i = 0; i < order.Length; i++)
        {
            for (var j = i - 1; j >= 0 && keys[j] == keys[i]; j--)
            {
                var (a, b) = (Math.Min(order[i], order[j]), Math.Max(order[i], order[j]));
                if (Row(losses, objectives, front[a]).SequenceEqual(Row(losses, objectives, front[b])))
                {
                    distances[b] = 0;
                }
            }
        }
    }

    private static int[] Lexicographic(double[] values, int objectives, int count)
    {
        var order = new int[count];
        for (var i = 0; i < count; i++)
        {
            order[i] = i;
        }

        order.AsSpan().Sort((a, b) =>
        {
            for (var i = 0; i < objectives; i++)
            {
                var compared = values[(a * objectives) + i].CompareTo(values[(b * objectives) + i]);
                if (compared != 0)
                {
                    return compared;
                }
            }

            return a.CompareTo(b);
        });
        return order;
    }

    private static bool IsDominated(double[] values, int objectives, List<int> front, int at)
    {
        if (objectives <= 2)
        {
            // All members come before in the first objective, and the last one is best in the second.
            return Row(values, objectives, front[^1])[^1] <= Row(values, objectives, at)[^1];
        }

        for (var i = front.Count - 1; i >= 0; i--)
        {
            if (Dominates(Row(values, objectives, front[i]), Row(values, objectives, at)))
            {
                return true;
            }
        }

        return false;
    }

    private static ReadOnlySpan<double> Row(ReadOnlySpan<double> values, int objectives, int at) => values.Slice(at * objectives, objectives);

    private static double Worst(double value) => double.IsNaN(value) ? double.PositiveInfinity : value;
}
