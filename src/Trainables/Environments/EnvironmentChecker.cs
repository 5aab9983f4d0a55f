namespace Tuning.Environments;

/// <summary>
/// Tells what is wrong with an environment, one rule per function, in the spirit of Gymnasium's checker. Run it in a test of your own environment.
/// </summary>
/// <remarks>It steps a few copies with random actions for some hundred steps; the seed fixes everything it does.</remarks>
public static class EnvironmentChecker
{
    /// <summary>Checks an environment against every rule.</summary>
    /// <param name="create">Makes a fresh copy at every call.</param>
    /// <param name="seed">Decides actions and starts.</param>
    /// <returns>What is wrong; empty when nothing is. A rule whose check throws is an issue as well.</returns>
    public static IReadOnlyList<EnvironmentIssue> Check(Func<IEnvironment> create, ulong seed = 0)
    {
        ArgumentNullException.ThrowIfNull(create);
        return EnvironmentRules.Check(() => new OneAgent(create()), seed);
    }
}
