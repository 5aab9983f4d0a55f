using System.Collections.Immutable;

namespace Tuning;

/// <summary>What came out when every decision of an experiment was computed anew and compared with its journal.</summary>
/// <param name="Lines">How many lines were compared, the first not counted.</param>
/// <param name="Differences">Where the record and what would be decided today part; empty when they agree.</param>
public sealed record VerificationReport(long Lines, ImmutableArray<VerificationFinding> Differences)
{
    /// <summary>Whether every decision is what would be decided today.</summary>
    public bool Agrees => Differences.IsEmpty;
}

/// <summary>One difference.</summary>
/// <param name="Line">The line of the journal.</param>
/// <param name="Recorded">What stands there; null when nothing more.</param>
/// <param name="Decided">What would be decided today; null when nothing more.</param>
public sealed record VerificationFinding(long Line, string? Recorded, string? Decided)
{
    /// <summary><c>line 12: recorded …, today …</c>.</summary>
    public override string ToString() => $"line {Line}: recorded {Recorded ?? "nothing"}, today {Decided ?? "nothing"}";
}
