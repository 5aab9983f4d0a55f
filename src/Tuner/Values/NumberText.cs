namespace Tuning.Values;

/// <summary>Numbers as a person reads them, the same wherever they are shown. What must be exact to be read again is in the files.</summary>
internal static class NumberText
{
    private const int Usual = 5;

    /// <summary>Five digits: <c>0.00031</c>, <c>-245.3</c>, <c>1.2e-08</c>, <c>400,000</c>, <c>nan</c>, <c>inf</c>.</summary>
    /// <param name="value">The number.</param>
    /// <param name="digits">How many digits in place of five.</param>
    public static string Of(double value, int digits = Usual) => value switch
    {
        double.NaN => "nan",
        double.PositiveInfinity => "inf",
        double.NegativeInfinity => "-inf",
        0 => "0",
        _ when value == Math.Truncate(value) && Math.Abs(value) < 1e15 => value.ToString("#,0", CultureInfo.InvariantCulture),
        _ when Math.Abs(value) is >= 1e-4 and < 1e9 => Plain(value, digits),
        _ => value.ToString($"0.{new string('#', digits - 1)}e+00", CultureInfo.InvariantCulture),
    };

    /// <summary>Two numbers with as few digits as tell them apart: five, seven, nine, or all. Equal ones read the same.</summary>
    public static (string First, string Second) Apart(double first, double second)
    {
        for (var digits = Usual; digits <= 9; digits += 2)
        {
            var (left, right) = (Of(first, digits), Of(second, digits));
            if (left != right || first.Equals(second))
            {
                return (left, right);
            }
        }

        return (Exact(first), Exact(second));
    }

    /// <summary>All digits, as it can stand in a file: <c>100000</c>, <c>1e-05</c>.</summary>
    public static string Exact(double value) => value.ToString("R", CultureInfo.InvariantCulture).Replace('E', 'e');

    private static string Plain(double value, int digits)
    {
        var decimals = Math.Clamp(digits - 1 - (int)Math.Floor(Math.Log10(Math.Abs(value))), 0, digits + 3);
        return value.ToString("#,0." + new string('#', decimals), CultureInfo.InvariantCulture);
    }
}
