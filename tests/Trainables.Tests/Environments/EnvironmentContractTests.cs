using Tuning.Environments;
using Tuning.Randomness;

namespace Tuning.Tests.Environments;

/// <summary>What every environment earns; a new one is one row.</summary>
public sealed class EnvironmentContractTests
{
    public static TheoryData<string, int> All => new()
    {
        { "Pendulum-v1", 200 },
        { "CartPole-v0", 200 },
        { "CartPole-v1", 500 },
        { "MountainCar-v0", 200 },
        { "MountainCarContinuous-v0", 999 },
        { "Acrobot-v1", 500 },
    };

    /// <summary>Those whose episodes always start in the same place.</summary>
    public static TheoryData<string, int> FixedStart => new()
    {
        { "FrozenLake-v1", 100 },
        { "FrozenLake8x8-v1", 200 },
    };

    [Theory]
    [MemberData(nameof(All))]
    [MemberData(nameof(FixedStart))]
    public void Checker_finds_nothing(string name, int limit)
    {
        Assert.Equal(limit, EnvironmentRegistry.Get(name).MaxEpisodeSteps);
        for (var seed = 0ul; seed < 3; seed++)
        {
            Assert.Empty(EnvironmentChecker.Check(() => EnvironmentRegistry.Create(name), seed));
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    [MemberData(nameof(FixedStart))]
    public void State_can_be_saved(string name, int limit)
    {
        using var environment = EnvironmentRegistry.Create(name);
        Assert.True(environment.CanSaveState);
        Assert.Equal(limit, Assert.IsType<TimeLimit>(environment).MaxEpisodeSteps);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Different_seeds_start_differently(string name, int limit)
    {
        using var environment = EnvironmentRegistry.Create(name);
        var one = new float[environment.ObservationSpace.Size];
        var two = new float[one.Length];
        environment.Reset(new RandomStream(1), one);
        environment.Reset(new RandomStream(2), two);

        Assert.NotEqual(one, two);
        Assert.True(limit > 0);
    }

    [Theory]
    [MemberData(nameof(All))]
    [MemberData(nameof(FixedStart))]
    public void Observation_is_the_state_of_its_own_step_also_at_an_end(string name, int limit)
    {
        // With the action that changes least, an episode either ends by the task or exactly at the limit, truncated.
        using var environment = EnvironmentRegistry.Create(name);
        var observation = new float[environment.ObservationSpace.Size];
        environment.Reset(new RandomStream(3), observation);
        var steps = 0;
        StepResult result;
        do
        {
            result = environment.ActionSpace is Discrete d ? environment.Step(new([d.N / 2]), observation) : environment.Step(new([0f]), observation);
            steps++;
        }
        while (!result.Done);

        Assert.True(environment.ObservationSpace.Contains(observation));
        Assert.Equal(steps == limit, result.Truncated);
        Assert.Equal(steps < limit, result.Terminated);
    }
}
