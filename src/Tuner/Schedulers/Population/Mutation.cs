namespace Tuning.Schedulers.Population;

/// <summary>How one parameter is explored.</summary>
/// <param name="path">Its dotted path.</param>
internal abstract class Mutation(string path)
{
    /// <summary>The parameter's dotted path.</summary>
    public string Path { get; } = path;

    /// <summary>The domain that a value is drawn from for a trial that has none.</summary>
    public abstract Domain Domain { get; }

    /// <summary>A new value in the place of the source's.</summary>
    public abstract (object? Value, string How) Explore(object? value, ExploreRules rules, RandomStream random);

    /// <summary>Whether two values are the same; a whole number and a real one may be.</summary>
    private protected static bool IsSame(object? left, object? right) =>
        Equals(left, right) || (IsNumber(left, out var a) && IsNumber(right, out var b) && a.Equals(b));

    /// <summary>Whether a value is a number.</summary>
    private protected static bool IsNumber(object? value, out double number)
    {
        number = value switch { long whole => whole, double real => real, _ => double.NaN };
        return value is long or double;
    }
}
