namespace Tuning.Algorithms;

/// <summary>What becomes of the names that RLlib, Ray and Stable-Baselines3 have or had: reads <c>foreign-names.txt</c>, the one table of them, which says how
/// it is written.</summary>
internal static class ForeignNames
{
    private static readonly (string Verb, string[] Algorithms, string Why, string[] Words)[] _lines = [.. Read()];

    /// <summary>The names that an algorithm understands: its own, above those that all do.</summary>
    public static TrainableVocabulary Of(string algorithm)
    {
        var lines = _lines.Where(l => l.Algorithms.Contains(algorithm)).Concat(_lines.Where(l => l.Algorithms is ["all"])).ToList();
        return new()
        {
            Parameters = Pairs("rename"),
            Metrics = Pairs("metric"),
            Ignored = Reasons("ignore"),
            Refused = Reasons("refuse"),
            Fixed = lines.Where(l => l.Verb == "only")
                .ToDictionary(l => l.Words[0], l => new FixedParameter([.. l.Words[1..].Select(Value)], l.Why), StringComparer.Ordinal),
            Implied = [.. lines.Where(l => l.Verb == "imply")
                .Select(l => new ImpliedParameter(l.Words[0], l.Words[1], l.Words[2], [.. l.Words[3..].Select(Value)], l.Why))],
        };

        Dictionary<string, string> Pairs(string verb) =>
            lines.Where(l => l.Verb == verb).ToDictionary(l => l.Words[0], l => l.Words[1]);

        Dictionary<string, string> Reasons(string verb) =>
            lines.Where(l => l.Verb == verb).SelectMany(l => l.Words, (l, key) => KeyValuePair.Create(key, l.Why)).ToDictionary();
    }

    private static IEnumerable<(string, string[], string, string[])> Read()
    {
        using var reader = new StreamReader(typeof(ForeignNames).Assembly.GetManifestResourceStream("foreign-names.txt")!);
        var (verb, algorithms, why) = ("", Array.Empty<string>(), "");
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith(' '))
            {
                yield return (verb, algorithms, why, line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
            }
            else if (line.Length > 0 && line[0] != '#')
            {
                var parts = line.Split(": ", 2);
                var head = parts[0].Split(' ');
                (verb, algorithms, why) = (head[0], head[1..], parts.Length > 1 ? parts[1] : "");
            }
        }
    }

    private static object Value(string text) => text == "[]" ? new ParameterList([]) : bool.TryParse(text, out var flag) ? flag
        : long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : text;
}
