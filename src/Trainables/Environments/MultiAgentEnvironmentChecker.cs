using System.Globalization;
using System.Text.Json;

namespace Tuning.Environments;

/// <summary>Tells what is wrong with an environment with several agents, one rule per function. Run it in a test of your own environment.</summary>
/// <remarks>As <see cref="EnvironmentChecker"/> for one agent: it steps a few copies with random actions for some hundred steps; the seed fixes everything it does.</remarks>
public static class MultiAgentEnvironmentChecker
{
    private delegate IEnumerable<string> Rule(Func<IMultiAgentEnvironment> create, ulong seed);

    private static readonly (string Name, Rule Rule)[] _rules =
    [
        ("agents_are_stated", AgentsAreStated),
        ("spaces_are_stated", SpacesAreStated),
        ("reset_only_observes", ResetOnlyObserves),
        ("observations_are_in_space", ObservationsAreInSpace),
        ("rewards_are_numbers", RewardsAreNumbers),
        ("absent_agents_get_nothing", AbsentAgentsGetNothing),
        ("somebody_acts", SomebodyActs),
        ("seed_decides", SeedDecides),
        ("reset_forgets", ResetForgets),
        ("state_continues", StateContinues),
        ("steps_do_not_allocate", StepsDoNotAllocate),
        ("dispose_twice", DisposeTwice),
    ];

    private const int Steps = 300;

    /// <summary>Checks an environment against every rule.</summary>
    /// <param name="create">Makes a fresh copy at every call.</param>
    /// <param name="seed">Decides actions and starts.</param>
    /// <returns>What is wrong; empty when nothing is. A rule whose check throws is an issue as well.</returns>
    public static IReadOnlyList<EnvironmentIssue> Check(Func<IMultiAgentEnvironment> create, ulong seed = 0)
    {
        ArgumentNullException.ThrowIfNull(create);
        var issues = new List<EnvironmentIssue>();
        foreach (var (name, rule) in _rules)
        {
            issues.AddRange(Findings(rule, create, seed).Distinct(StringComparer.Ordinal).Take(5).Select(message => new EnvironmentIssue(name, message)));
            if (issues.Count > 0 && name is ("agents_are_stated" or "spaces_are_stated"))
            {
                break; // Nothing else can be asked of it.
            }
        }

        return issues;
    }

    private static List<string> Findings(Rule rule, Func<IMultiAgentEnvironment> create, ulong seed)
    {
        var findings = new List<string>();
        try
        {
            findings.AddRange(rule(create, seed));
        }
#pragma warning disable CA1031 // Whatever a user's environment throws is what the checker has to tell.
        catch (Exception e)
#pragma warning restore CA1031
        {
            findings.Add($"threw {e.GetType().Name}: {e.Message}");
        }

        return findings;
    }

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
                    yield return $"the observation [{Text(walk.Now.Observation(i))}] of '{walk.Environment.Agents[i]}' after {(walk.IsStart ? "Reset" : "a step")} is outside of {walk.Environment.ObservationSpace(i)}, or a number of it was left unwritten";
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

    private static List<string> SeedDecides(Func<IMultiAgentEnvironment> create, ulong seed)
    {
        using var one = new MultiAgentWalk(create(), seed);
        using var two = new MultiAgentWalk(create(), seed);
        return Compare(one, two, "two copies with the same seed and the same actions differ; all luck must come from the random stream that Reset hands in");
    }

    private static List<string> ResetForgets(Func<IMultiAgentEnvironment> create, ulong seed)
    {
        using var fresh = new MultiAgentWalk(create(), seed);
        var used = create();
        using (var before = new MultiAgentWalk(used, seed + 1, owns: false))
        {
            for (var t = 0; t < 17; t++)
            {
                before.Move();
            }
        }

        using var after = new MultiAgentWalk(used, seed);
        return Compare(fresh, after, "an environment that was used before differs from a fresh one after Reset with the same stream; Reset must forget the past");
    }

    private static List<string> StateContinues(Func<IMultiAgentEnvironment> create, ulong seed)
    {
        using var one = new MultiAgentWalk(create(), seed);
        if (!one.Environment.CanSaveState)
        {
            return [];
        }

        // In the middle of an episode, if it has one.
        for (var t = 0; t < 10 || (one.Now.Done && t < Steps); t++)
        {
            one.Move();
        }

        var saved = JsonSerializer.SerializeToElement(one.Environment.SaveState());
        using var two = new MultiAgentWalk(create(), seed);
        two.TakeOver(one, saved);
        one.Move();
        two.Move();
        return Compare(one, two, "after RestoreState the episode goes on differently; SaveState must hold all that the rest of it depends on");
    }

    private static List<string> StepsDoNotAllocate(Func<IMultiAgentEnvironment> create, ulong seed)
    {
        using var walk = new MultiAgentWalk(create(), seed);
        var least = long.MaxValue;
        for (var round = 0; round < 3; round++)
        {
            var bytes = 0L;
            for (var t = 0; t < Steps; t++)
            {
                bytes += walk.Move();
            }

            least = Math.Min(least, bytes);
        }

        return least > Steps ? [$"a step allocates {least / Steps} bytes on average; allocate in the constructor, steps are called often"] : [];
    }

    private static IEnumerable<string> DisposeTwice(Func<IMultiAgentEnvironment> create, ulong seed)
    {
        var environment = create();
        environment.Dispose();
        environment.Dispose();
        yield break;
    }

    private static List<string> Compare(MultiAgentWalk one, MultiAgentWalk two, string message)
    {
        for (var t = 0; t < Steps; t++)
        {
            if (one.Difference(two) is { } difference)
            {
                return [$"{message} (first seen before step {t}: {difference})"];
            }

            one.Move();
            two.Move();
        }

        return [];
    }

    private static string Text(ReadOnlySpan<float> values) =>
        string.Join(", ", values[..Math.Min(8, values.Length)].ToArray().Select(v => v.ToString(CultureInfo.InvariantCulture))) + (values.Length > 8 ? ", …" : "");
}
