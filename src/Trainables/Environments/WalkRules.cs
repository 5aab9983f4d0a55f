using System.Text.Json;

namespace Tuning.Environments;

/// <summary>The rules that hold whoever acts in an environment.</summary>
/// <param name="walk">Takes a walk through an environment; the flag says whether the walk disposes of it.</param>
internal sealed class WalkRules<TEnvironment, TWalk>(Func<TEnvironment, ulong, bool, TWalk> walk)
    where TEnvironment : IDisposable
    where TWalk : IEnvironmentWalk<TWalk>
{
    /// <summary>How long a walk is.</summary>
    public const int Steps = 300;

    /// <summary>The rules.</summary>
    public IEnumerable<EnvironmentRule<TEnvironment>> All =>
    [
        new("seed_decides", SeedDecides),
        new("reset_forgets", ResetForgets),
        new("state_continues", StateContinues),
        new("steps_do_not_allocate", StepsDoNotAllocate),
        new("dispose_twice", DisposeTwice),
    ];

    private List<string> SeedDecides(Func<TEnvironment> create, ulong seed)
    {
        using var one = walk(create(), seed, true);
        using var two = walk(create(), seed, true);
        return Compare(one, two, "two copies with the same seed and the same actions differ; all luck must come from the random stream that Reset hands in");
    }

    private List<string> ResetForgets(Func<TEnvironment> create, ulong seed)
    {
        using var fresh = walk(create(), seed, true);
        var used = create();
        using (var before = walk(used, seed + 1, false))
        {
            for (var t = 0; t < 17; t++)
            {
                before.Move();
            }
        }

        using var after = walk(used, seed, true);
        return Compare(fresh, after, "an environment that was used before differs from a fresh one after Reset with the same stream; Reset must forget the past");
    }

    private List<string> StateContinues(Func<TEnvironment> create, ulong seed)
    {
        using var one = walk(create(), seed, true);
        if (!one.CanSaveState)
        {
            return [];
        }

        // In the middle of an episode, if it has one.
        for (var t = 0; t < 10 || (one.IsBetweenEpisodes && t < Steps); t++)
        {
            one.Move();
        }

        var state = JsonSerializer.SerializeToElement(one.SaveState());
        using var two = walk(create(), seed, true);
        two.TakeOver(one, state);
        one.Move();
        two.Move();
        return Compare(one, two, "after RestoreState the episode goes on differently; SaveState must hold all that the rest of it depends on");
    }

    private List<string> StepsDoNotAllocate(Func<TEnvironment> create, ulong seed)
    {
        using var walking = walk(create(), seed, true);
        var least = long.MaxValue;
        for (var round = 0; round < 3; round++)
        {
            var bytes = 0L;
            for (var t = 0; t < Steps; t++)
            {
                bytes += walking.Move();
            }

            least = Math.Min(least, bytes);
        }

        return least > Steps ? [$"a step allocates {least / Steps} bytes on average; allocate in the constructor, steps are called often"] : [];
    }

    private static IEnumerable<string> DisposeTwice(Func<TEnvironment> create, ulong seed)
    {
        var environment = create();
        environment.Dispose();
        environment.Dispose();
        yield break;
    }

    private static List<string> Compare(TWalk one, TWalk two, string message)
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
