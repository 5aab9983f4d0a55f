namespace Tuning;

/// <summary>Numbers that stand for something else.</summary>
public static class Limits
{
    /// <summary>No limit, where a number of samples or of retries is asked for. Files write -1.</summary>
    public const int Unlimited = -1;

    /// <summary>The seed that a whole number is: negative ones as their 64 bits.</summary>
    /// <returns>Null where it does not have 64 bits.</returns>
    internal static ulong? Seed(Int128 number) => number >= long.MinValue && number <= ulong.MaxValue ? unchecked((ulong)number) : null;

    /// <summary>The same of a text; null where it is no such number.</summary>
    internal static ulong? Seed(string text) => Int128.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
        ? Seed(number) : null;
}
