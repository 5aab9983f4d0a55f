namespace Tuning.Specification;

/// <summary>Finds the known name that somebody probably meant.</summary>
public static class Nearest
{
    /// <summary>
    /// The nearest of <paramref name="known"/> names, or null when none is near: same letters but for case and <c>_</c> <c>-</c>,
    /// at most a third of the letters changed, swapped, added or left out, or one the beginning or end of the other.
    /// </summary>
    public static string? To(string name, IEnumerable<string> known)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(known);
        var simple = Simplify(name);
        string? best = null;
        var bestCost = double.MaxValue;
        foreach (var candidate in known.Order(StringComparer.Ordinal))
        {
            var other = Simplify(candidate);
            double cost = Distance(simple, other);
            var limit = Math.Max(1, Math.Max(simple.Length, other.Length) / 3);
            if (cost > limit)
            {
                if (simple.Length < 3 || other.Length < 3 || !(other.StartsWith(simple, StringComparison.Ordinal) || other.EndsWith(simple, StringComparison.Ordinal)
                    || simple.StartsWith(other, StringComparison.Ordinal) || simple.EndsWith(other, StringComparison.Ordinal)))
                {
                    continue;
                }

                cost = limit + 1 + (cost / 1000);
            }

            if (cost < bestCost)
            {
                (best, bestCost) = (candidate, cost);
            }
        }

        return simple.Length == 1 && bestCost >= 1 ? null : best;
    }

    /// <summary><c> Did you mean 'x'?</c> when a name is near, else the list of those that exist.</summary>
    internal static string Hint(string name, IReadOnlyCollection<string> known, string what)
    {
        if (To(name, known) is { } near)
        {
            return $" Did you mean '{near}'?";
        }

        return known.Count switch
        {
            0 => $" There are no {what}.",
            <= 24 => $" {char.ToUpperInvariant(what[0])}{what[1..]}: {string.Join(", ", known.Order(StringComparer.Ordinal))}.",
            _ => "",
        };
    }

    private static string Simplify(string name) => name.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal).ToLowerInvariant();

    /// <summary>Optimal string alignment: changes, insertions, deletions, and swaps of neighbours.</summary>
    private static int Distance(string a, string b)
    {
        var d = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            d[i, 0] = i;
        }

        for (var j = 0; j <= b.Length; j++)
        {
            d[0, j] = j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = a[i - 1] == b[j - 1] ? 0 : 1;
                d[i, j] = Math.Min(Math.Min(d[i - 1, j] + 1, d[i, j - 1] + 1), d[i - 1, j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
                }
            }
        }

        return d[a.Length, b.Length];
    }
}
