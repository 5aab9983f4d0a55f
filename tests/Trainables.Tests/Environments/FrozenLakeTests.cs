using Tuning.Environments;
using Tuning.Randomness;

namespace Tuning.Tests.Environments;

public sealed class FrozenLakeTests
{
    private const int Left = 0, Down = 1, Right = 2, Up = 3;

    [Fact]
    public void Without_slipping_moves_go_where_they_are_meant_to_and_edges_hold()
    {
        using var lake = new FrozenLake(isSlippery: false);
        var observation = new float[1];
        lake.Reset(new RandomStream(0), observation);
        Assert.Equal(0, observation[0]);
        foreach (var (move, place) in new[] { (Left, 0), (Up, 0), (Right, 1), (Right, 2), (Right, 3), (Right, 3), (Up, 3), (Left, 2), (Down, 6), (Down, 10),
            (Down, 14) })
        {
            Assert.Equal(new StepResult(0), Step(lake, move, observation));
            Assert.Equal(place, observation[0]);
        }

        Assert.Equal(new StepResult(1, true), Step(lake, Right, observation));
        Assert.Equal(15, observation[0]);
    }

    [Fact]
    public void Hole_ends_the_episode_without_reward()
    {
        using var lake = new FrozenLake(isSlippery: false);
        var observation = new float[1];
        lake.Reset(new RandomStream(0), observation);
        Step(lake, Down, observation);

        Assert.Equal(new StepResult(0, true), Step(lake, Right, observation));
        Assert.Equal(5, observation[0]);
    }

    // Gymnasium's table of chances: the meant direction with success_rate, its two sides with half of the rest each.
    [Theory]
    [InlineData(Left, 1 / 3.0, 1 / 3.0, 1 / 3.0, 0, 1 / 3.0)]
    [InlineData(Down, 1 / 3.0, 1 / 3.0, 1 / 3.0, 1 / 3.0, 0)]
    [InlineData(Right, 1 / 3.0, 0, 1 / 3.0, 1 / 3.0, 1 / 3.0)]
    [InlineData(Up, 0.75, 0.125, 0, 0.125, 0.75)]
    public void Ice_is_slippery_to_the_sides(int move, double successRate, double left, double down, double right, double up)
    {
        using var lake = new FrozenLake(["FFF", "FSF", "FFF"], successRate: successRate);
        var (random, observation, counts) = (new RandomStream(7), new float[1], new double[9]);
        const int Tries = 20_000;
        for (var i = 0; i < Tries; i++)
        {
            lake.Reset(random, observation);
            Step(lake, move, observation);
            counts[(int)observation[0]] += 1.0 / Tries;
        }

        // Four standard deviations of the largest share.
        Assert.Equal(left, counts[3], 0.0135);
        Assert.Equal(down, counts[7], 0.0135);
        Assert.Equal(right, counts[5], 0.0135);
        Assert.Equal(up, counts[1], 0.0135);
        Assert.Equal(left == 0, counts[3] == 0);
        Assert.Equal(up == 0, counts[1] == 0);
    }

    [Fact]
    public void Optimal_policy_reaches_the_goal_as_often_as_the_dynamics_say()
    {
        // The best policy of the 4x4 map within 100 steps succeeds in 74 % (Gymnasium's registration: optimum 0.74).
        int[] best = [Left, Up, Up, Up, Left, Left, Left, Left, Up, Down, Left, Left, Left, Right, Down, Left];
        using var lake = EnvironmentRegistry.Create("FrozenLake-v1");
        var (random, observation, reached) = (new RandomStream(3), new float[1], 0.0);
        for (var episode = 0; episode < 2_000; episode++)
        {
            lake.Reset(random, observation);
            for (var result = default(StepResult); !result.Done;)
            {
                result = Step(lake, best[(int)observation[0]], observation);
                reached += result.Reward / 2_000;
            }
        }

        Assert.Equal(0.74, reached, 0.04);
    }

    [Theory]
    [InlineData("FrozenLake-v1", 16, 100)]
    [InlineData("FrozenLake8x8-v1", 64, 200)]
    public void Maps_and_limits_are_Gymnasiums(string name, int places, int limit)
    {
        using var lake = EnvironmentRegistry.Create(name);
        Assert.Equal(new Discrete(places), lake.ObservationSpace);
        Assert.Equal(new Discrete(4), lake.ActionSpace);
        Assert.Equal(limit, Assert.IsType<TimeLimit>(lake).MaxEpisodeSteps);
    }

    [Fact]
    public void Options_are_those_of_Gymnasium()
    {
        using var other = EnvironmentRegistry.Create("FrozenLake-v1", ParameterSet.Empty.With("map_name", "8x8"));
        using var own = EnvironmentRegistry.Create("FrozenLake-v1",
            ParameterSet.Empty.With("desc", new[] { "SG" }).With("is_slippery", false).With("reward_schedule", new[] { 5.0, -1.0, 0.5 }));
        var observation = new float[1];
        own.Reset(new RandomStream(0), observation);

        Assert.Equal(new Discrete(64), other.ObservationSpace);
        Assert.Equal(new StepResult(0.5), Step(own, Down, observation));
        Assert.Equal(new StepResult(5, true), Step(own, Right, observation));
    }

    [Fact]
    public void Bad_options_say_what_is_allowed()
    {
        Assert.Contains("one of: 4x4, 8x8", Refused("map_name", "5x5"));
        Assert.Contains("success_rate is 2", Refused("success_rate", 2.0));
        Assert.Contains("rows of one length", Refused("desc", new[] { "SF", "G" }));
        Assert.Contains("rows of one length", Refused("desc", new[] { "FG" }));
        Assert.Contains("did you mean 'is_slippery'", Refused("is_slipery", false));

        static string Refused(string name, object value) =>
            Assert.Throws<ArgumentException>(() => EnvironmentRegistry.Create("FrozenLake-v1", ParameterSet.Empty.With(name, value))).Message;
    }

    private static StepResult Step(IEnvironment lake, int move, float[] observation) =>
        lake.Step(new EnvironmentAction((ReadOnlySpan<int>)[move]), observation);
}
