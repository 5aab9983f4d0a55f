using Tuning.Values;

namespace Tuning.Specification;

/// <summary>What to say after an unknown name.</summary>
internal static class NameHint
{
    private const int MaxListed = 24;

    /// <summary>
    /// <c> Did you mean 'x'?</c> where a known name is near: by its letters, or because one is the beginning or end of the other. Else
    /// the names that exist.
    /// </summary>
    public static string For(string name, IReadOnlyCollection<string> known, string what)
    {
        if (Nearest(name, known) is { } near)
        {
            return $" Did you mean '{near}'?";
        }

        return known.Count switch
        {
            0 => $" There are no {what}.",
            <= MaxListed => $" {char.ToUpperInvariant(what[0])}{what[1..]}: {string.Join(", ", known.Order(StringComparer.Ordinal))}.",
            _ => "",
        };
    }

    public static string? Nearest(string name, IReadOnlyCollection<string> known)
    {
        const int MinPart = 3;
        if (name.Length < MinPart)
        {
            return known.FirstOrDefault(k => string.Equals(k, name, StringComparison.OrdinalIgnoreCase));
        }

        // A whole word of a longer name is meant more often than a name with other letters.
        return known.Where(k => k.Length > name.Length && IsPart(name, k) && IsBoundary(k[name.Length]) | IsBoundary(k[^(name.Length + 1)])).OrderBy(k => k.Length).FirstOrDefault()
            ?? NearestName.Of(name, known)
            ?? known.Where(k => k.Length >= MinPart && (IsPart(name, k) || IsPart(k, name))).OrderBy(k => Math.Abs(k.Length - name.Length)).ThenBy(k => k, StringComparer.Ordinal).FirstOrDefault();
    }

    private static bool IsBoundary(char character) => character is '_' or '/' or '.' or '-';

    private static bool IsPart(string part, string whole) =>
        whole.StartsWith(part, StringComparison.OrdinalIgnoreCase) || whole.EndsWith(part, StringComparison.OrdinalIgnoreCase);
}
