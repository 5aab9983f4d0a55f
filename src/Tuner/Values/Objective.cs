namespace Tuning;

/// <summary>Whether a larger or a smaller value of a metric is better.</summary>
public enum Mode
{
    /// <summary>Larger is better.</summary>
    Max,

    /// <summary>Smaller is better.</summary>
    Min,
}

/// <summary>
/// What an experiment optimises, and the one comparison rule of the product: NaN and an absent value are worst, infinities
/// are ordered as numbers, and of equal values the older trial's is better.
/// </summary>
/// <param name="Metric">Path of the metric, <c>a/b/c</c>.</param>
/// <param name="Mode">Which direction is better.</param>
public sealed record Objective(string Metric, Mode Mode)
{
    /// <summary>Negative when <paramref name="left"/> is better than <paramref name="right"/>, 0 when equal, positive when worse.</summary>
    public int Compare(double? left, double? right)
    {
        var leftMissing = left is not { } l || double.IsNaN(l);
        var rightMissing = right is not { } r || double.IsNaN(r);
        if (leftMissing || rightMissing)
        {
            return leftMissing.CompareTo(rightMissing);
        }

        return Mode == Mode.Max ? right!.Value.CompareTo(left!.Value) : left!.Value.CompareTo(right!.Value);
    }

    /// <summary>Whether <paramref name="candidate"/> is strictly better than <paramref name="incumbent"/>.</summary>
    public bool IsBetter(double? candidate, double? incumbent) => Compare(candidate, incumbent) < 0;

    /// <summary>The value as a number where larger is always better; NaN when absent.</summary>
    public double Score(double? value) => value is not { } v ? double.NaN : Mode == Mode.Max ? v : -v;

    /// <summary><c>max a/b</c>.</summary>
    public override string ToString() => (Mode == Mode.Max ? "max " : "min ") + Metric;
}
