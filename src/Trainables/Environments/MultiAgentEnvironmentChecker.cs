namespace Tuning.Environments;

/// <summary>Tells what is wrong with an environment with several agents, one rule per function. Run it in a test of your own environment.</summary>
/// <remarks>As <see cref="EnvironmentChecker"/> for one agent: it steps a few copies with random actions for some hundred steps; the seed fixes everything it does.</remarks>
public static class MultiAgentEnvironmentChecker
{
    private static readonly WalkRules<IMultiAgentEnvironment, MultiAgentWalk> _walks = new((environment, seed, owns) => new(environment, seed, owns));

    private static readonly EnvironmentRule<IMultiAgentEnvironment>[] _rules =
    [
        new("agents_are_stated", AgentsAreStated) { IsBasic = true },
        new("spaces_are_stated", SpacesAreStated) { IsBasic = true },
        new("reset_only_observes", ResetOnlyObserves),
        new("observations_are_in_space", ObservationsAreInSpace),
        new("rewards_are_numbers", RewardsAreNumbers),
        new("absent_agents_get_nothing", AbsentAgentsGetNothing),
        new("somebody_acts", SomebodyActs),
        .. _walks.All,
    ];

    private const int Steps = WalkRules<IMultiAgentEnvironment, MultiAgentWalk>.Steps;

    /// <summary>Checks an environment against every rule.</summary>
    /// <param name="create">Makes a fresh copy at every call.</param>
    /// <param name="seed">Decides actions and starts.</param>
    /// <returns>What is wrong; empty when nothing is. A rule whose check throws is an issue as well.</returns>
    public static IReadOnlyList<EnvironmentIssue> Check(Func<IMultiAgentEnvironment> create, ulong seed = 0) => EnvironmentRule<IMultiAgentEnvironment>.Check(_rules, create, seed);

    private static IEnumerable<string> AgentsAreStated(Func<IMultiAgentEnvironment> create, ulong seed)
    {
        using var environment = create();
        if (environment.Agents is not { Count: > 0 })
        {
            yield return "Agents is null or empty; it must name all agents that may ever be there";
            yield break;
        }

        if (environment.Agents.Any(string.IsNullOrEmpty) || environment.Agents.Distinct(StringComparer.Ordinal).Count() != environment.Agents.Count)
        {
            yield return $"Agents is [{string.Join(", ", environment.Agents)}]; each agent needs a name of its own";
        }

        if (!environment.Agents.SequenceEqual(environment.Agents, StringComparer.Ordinal))
        {
            yield return "Agents changes from call to call; it must stay the same, who is there is said by observations and ends";
        }
    }

    private static IEnumerable<string> SpacesAreStated(Func<IMultiAgentEnvironment> create, ulong seed)
    {
        using var environment = create();
        for (var i = 0; i < environment.Agents.Count; i++)
        {
            var (observations, actions) = (environment.ObservationSpace(i), environment.ActionSpace(i));
            if (observations is null || actions is null)
            {
                yield return $"a space of the agent '{environment.Agents[i]}' is null; it must say what observations and actions look like";
            }
            else if (!observations.Equals(environment.ObservationSpace(i)) || !actions.Equals(environment.ActionSpace(i)))
            {
                yield return $"a space of the agent '{environment.Agents[i]}' changes from call to call; it must stay the same";
            }
        }
    }

    private static IEnumerable<string> ResetOnlyObserves(Func<IMultiAgentEnvironment> create, ulong seed)
    {
        // Start itself refuses anything else.
        using var environment = create();
        environment.Start(new(seed));
        yield break;
    }

    private static IEnumerable<string> ObservationsAreInSpace(Func<IMultiAgentEnvironment> create, ulong seed)
    {
        using var walk = new MultiAgentWalk(create(), seed);
        for (var t = 0; t < Steps; t++, walk.Move())
        {
            for (var i = 0; i < walk.Now.Count; i++)
            {
                if (walk.Now.IsObserved(i) && !walk.Environment.ObservationSpace(i).Contains(walk.Now.Observation(i)))
                {
                    yield return $"the observation [{ObservationText.Of(walk.Now.Observation(i))}] of '{walk.Environment.Agents[i]}' after {(walk.IsStart ? "Reset" : "a step")} is outside of {walk.Environment.ObservationSpace(i)}, or a number of it was left unwritten";
                }

                // What is written must be written again next time.
                if (walk.Now.IsObserved(i))
                {
                    walk.Now.Observe(i).Fill(float.NaN);
                }
            }
        }
    }

    private static IEnumerable<string> RewardsAreNumbers(Func<IMultiAgentEnvironment> create, ulong seed)
    {
        using var walk = new MultiAgentWalk(create(), seed);
        for (var t = 0; t < Steps; t++, walk.Move())
        {
            for (var i = 0; i < walk.Now.Count; i++)
            {
                if (!double.IsFinite(walk.Now.Reward(i)))
                {
                    yield return $"a reward of '{walk.Environment.Agents[i]}' is {walk.Now.Reward(i)}; it must be a finite number";
                }
            }
        }
    }

    private static IEnumerable<string> AbsentAgentsGetNothing(Func<IMultiAgentEnvironment> create, ulong seed)
    {
        using var walk = new MultiAgentWalk(create(), seed);
        var before = new bool[walk.Present.Length];
        for (var t = 0; t < Steps; t++)
        {
            walk.Present.CopyTo(before, 0);
            walk.Move();
            for (var i = 0; i < before.Length && !walk.IsStart; i++)
            {
                if (!before[i] && walk.Now.Reward(i) != 0)
                {
                    yield return $"'{walk.Environment.Agents[i]}' is rewarded while it is not there: it has not been observed yet, or has ended";
                }
            }
        }
    }

    private static IEnumerable<string> SomebodyActs(Func<IMultiAgentEnvironment> create, ulong seed)
    {
        using var walk = new MultiAgentWalk(create(), seed);
        var acted = false;
        for (var t = 0; t < Steps; t++, walk.Move())
        {
            acted |= Enumerable.Range(0, walk.Now.Count).Any(walk.Now.ActsNext);
        }

        if (!acted)
        {
            yield return $"in {Steps} steps no agent was observed, so that none could act";
        }
    }
}
