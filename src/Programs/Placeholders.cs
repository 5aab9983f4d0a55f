namespace Tuning.Programs;

/// <summary>Texts with <c>${name}</c> in them, and the values that the names stand for.</summary>
internal static class Placeholders
{
    /// <summary>The names in a text, in order.</summary>
    /// <exception cref="FormatException">A <c>${</c> is not closed.</exception>
    public static IReadOnlyList<string> Names(string text)
    {
        var names = new List<string>();
        Fill(text, name =>
        {
            names.Add(name);
            return "";
        });
        return names;
    }

    /// <summary>The text with values in place of names; <c>$${</c> is <c>${</c>.</summary>
    /// <exception cref="FormatException">A <c>${</c> is not closed.</exception>
    public static string Fill(string text, Func<string, string> value)
    {
        var filled = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (text.AsSpan(i).StartsWith("$${", StringComparison.Ordinal))
            {
                filled.Append("${");
                i += 2;
            }
            else if (text.AsSpan(i).StartsWith("${", StringComparison.Ordinal))
            {
                var end = text.IndexOf('}', i);
                if (end < 0)
                {
                    throw new FormatException($"has a '${{' without '}}' in '{text}'; write '$${{' where '${{' itself is meant.");
                }

                filled.Append(value(text[(i + 2)..end].Trim()));
                i = end;
            }
            else
            {
                filled.Append(text[i]);
            }
        }

        return filled.ToString();
    }

    /// <summary>A value as programs read it: numbers so that reading them gives the same number, on any machine; maps and lists as JSON.</summary>
    public static string Text(object? value) => value switch
    {
        null => "",
        string text => text,
        bool flag => flag ? "true" : "false",
        double number => double.IsNaN(number) ? "nan" : double.IsInfinity(number) ? number > 0 ? "inf" : "-inf"
            : number.ToString("R", CultureInfo.InvariantCulture),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    /// <summary>The environment variable of a parameter: <c>model.lr</c> is <c>TUNER_PARAM_MODEL_LR</c>.</summary>
    public static string Variable(string parameter) =>
        "TUNER_PARAM_" + string.Concat(parameter.Select(c => char.IsAsciiLetterOrDigit(c) ? char.ToUpperInvariant(c) : '_'));

    /// <summary>All single values of a configuration by dotted path.</summary>
    public static IEnumerable<KeyValuePair<string, object?>> Leaves(ParameterSet config, string prefix = "") =>
        config.SelectMany(p => p.Value is ParameterSet { Count: > 0 } below ? Leaves(below, prefix + p.Key + ".")
            : [new KeyValuePair<string, object?>(prefix + p.Key, p.Value)]);
}
