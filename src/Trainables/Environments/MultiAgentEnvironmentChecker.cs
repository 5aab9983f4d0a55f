namespace Tuning.Environments;

/// <summary>
/// Tells what is wrong with an environment with several agents, by the rules of <see cref="EnvironmentChecker"/>. Run it in a test of your own environment.
/// </summary>
public static class MultiAgentEnvironmentChecker
{
    /// <inheritdoc cref="EnvironmentChecker.Check"/>
    public static IReadOnlyList<EnvironmentIssue> Check(Func<IMultiAgentEnvironment> create, ulong seed = 0)
    {
        ArgumentNullException.ThrowIfNull(create);
        return EnvironmentRules.Check(create, seed);
    }
}
