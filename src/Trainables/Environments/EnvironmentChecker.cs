namespace Tuning.Environments;

/// <summary>
/// Tells what is wrong with an environment, one rule per function, in the spirit of Gymnasium's checker. Run it in a test of your own environment.
/// </summary>
/// <remarks>It steps a few copies with random actions for some hundred steps; the seed fixes everything it does.</remarks>
public static class EnvironmentChecker
{
    private static readonly WalkRules<IEnvironment, EnvironmentWalk> _walks = new((environment, seed, owns) => new(environment, seed, owns));

    private static readonly EnvironmentRule<IEnvironment>[] _rules =
    [
        new("spaces_are_stated", SpacesAreStated) { IsBasic = true },
        new("reset_fills_observation", ResetFillsObservation),
        new("observations_are_in_space", ObservationsAreInSpace),
        new("rewards_are_numbers", RewardsAreNumbers),
        .. _walks.All,
    ];

    private const int Steps = WalkRules<IEnvironment, EnvironmentWalk>.Steps;

    /// <summary>Checks an environment against every rule.</summary>
    /// <param name="create">Makes a fresh copy at every call.</param>
    /// <param name="seed">Decides actions and starts.</param>
    /// <returns>What is wrong; empty when nothing is. A rule whose check throws is an issue as well.</returns>
    public static IReadOnlyList<EnvironmentIssue> Check(Func<IEnvironment> create, ulong seed = 0) => EnvironmentRule<IEnvironment>.Check(_rules, create, seed);

    private static IEnumerable<string> SpacesAreStated(Func<IEnvironment> create, ulong seed)
    {
        using var environment = create();
        if (environment.ObservationSpace is null)
        {
            yield return "ObservationSpace is null; it must say what observations look like";
        }

        if (environment.ActionSpace is null)
        {
            yield return "ActionSpace is null; it must say what actions look like";
        }

        if (environment.ObservationSpace?.Equals(environment.ObservationSpace) == false || environment.ActionSpace?.Equals(environment.ActionSpace) == false)
        {
            yield return "a space changes from call to call; it must stay the same";
        }
    }

    private static IEnumerable<string> ResetFillsObservation(Func<IEnvironment> create, ulong seed)
    {
        using var environment = create();
        var observation = new float[environment.ObservationSpace.Size];
        Array.Fill(observation, float.NaN);
        environment.Reset(new(seed), observation);
        if (Array.FindIndex(observation, float.IsNaN) is >= 0 and var at)
        {
            yield return $"Reset left number {at} of the observation unwritten or NaN; it must write all {observation.Length}";
        }
        else if (!environment.ObservationSpace.Contains(observation))
        {
            yield return $"the first observation [{ObservationText.Of(observation)}] is outside of {environment.ObservationSpace}";
        }
    }

    private static List<string> ObservationsAreInSpace(Func<IEnvironment> create, ulong seed)
    {
        var findings = new List<string>();
        using var walk = new EnvironmentWalk(create(), seed);
        for (var i = 0; i < Steps; i++)
        {
            Array.Fill(walk.Observation, float.NaN);
            walk.Step();
            if (!walk.Environment.ObservationSpace.Contains(walk.Observation))
            {
                findings.Add($"the observation [{ObservationText.Of(walk.Observation)}] after a step is outside of {walk.Environment.ObservationSpace}, or a number of it was left unwritten");
            }

            walk.ResetIfDone();
        }

        return findings;
    }

    private static List<string> RewardsAreNumbers(Func<IEnvironment> create, ulong seed)
    {
        var findings = new List<string>();
        using var walk = new EnvironmentWalk(create(), seed);
        for (var i = 0; i < Steps; i++)
        {
            walk.Step();
            if (!double.IsFinite(walk.Result.Reward))
            {
                findings.Add($"a reward is {walk.Result.Reward}; it must be a finite number");
            }

            walk.ResetIfDone();
        }

        return findings;
    }
}
