namespace Tuning.Simulation;

/// <summary>Reads lines of CSV: commas, quotes doubled inside quotes. Line breaks inside of cells are not understood.</summary>
internal static class CsvText
{
    /// <summary>The cells of a line.</summary>
    public static List<string> Fields(string line)
    {
        var fields = new List<string>();
        var cell = new StringBuilder();
        var quoted = false;
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            if (quoted && c == '"' && i + 1 < line.Length && line[i + 1] == '"')
            {
                cell.Append('"');
                i++;
            }
            else if (c == '"')
            {
                quoted = !quoted;
            }
            else if (c == ',' && !quoted)
            {
                fields.Add(cell.ToString());
                cell.Clear();
            }
            else
            {
                cell.Append(c);
            }
        }

        fields.Add(cell.ToString());
        return fields;
    }

    /// <summary>A cell as a parameter: a whole number, a number, a flag, a text; null when it is empty.</summary>
    public static object? Value(string cell) => cell switch
    {
        "" => null,
        "true" or "True" => true,
        "false" or "False" => false,
        "nan" or "NaN" => double.NaN,
        "inf" => double.PositiveInfinity,
        "-inf" => double.NegativeInfinity,
        _ when long.TryParse(cell, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) => whole,
        _ when double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) => real,
        _ => cell,
    };

    /// <summary>A parameter's value as a metric.</summary>
    public static MetricValue Metric(object value) => value switch
    {
        long whole => whole,
        double real => real,
        bool flag => flag,
        var text => (string)text,
    };
}
