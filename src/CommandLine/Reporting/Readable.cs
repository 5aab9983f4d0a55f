namespace Tuning.Reporting;

/// <summary>Values as a person reads them: short, never exact. What must be exact is in the files.</summary>
internal static class Readable
{
    /// <summary>Whether a trial is feasible, by its violation: <c>yes</c>, <c>no, by 0.5</c>, <c>?</c> while that is undecided.</summary>
    public static string Feasible(double violation) => violation switch
    {
        0 => "yes",
        double.NaN => "?",
        double.PositiveInfinity => "no",
        _ => "no, by " + Number(violation),
    };

    /// <summary>Five digits: <c>0.00031</c>, <c>-245.3</c>, <c>1.2e-08</c>, <c>400,000</c>.</summary>
    public static string Number(double? value) => value is { } number ? NumberText.Of(number) : "";

    /// <summary>A value of a configuration.</summary>
    public static string Value(object? value) => value switch
    {
        null => "null",
        double real => Number(real),
        long whole => whole.ToString(CultureInfo.InvariantCulture),
        bool flag => flag ? "true" : "false",
        _ => OneLine(Convert.ToString(value, CultureInfo.InvariantCulture) ?? ""),
    };

    /// <summary><c>4.2 s</c>, <c>3:07</c>, <c>2:03:07</c>, <c>1 d 2:03:07</c>.</summary>
    public static string Duration(TimeSpan time) => time switch
    {
        { TotalSeconds: < 60 } => time.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture) + " s",
        { TotalHours: < 1 } => time.ToString(@"m\:ss", CultureInfo.InvariantCulture),
        { TotalDays: < 1 } => time.ToString(@"h\:mm\:ss", CultureInfo.InvariantCulture),
        _ => Invariant($"{time.Days} d {time:h\\:mm\\:ss}"),
    };

    /// <summary><c>1 trial</c>, <c>2,000 trials</c>.</summary>
    public static string Count(long number, string what) => Invariant($"{number:#,0} {what}{(number == 1 ? "" : "s")}");

    /// <summary>A text with � for each character that would command a terminal: escapes, overwriting, turning the direction of letters.</summary>
    public static string Harmless(ReadOnlySpan<char> text)
    {
        char[]? harmless = null;
        for (var i = 0; i < text.Length; i++)
        {
            var isLineEnd = text[i] is '\n' or '\t' || (text[i] == '\r' && i + 1 < text.Length && text[i + 1] == '\n');
            if (!isLineEnd && ShellWord.IsObeyed(text[i]))
            {
                (harmless ??= text.ToArray())[i] = '\ufffd';
            }
        }

        return harmless is null ? text.ToString() : new(harmless);
    }

    /// <summary>The first line of a text, without control characters, at most <paramref name="limit"/> letters.</summary>
    public static string OneLine(string text, int limit = 200)
    {
        var end = text.AsSpan().IndexOfAny('\r', '\n');
        var line = end >= 0 ? text[..end] : text;
        line = Harmless(line).Replace('\t', ' ');
        return line.Length <= limit ? line : line[..(limit - 1)] + "…";
    }

    /// <summary>The last part of a metric's path <c>a/b</c> or a parameter's path <c>a.b</c>, from its last name on: an agent's or an item's number alone
    /// says nothing.</summary>
    public static string LastPart(string path, char separator)
    {
        var end = path.Length;
        while (true)
        {
            var cut = path.AsSpan(0, end).LastIndexOf(separator);
            var part = path.AsSpan(cut + 1, end - cut - 1);
            if (cut <= 0 || part.ContainsAnyExceptInRange('0', '9'))
            {
                return cut + 1 < path.Length ? path[(cut + 1)..] : path;
            }

            end = cut;
        }
    }
}
