namespace Tuning;

/// <summary>A number of steps, or a range of which each transition has one of its own, all alike: <c>3</c> or <c>[1, 5]</c>.</summary>
/// <param name="Least">The smallest.</param>
/// <param name="Most">The largest.</param>
[JsonConverter(typeof(StepRangeConverter))]
public readonly record struct StepRange(int Least, int Most) : IHoldsNumbers
{
    IEnumerable<double> IHoldsNumbers.Numbers => [Least, Most];

    /// <summary>Always the same number.</summary>
    public static implicit operator StepRange(int steps) => new(steps, steps);

    /// <summary>Always the same number.</summary>
    public static StepRange FromInt32(int steps) => steps;

    /// <summary>As it stands in files.</summary>
    public override string ToString() => Least == Most ? $"{Least}" : $"[{Least}, {Most}]";
}
