using System.Globalization;
using System.Text.Json;

namespace Tuning.Environments;

/// <summary>A rule of the environment contract that an environment breaks.</summary>
/// <param name="Rule">The rule's name, <c>state_continues</c>.</param>
/// <param name="Message">What was seen, and what must be.</param>
public sealed record EnvironmentIssue(string Rule, string Message)
{
    /// <summary>Rule and message.</summary>
    public override string ToString() => $"{Rule}: {Message}";
}

/// <summary>
/// Tells what is wrong with an environment, one rule per function, in the spirit of Gymnasium's checker. Run it in a test of your own environment.
/// </summary>
/// <remarks>It steps a few copies with random actions for some hundred steps; the seed fixes everything it does.</remarks>
public static class EnvironmentChecker
{
    private delegate IEnumerable<string> Rule(Func<IEnvironment> create, ulong seed);

    private static readonly (string Name, Rule Rule)[] _rules =
    [
        ("spaces_are_stated", SpacesAreStated),
        ("reset_fills_observation", ResetFillsObservation),
        ("observations_are_in_space", ObservationsAreInSpace),
        ("rewards_are_numbers", RewardsAreNumbers),
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
    public static IReadOnlyList<EnvironmentIssue> Check(Func<IEnvironment> create, ulong seed = 0)
    {
        ArgumentNullException.ThrowIfNull(create);
        var issues = new List<EnvironmentIssue>();
        foreach (var (name, rule) in _rules)
        {
            issues.AddRange(Findings(rule, create, seed).Distinct(StringComparer.Ordinal).Take(5).Select(message => new EnvironmentIssue(name, message)));
            if (issues.Count > 0 && name == "spaces_are_stated")
            {
                break; // Nothing else can be asked of it.
            }
        }

        return issues;
    }

    private static List<string> Findings(Rule rule, Func<IEnvironment> create, ulong seed)
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
            yield return $"the first observation [{Text(observation)}] is outside of {environment.ObservationSpace}";
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
                findings.Add($"the observation [{Text(walk.Observation)}] after a step is outside of {walk.Environment.ObservationSpace}, or a number of it was left unwritten");
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

    private static List<string> SeedDecides(Func<IEnvironment> create, ulong seed)
    {
        using var one = new EnvironmentWalk(create(), seed);
        using var two = new EnvironmentWalk(create(), seed);
        return Compare(one, two, "two copies with the same seed and the same actions differ; all luck must come from the random stream that Reset hands in");
    }

    private static List<string> ResetForgets(Func<IEnvironment> create, ulong seed)
    {
        using var fresh = new EnvironmentWalk(create(), seed);
        var used = create();
        using (var before = new EnvironmentWalk(used, seed + 1, owns: false))
        {
            for (var i = 0; i < 17; i++)
            {
                before.Step();
                before.ResetIfDone();
            }
        }

        using var after = new EnvironmentWalk(used, seed);
        return Compare(fresh, after, "an environment that was used before differs from a fresh one after Reset with the same stream; Reset must forget the past");
    }

    private static List<string> StateContinues(Func<IEnvironment> create, ulong seed)
    {
        using var one = new EnvironmentWalk(create(), seed);
        if (!one.Environment.CanSaveState)
        {
            return [];
        }

        for (var i = 0; i < 10; i++)
        {
            one.Step();
            one.ResetIfDone();
        }

        var saved = JsonSerializer.SerializeToElement(one.Environment.SaveState());
        using var two = new EnvironmentWalk(create(), seed);
        two.TakeOver(one, saved);
        return Compare(one, two, "after RestoreState the episode goes on differently; SaveState must hold all that the rest of it depends on");
    }

    private static List<string> StepsDoNotAllocate(Func<IEnvironment> create, ulong seed)
    {
        using var walk = new EnvironmentWalk(create(), seed);
        var least = long.MaxValue;
        for (var round = 0; round < 3; round++)
        {
            var bytes = 0L;
            for (var i = 0; i < Steps; i++)
            {
                bytes += walk.Step();
                walk.ResetIfDone();
            }

            least = Math.Min(least, bytes);
        }

        return least > Steps ? [$"a step allocates {least / Steps} bytes on average; allocate in the constructor, steps are called often"] : [];
    }

    private static IEnumerable<string> DisposeTwice(Func<IEnvironment> create, ulong seed)
    {
        var environment = create();
        environment.Dispose();
        environment.Dispose();
        yield break;
    }

    private static List<string> Compare(EnvironmentWalk one, EnvironmentWalk two, string message)
    {
        for (var i = 0; i < Steps; i++)
        {
            if (!one.Observation.AsSpan().SequenceEqual(two.Observation) || one.Result != two.Result)
            {
                return [$"{message} (first seen before step {i}: [{Text(one.Observation)}] and [{Text(two.Observation)}])"];
            }

            one.Step();
            two.Step();
            one.ResetIfDone();
            two.ResetIfDone();
        }

        return [];
    }

    private static string Text(float[] values) => string.Join(", ", values.Take(8).Select(v => v.ToString(CultureInfo.InvariantCulture))) + (values.Length > 8 ? ", …" : "");
}
