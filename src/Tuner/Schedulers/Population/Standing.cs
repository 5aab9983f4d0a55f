namespace Tuning.Schedulers.Population;

/// <summary>A member as it is compared with others.</summary>
/// <param name="Member">The member.</param>
/// <param name="Score">Larger is better; NaN is worst.</param>
/// <param name="Value">The objective behind the score.</param>
/// <param name="Time">The time at which it had it.</param>
/// <param name="IsProven">Whether the state and the configuration that the member has now made it, so that it may be a source.</param>
internal sealed record Standing(Member Member, double Score, double Value, double Time, bool IsProven)
{
    /// <summary>The trial.</summary>
    public TrialId Trial => Member.Id;

    /// <summary>A member as it was last compared.</summary>
    public static Standing Of(Member member) =>
        new(member, member.Rank?.Score ?? double.NaN, member.Value, member.Trained, member.IsProven && member.Planned is null);
}
