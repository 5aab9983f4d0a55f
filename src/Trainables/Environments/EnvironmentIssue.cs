namespace Tuning.Environments;

/// <summary>A rule of the environment contract that an environment breaks.</summary>
/// <param name="Rule">The rule's name, <c>state_continues</c>.</param>
/// <param name="Message">What was seen, and what must be.</param>
public sealed record EnvironmentIssue(string Rule, string Message)
{
    /// <summary>Rule and message.</summary>
    public override string ToString() => $"{Rule}: {Message}";
}
