namespace Tuning.Values;

/// <summary>Finds the known name that somebody probably meant, and says so. Never throws.</summary>
internal static class NearestName
{
    private const int MostListed = 24;
    private const int LeastPart = 3;

    /// <summary>
    /// The known name nearest to <paramref name="name"/>, or null when none is near. A whole word of a longer name is meant most often; then a name of which at
    /// most a third of the letters (and at least one) are inserted, dropped, replaced or swapped with a neighbour, where case, <c>_</c>, <c>-</c>, <c>.</c> and
    /// <c>/</c> cost nothing; then one that begins or ends like it. Ties go to the earlier name.
    /// </summary>
    public static string? Of(string name, IEnumerable<string> known)
    {
        var names = known as IReadOnlyCollection<string> ?? [.. known];
        return name.Length < LeastPart
            ? names.FirstOrDefault(k => string.Equals(k, name, StringComparison.OrdinalIgnoreCase)) ?? (name.Length == 0 ? null : ByLetters(name, names))
            : names.Where(k => k.Length > name.Length && IsPart(name, k) && IsBoundary(k[name.Length]) | IsBoundary(k[^(name.Length + 1)]))
                .OrderBy(k => k.Length).FirstOrDefault()
                ?? ByLetters(name, names)
                ?? names.Where(k => k.Length >= LeastPart && (IsPart(name, k) || IsPart(k, name))).OrderBy(k => Math.Abs(k.Length - name.Length))
                    .ThenBy(k => k, StringComparer.Ordinal).FirstOrDefault();
    }

    /// <summary>A sentence to end an error about an unknown name: <c> Did you mean 'lr'?</c>, or the names that exist.</summary>
    /// <param name="name">The unknown name.</param>
    /// <param name="known">The names that exist.</param>
    /// <param name="what">What they are, in the plural.</param>
    public static string For(string name, IReadOnlyCollection<string> known, string what) => Of(name, known) is { } near ? $" Did you mean '{near}'?"
        : known.Count switch
        {
            0 => $" There are no {what}.",
            <= MostListed => $" {char.ToUpperInvariant(what[0])}{what[1..]}: {string.Join(", ", known.Order(StringComparer.Ordinal))}.",
            _ => "",
        };

    /// <summary>The same as the end of a sentence: <c>; did you mean 'lr'?</c>, or the known names, or a full stop.</summary>
    /// <inheritdoc cref="For"/>
    public static string Hint(string name, IReadOnlyCollection<string> known, string what) => Of(name, known) is { } near
        ? $"; did you mean '{near}'?"
        : known.Count == 0 ? $"; there are no {what}." : $"; the {what} are: {string.Join(", ", known.Take(20))}{(known.Count > 20 ? ", …" : "")}.";

    private static bool IsBoundary(char character) => character is '_' or '/' or '.' or '-';

    private static bool IsPart(string part, string whole) => whole.StartsWith(part, StringComparison.OrdinalIgnoreCase)
        || whole.EndsWith(part, StringComparison.OrdinalIgnoreCase);

    private static string? ByLetters(string name, IEnumerable<string> known)
    {
        var wanted = Plain(name);
        string? best = null;
        var bestDistance = int.MaxValue;
        foreach (var candidate in known)
        {
            var plain = Plain(candidate);
            var limit = Math.Max(1, Math.Max(wanted.Length, plain.Length) / 3);
            if (Math.Abs(plain.Length - wanted.Length) <= limit && Distance(wanted, plain) is var distance && distance <= limit
                && Rank(distance, plain) < bestDistance)
            {
                (best, bestDistance) = (candidate, Rank(distance, plain));
            }
        }

        return best;

        // Of equally near ones, one that goes on as the name begins.
        int Rank(int distance, string plain) => (2 * distance) - (plain.StartsWith(wanted, StringComparison.Ordinal) ? 1 : 0);
    }

    private static string Plain(string name) => string.Concat(name.Where(c => !IsBoundary(c)).Select(char.ToLowerInvariant));

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
