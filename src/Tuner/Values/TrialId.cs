namespace Tuning;

/// <summary>The number of a trial within its experiment: 0, 1, 2 … in order of creation. Printed with five digits.</summary>
/// <param name="Number">The number, at least 0.</param>
public readonly record struct TrialId(int Number) : IComparable<TrialId>
{
    /// <summary>The name of the trial's directory, <c>trial_00007</c>.</summary>
    public string DirectoryName => "trial_" + this;

    /// <inheritdoc/>
    public int CompareTo(TrialId other) => Number.CompareTo(other.Number);

    /// <summary>The number with at least five digits, <c>00007</c>.</summary>
    public override string ToString() => Number.ToString("D5", CultureInfo.InvariantCulture);

    /// <summary>Whether the left trial is older.</summary>
    public static bool operator <(TrialId left, TrialId right) => left.Number < right.Number;

    /// <summary>Whether the left trial is younger.</summary>
    public static bool operator >(TrialId left, TrialId right) => left.Number > right.Number;

    /// <summary>Whether the left trial is older or the same.</summary>
    public static bool operator <=(TrialId left, TrialId right) => left.Number <= right.Number;

    /// <summary>Whether the left trial is younger or the same.</summary>
    public static bool operator >=(TrialId left, TrialId right) => left.Number >= right.Number;
}
