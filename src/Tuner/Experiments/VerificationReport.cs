namespace Tuning;

/// <summary>What came out when every decision of an experiment was computed anew and compared with its journal.</summary>
/// <param name="Lines">How many lines were compared, the first not counted.</param>
/// <param name="Differences">Where the record and what would be decided today part, and no change of rules explains it; empty when they agree.</param>
public sealed record VerificationReport(long Lines, ImmutableArray<VerificationFinding> Differences)
{
    /// <summary>
    /// Where they part because a rule was changed on purpose after the decision was made; <see cref="VerificationFinding.Change"/> says which. No fault: what
    /// is recorded stands, also when the experiment is resumed.
    /// </summary>
    /// <value>Default empty.</value>
    public ImmutableArray<VerificationFinding> Explained { get; init; } = [];

    /// <summary>Whether every decision is what would be decided today, but for rules that were changed on purpose since.</summary>
    public bool Agrees => Differences.IsEmpty;
}

/// <summary>One difference.</summary>
/// <param name="Line">The line of the journal.</param>
/// <param name="Recorded">What stands there; null when nothing more.</param>
/// <param name="Decided">What would be decided today; null when nothing more.</param>
public sealed record VerificationFinding(long Line, string? Recorded, string? Decided)
{
    /// <summary>The change of rules that explains it; null where none does.</summary>
    /// <value>Default null.</value>
    public string? Change { get; init; }

    /// <summary><c>line 12: recorded …, today …</c>.</summary>
    public override string ToString() =>
        $"line {Line}: recorded {Recorded ?? "nothing"}, today {Decided ?? "nothing"}{(Change is null ? "" : $" (changed on purpose since: {Change})")}";
}
