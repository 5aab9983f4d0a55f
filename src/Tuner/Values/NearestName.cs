namespace Tuning.Values;

/// <summary>Finds the known name that somebody probably meant. Never throws.</summary>
internal static class NearestName
{
    /// <summary>
    /// The known name nearest to <paramref name="name"/>, or null when none is near: at most a third of its letters (and at least
    /// one) inserted, dropped, replaced or swapped with a neighbour; case, <c>_</c>, <c>-</c>, <c>.</c> and <c>/</c> cost nothing.
    /// Ties go to the earlier name.
    /// </summary>
    public static string? Of(string name, IEnumerable<string> known)
    {
        var wanted = Plain(name);
        string? best = null;
        var bestDistance = int.MaxValue;
        foreach (var candidate in known)
        {
            var plain = Plain(candidate);
            var limit = Math.Max(1, Math.Max(wanted.Length, plain.Length) / 3);
            if (Math.Abs(plain.Length - wanted.Length) > limit)
            {
                continue;
            }

            var distance = Distance(wanted, plain);
            if (distance <= limit && distance < bestDistance)
            {
                (best, bestDistance) = (candidate, distance);
            }
        }

        return best;
    }

    /// <summary>Text to end an error about an unknown name: <c>; did you mean 'lr'?</c>, or the known names, or a full stop.</summary>
    /// <param name="name">The unknown name.</param>
    /// <param name="known">The known ones.</param>
    /// <param name="what">What they are, in the plural: <c>parameters</c>.</param>
    public static string Hint(string name, IReadOnlyCollection<string> known, string what) => Of(name, known) is { } near
        ? $"; did you mean '{near}'?"
        : known.Count == 0 ? $"; there are no {what}." : $"; the {what} are: {string.Join(", ", known.Take(20))}{(known.Count > 20 ? ", …" : "")}.";

    private static string Plain(string name) => string.Concat(name.Where(c => c is not ('_' or '-' or '.' or '/')).Select(char.ToLowerInvariant));

    // Optimal string alignment: Levenshtein's distance with swaps of neighbours.
    private static int Distance(string a, string b)
    {
        var (before, last, row) = (new int[b.Length + 1], new int[b.Length + 1], new int[b.Length + 1]);
        for (var j = 0; j <= b.Length; j++)
        {
            last[j] = j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                row[j] = Math.Min(Math.Min(row[j - 1], last[j]) + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    row[j] = Math.Min(row[j], before[j - 2] + 1);
                }
            }

            (before, last, row) = (last, row, before);
        }

        return last[b.Length];
    }
}
