namespace Tuning.Simulation;

/// <summary>What the cells of a CSV file say.</summary>
internal static class CsvText
{
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
