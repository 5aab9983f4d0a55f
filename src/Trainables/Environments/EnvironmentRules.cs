namespace Tuning.Environments;

/// <summary>The rules of the contract of environments, one function each, for any number of agents: what both checkers check.</summary>
internal static class EnvironmentRules
{
    private const int Steps = 300;
    private const int MostFindings = 5;

    private static readonly (string Name, Func<Func<IMultiAgentEnvironment>, ulong, IEnumerable<string>> Findings)[] _rules =
    [
        ("agents_are_stated", AgentsAreStated),
        ("spaces_are_stated", SpacesAreStated),
        ("reset_only_observes", ResetOnlyObserves),
        ("reset_fills_observation", ResetFillsObservation),
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

    /// <summary>Checks an environment against every rule; without agents or spaces nothing else can be asked of it.</summary>
    /// <returns>What is wrong. A rule whose check throws is an issue as well.</returns>
    public static IReadOnlyList<EnvironmentIssue> Check(Func<IMultiAgentEnvironment> create, ulong seed)
    {
        var issues = new List<EnvironmentIssue>();
        foreach (var (name, findings) in _rules)
        {
            var found = Findings(() => findings(create, seed)).Distinct().Take(MostFindings);
            issues.AddRange(found.Select(message => new EnvironmentIssue(name, message)));
            if (issues.Count > 0 && name.EndsWith("_stated", StringComparison.Ordinal))
            {
                break;
            }
        }

        return issues;
    }

    /// <summary>Whose something is, for messages; nothing where there is one agent.</summary>
    public static string Of(IMultiAgentEnvironment environment, int agent) => environment is OneAgent ? "" : $" of '{environment.Agents[agent]}'";

    private static List<string> Findings(Func<IEnumerable<string>> find)
    {
        var findings = new List<string>();
        try
        {
            findings.AddRange(find());
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

        if (environment.Agents.Any(string.IsNullOrEmpty) || environment.Agents.Distinct().Count() != environment.Agents.Count)
        {
            yield return $"Agents is [{string.Join(", ", environment.Agents)}]; each agent needs a name of its own";
        }

        if (!environment.Agents.SequenceEqual(environment.Agents))
        {
            yield return "Agents changes from call to call; it must stay the same, who is there is said by observations and ends";
        }
    }

    private static IEnumerable<string> SpacesAreStated(Func<IMultiAgentEnvironment> create, ulong seed)
    {
        using var environment = create();
        (string, string, Func<int, Space?>)[] spaces =
            [("ObservationSpace", "observations", environment.ObservationSpace), ("ActionSpace", "actions", environment.ActionSpace)];
        for (var i = 0; i < environment.Agents.Count; i++)
        {
            foreach (var (name, what, space) in spaces)
            {
                if (space(i) is not { } stated)
                {
                    yield return $"{name}{Of(environment, i)} is null; it must say what {what} look like";
                }
                else if (!stated.Equals(space(i)))
                {
                    yield return $"{name}{Of(environment, i)} changes from call to call; it must stay the same";
                }
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

    private static IEnumerable<string> ResetFillsObservation(Func<IMultiAgentEnvironment> create, ulong seed)
    {
        using var environment = create();
        var step = new MultiAgentStep(environment);
        for (var i = 0; i < step.Count; i++)
        {
            step.Observe(i).Fill(float.NaN);
        }

        environment.Restart(new(seed), step);
        for (var i = 0; i < step.Count; i++)
        {
            if (step.IsObserved(i) && step.Observation(i).IndexOf(float.NaN) is >= 0 and var at)
            {
                yield return $"Reset left number {at} of the observation{Of(environment, i)} unwritten or NaN; it must write all {step.Observation(i).Length}";
            }
            else if (step.IsObserved(i) && !environment.ObservationSpace(i).Contains(step.Observation(i)))
            {
                yield return $"the first observation{Of(environment, i)} [{ObservationText.Of(step.Observation(i))}] is outside of "
                    + $"{environment.ObservationSpace(i)}";
            }
        }
    }

    private static IEnumerable<string> ObservationsAreInSpace(Func<IMultiAgentEnvironment> create, ulong seed) => Walk(create, seed, static (walk, i) =>
    {
        var wrong = walk.Now.IsObserved(i) && !walk.Environment.ObservationSpace(i).Contains(walk.Now.Observation(i))
            ? $"the observation{walk.Of(i)} [{ObservationText.Of(walk.Now.Observation(i))}] after {(walk.IsStart ? "Reset" : "a step")} is outside of "
                + $"{walk.Environment.ObservationSpace(i)}, or a number of it was left unwritten"
            : null;
        if (walk.Now.IsObserved(i))
        {
            // What is written must be written again next time.
            walk.Now.Observe(i).Fill(float.NaN);
        }

        return wrong;
    });

    private static IEnumerable<string> RewardsAreNumbers(Func<IMultiAgentEnvironment> create, ulong seed) => Walk(create, seed, static (walk, i) =>
        double.IsFinite(walk.Now.Reward(i)) ? null : Invariant($"a reward{walk.Of(i)} is {walk.Now.Reward(i)}; it must be a finite number"));

    private static IEnumerable<string> AbsentAgentsGetNothing(Func<IMultiAgentEnvironment> create, ulong seed)
    {
        using var walk = new EnvironmentWalk(create(), seed);
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
        var acted = false;
        _ = Walk(create, seed, (walk, i) =>
        {
            acted |= walk.Now.ActsNext(i);
            return null;
        }).Count();
        if (!acted)
        {
            yield return $"in {Steps} steps no agent was observed, so that none could act";
        }
    }

    private static List<string> SeedDecides(Func<IMultiAgentEnvironment> create, ulong seed)
    {
        using var one = new EnvironmentWalk(create(), seed);
        using var two = new EnvironmentWalk(create(), seed);
        return Compare(one, two, "two copies with the same seed and the same actions differ; all luck must come from the random stream that Reset hands in");
    }

    private static List<string> ResetForgets(Func<IMultiAgentEnvironment> create, ulong seed)
    {
        using var fresh = new EnvironmentWalk(create(), seed);
        var used = create();
        using (var before = new EnvironmentWalk(used, seed + 1, owns: false))
        {
            for (var t = 0; t < 17; t++)
            {
                before.Move();
            }
        }

        using var after = new EnvironmentWalk(used, seed);
        return Compare(fresh, after, "an environment that was used before differs from a fresh one after Reset with the same stream; it must forget the past");
    }

    private static List<string> StateContinues(Func<IMultiAgentEnvironment> create, ulong seed)
    {
        using var one = new EnvironmentWalk(create(), seed);
        if (!one.Environment.CanSaveState)
        {
            return [];
        }

        // In the middle of an episode, if it has one.
        for (var t = 0; t < 10 || (one.Now.Done && t < Steps); t++)
        {
            one.Move();
        }

        var state = JsonSerializer.SerializeToElement(one.Environment.SaveState());
        using var two = new EnvironmentWalk(create(), seed);
        two.TakeOver(one, state);
        one.Move();
        two.Move();
        return Compare(one, two, "after RestoreState the episode goes on differently; SaveState must hold all that the rest of it depends on");
    }

    private static List<string> StepsDoNotAllocate(Func<IMultiAgentEnvironment> create, ulong seed)
    {
        using var walk = new EnvironmentWalk(create(), seed);
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

    // What is wrong at some step with some agent.
    private static IEnumerable<string> Walk(Func<IMultiAgentEnvironment> create, ulong seed, Func<EnvironmentWalk, int, string?> finding)
    {
        using var walk = new EnvironmentWalk(create(), seed);
        for (var t = 0; t < Steps; t++, walk.Move())
        {
            for (var i = 0; i < walk.Now.Count; i++)
            {
                if (finding(walk, i) is { } found)
                {
                    yield return found;
                }
            }
        }
    }

    private static List<string> Compare(EnvironmentWalk one, EnvironmentWalk two, string message)
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
}
