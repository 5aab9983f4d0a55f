namespace Tuning.Search.MultiObjective;

/// <summary>
/// How much of the space below a reference point a set of loss vectors dominates (smaller is better): exact, by a sweep for two and three
/// objectives, by exclusive volumes for more (While, Bradstreet and Barone, "A fast way of calculating exact hypervolumes", 2012).
/// </summary>
/// <remarks>
/// Vectors that are not below the reference point in every objective, and those with NaN, add nothing. An infinitely good value makes the
/// volume infinite.
/// </remarks>
internal static class Hypervolume
{
    /// <summary>The volume that a set dominates.</summary>
    /// <param name="losses">The vectors, one after the other; dominated ones do no harm.</param>
    /// <param name="reference">The reference point; its length is that of a vector.</param>
    public static double Of(ReadOnlySpan<double> losses, ReadOnlySpan<double> reference)
    {
        var points = new List<double[]>();
        for (var at = 0; at < losses.Length; at += reference.Length)
        {
            var point = losses.Slice(at, reference.Length);
            if (IsBelow(point, reference))
            {
                points.Add(point.ToArray());
            }
        }

        return Of(Front(points), reference.ToArray());
    }

    /// <summary>What each vector alone adds: the volume less that without it.</summary>
    /// <param name="losses">The vectors, one after the other.</param>
    /// <param name="reference">The reference point.</param>
    /// <param name="contributions">Takes what each adds; 0 for dominated ones and for twins.</param>
    public static void Contributions(ReadOnlySpan<double> losses, ReadOnlySpan<double> reference, Span<double> contributions)
    {
        var objectives = reference.Length;
        for (var i = 0; i < contributions.Length; i++)
        {
            contributions[i] = Added(losses.Slice(i * objectives, objectives), losses, reference, i);
        }
    }

    /// <summary>
    /// Picks vectors one by one, each time the one that adds most to the volume of those picked: at least 1 - 1/e of what the best subset
    /// has (Nemhauser et al., 1978). What a vector adds only shrinks, so that few are recomputed (Minoux, 1978).
    /// </summary>
    /// <param name="losses">The vectors, one after the other.</param>
    /// <param name="reference">The reference point.</param>
    /// <param name="count">How many to pick.</param>
    /// <returns>Their places in the order picked; ties go to the first.</returns>
    public static int[] Greedy(ReadOnlySpan<double> losses, ReadOnlySpan<double> reference, int count)
    {
        var objectives = reference.Length;
        var total = losses.Length / objectives;
        var picked = new int[Math.Min(count, total)];
        var chosen = new double[picked.Length * objectives];
        var queue = new PriorityQueue<int, (double Less, int Place)>();
        for (var i = 0; i < total; i++)
        {
            queue.Enqueue(i, (-Added(losses.Slice(i * objectives, objectives), [], reference, -1), i));
        }

        for (var k = 0; k < picked.Length; k++)
        {
            while (true)
            {
                var place = queue.Dequeue();
                var now = (-Added(losses.Slice(place * objectives, objectives), chosen.AsSpan(0, k * objectives), reference, -1), place);
                if (queue.Count == 0 || (queue.TryPeek(out _, out var next) && now.CompareTo(next) <= 0))
                {
                    picked[k] = place;
                    losses.Slice(place * objectives, objectives).CopyTo(chosen.AsSpan(k * objectives));
                    break;
                }

                queue.Enqueue(place, now);
            }
        }

        return picked;
    }

    /// <summary>The volume that a vector adds to others: its box less what they dominate of it.</summary>
    /// <param name="point">The vector.</param>
    /// <param name="others">The others, one after the other.</param>
    /// <param name="reference">The reference point.</param>
    /// <param name="except">The place of a vector among the others that does not count; -1 for none.</param>
    public static double Added(ReadOnlySpan<double> point, ReadOnlySpan<double> others, ReadOnlySpan<double> reference, int except)
    {
        if (!IsBelow(point, reference))
        {
            return 0;
        }

        var limited = new List<double[]>();
        for (var at = 0; at < others.Length; at += reference.Length)
        {
            if (at / reference.Length != except && IsBelow(others.Slice(at, reference.Length), reference))
            {
                limited.Add(Limit(others.Slice(at, reference.Length), point));
            }
        }

        var bound = reference.ToArray();
        var box = Box(point, bound);
        return double.IsInfinity(box) ? limited.Exists(l => Box(l, bound) == box) ? 0 : box : Math.Max(0, box - Of(Front(limited), bound));
    }

    private static double Of(List<double[]> front, double[] reference)
    {
        if (front.Count == 0)
        {
            return 0;
        }

        foreach (var point in front)
        {
            if (double.IsInfinity(Box(point, reference)))
            {
                return double.PositiveInfinity;
            }
        }

        return reference.Length switch
        {
            1 => reference[0] - front.Min(p => p[0]),
            2 => Sweep2(front, reference),
            3 => Sweep3(front, reference),
            _ => Exclusive(front, reference),
        };
    }

    private static double Sweep2(List<double[]> front, double[] reference)
    {
        front.Sort(static (a, b) => a[0].CompareTo(b[0]));
        var (volume, height) = (0.0, reference[1]);
        foreach (var point in front)
        {
            if (point[1] < height)
            {
                volume += (reference[0] - point[0]) * (height - point[1]);
                height = point[1];
            }
        }

        return volume;
    }

    // From the best third objective up, the area below the stairs of the first two.
    private static double Sweep3(List<double[]> front, double[] reference)
    {
        front.Sort(static (a, b) => a[2].CompareTo(b[2]));
        var stairs = new List<(double X, double Y)> { (double.NegativeInfinity, reference[1]), (reference[0], double.NegativeInfinity) };
        var (volume, area) = (0.0, 0.0);
        for (var i = 0; i < front.Count; i++)
        {
            area += Step(stairs, front[i][0], front[i][1]);
            volume += area * ((i + 1 < front.Count ? front[i + 1][2] : reference[2]) - front[i][2]);
        }

        return volume;
    }

    // Puts a point among stairs that fall from left to right; returns the area it adds.
    private static double Step(List<(double X, double Y)> stairs, double x, double y)
    {
        var (low, high) = (0, stairs.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = stairs[middle].X <= x ? (middle + 1, high) : (low, middle);
        }

        if (stairs[low - 1].Y <= y)
        {
            return 0;
        }

        var (added, top, end, from) = (0.0, stairs[low - 1].Y, low, x);
        for (; stairs[end].Y >= y; end++)
        {
            added += (stairs[end].X - from) * (top - y);
            (top, from) = (stairs[end].Y, stairs[end].X);
        }

        added += (stairs[end].X - from) * (top - y);
        if (stairs[low - 1].X == x)
        {
            low--;
        }

        stairs.RemoveRange(low, end - low);
        stairs.Insert(low, (x, y));
        return added;
    }

    private static double Exclusive(List<double[]> front, double[] reference)
    {
        // The worst in one objective first: what is left of the others is then small.
        front.Sort(static (a, b) => b[^1].CompareTo(a[^1]));
        var volume = 0.0;
        for (var i = 0; i < front.Count; i++)
        {
            var rest = new List<double[]>(front.Count - i);
            for (var j = i + 1; j < front.Count; j++)
            {
                rest.Add(Limit(front[j], front[i]));
            }

            volume += Box(front[i], reference) - Of(Front(rest), reference);
        }

        return volume;
    }

    private static List<double[]> Front(List<double[]> points)
    {
        var front = new List<double[]>(points.Count);
        foreach (var point in points)
        {
            var isDominated = false;
            for (var i = front.Count - 1; i >= 0 && !isDominated; i--)
            {
                if (IsNowhereWorse(front[i], point))
                {
                    isDominated = true;
                }
                else if (IsNowhereWorse(point, front[i]))
                {
                    front[i] = front[^1];
                    front.RemoveAt(front.Count - 1);
                }
            }

            if (!isDominated)
            {
                front.Add(point);
            }
        }

        return front;
    }

    private static bool IsNowhereWorse(double[] a, double[] b)
    {
        for (var i = 0; i < a.Length; i++)
        {
            if (a[i] > b[i])
            {
                return false;
            }
        }

        return true;
    }

    private static double[] Limit(ReadOnlySpan<double> point, ReadOnlySpan<double> by)
    {
        var limited = new double[point.Length];
        for (var i = 0; i < limited.Length; i++)
        {
            limited[i] = Math.Max(point[i], by[i]);
        }

        return limited;
    }

    private static double Box(ReadOnlySpan<double> point, double[] reference)
    {
        var volume = 1.0;
        for (var i = 0; i < reference.Length; i++)
        {
            volume *= reference[i] - point[i];
        }

        return volume;
    }

    private static bool IsBelow(ReadOnlySpan<double> point, ReadOnlySpan<double> reference)
    {
        for (var i = 0; i < reference.Length; i++)
        {
            if (!(point[i] < reference[i]))
            {
                return false;
            }
        }

        return true;
    }
}
