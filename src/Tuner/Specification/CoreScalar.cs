using System.Text.RegularExpressions;

namespace Tuning.Specification;

/// <summary>
/// What a plain scalar means by the core schema of YAML 1.2 (section 10.3.2): <c>1e-5</c> is a number, <c>yes</c> a text.
/// </summary>
internal static partial class CoreScalar
{
    public static object? Resolve(string text) => text switch
    {
        "" or "~" or "null" or "Null" or "NULL" => null,
        "true" or "True" or "TRUE" => true,
        "false" or "False" or "FALSE" => false,
        ".inf" or ".Inf" or ".INF" or "+.inf" or "+.Inf" or "+.INF" => double.PositiveInfinity,
        "-.inf" or "-.Inf" or "-.INF" => double.NegativeInfinity,
        ".nan" or ".NaN" or ".NAN" => double.NaN,
        _ => Number(text) ?? text,
    };

    /// <summary>A number, long where it is whole and fits, else double; null when the text is none.</summary>
    public static object? Number(string text)
    {
        if (Whole().IsMatch(text))
        {
            return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? (object)whole
                : double.Parse(text, CultureInfo.InvariantCulture);
        }

        if (Real().IsMatch(text))
        {
            return double.Parse(text, CultureInfo.InvariantCulture);
        }

        if (Hexadecimal().IsMatch(text) && text.Length <= 17)
        {
            return long.Parse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        }

        return Octal().IsMatch(text) && text.Length <= 22 ? Convert.ToInt64(text[2..], 8) : null;
    }

    [GeneratedRegex("^[-+]?[0-9]+$", RegexOptions.CultureInvariant)]
    private static partial Regex Whole();

    [GeneratedRegex(@"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Real();

    [GeneratedRegex("^0x[0-9a-fA-F]+$", RegexOptions.CultureInvariant)]
    private static partial Regex Hexadecimal();

    [GeneratedRegex("^0o[0-7]+$", RegexOptions.CultureInvariant)]
    private static partial Regex Octal();
}
