using System.Collections;

namespace Tuning.Values;

/// <summary>A value that consists of numbers, such as a schedule: rules hold for each of them.</summary>
internal interface IHoldsNumbers
{
    /// <summary>All of them.</summary>
    IEnumerable<double> Numbers { get; }
}

/// <summary>The numbers that rules look at.</summary>
internal static class Numbers
{
    /// <summary>The whole number that a real one is, <c>4e3</c> for example; null when it has a fraction, or is so large (beyond 2^53) that it does not say
    /// which it means.</summary>
    public static long? Whole(double number) => Math.Floor(number).Equals(number) && Math.Abs(number) <= 1L << 53 ? (long)number : null;

    /// <summary>The numbers in a value: itself, or those of a list; none in texts, flags and null.</summary>
    public static IEnumerable<double> In(object? value) => value switch
    {
        null or string or bool or Enum => [],
        IHoldsNumbers own => own.Numbers,
        IConvertible number => [number.ToDouble(CultureInfo.InvariantCulture)],
        IEnumerable list => list.Cast<object?>().SelectMany(In),
        _ => [],
    };
}
