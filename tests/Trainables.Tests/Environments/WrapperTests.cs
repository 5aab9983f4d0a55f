using System.Text.RegularExpressions;
using Tuning.Environments;
using Tuning.Tests.Runners;

namespace Tuning.Tests.Environments;

/// <summary>Wrappers around every environment: what they do, and that the contract holds with them.</summary>
public sealed partial class WrapperTests
{
    private static readonly string[] _combinations =
    [
        "{frame_stack: 3}",
        "{action_repeat: 3}",
        "{time_limit: 17}",
        "{observation: {flatten: true}}",
        "{observation: {flatten: true, rescale: [-1, 1]}}",
        "{frame_stack: 2, action_repeat: 2, time_limit: 11, observation: {flatten: true}, clip_rewards: true, normalize_rewards: true}",
    ];

    // Those whose numbers have bounds, or are choices.
    private static readonly string[] _bounded = ["Pendulum-v1", "MountainCar-v0", "MountainCarContinuous-v0", "Acrobot-v1", "FrozenLake-v1", "FrozenLake8x8-v1",
        "TransformedActionPendulum", "MultiAgentPendulum", "TicTacToe"];

    public static TheoryData<string, string> All => [.. EnvironmentRegistry.Names.Where(EnvironmentRegistry.IsBuiltIn)
        .Append("TransformedActionPendulum").SelectMany(_ => _combinations, (name, wrappers) => (name, wrappers))];

    [Theory]
    [MemberData(nameof(All))]
    public void Contract_holds_around_every_environment(string name, string wrappers)
    {
        var definition = EnvironmentRegistry.Get(name);
        var config = Config(wrappers);
        if (wrappers.Contains("rescale", StringComparison.Ordinal) && !_bounded.Contains(name))
        {
            Assert.Contains("finite", Assert.Throws<ArgumentException>(() => definition.Open(config)).Message, StringComparison.Ordinal);
            return;
        }

        // Among its rules: a state that was saved in the middle of an episode goes on to the last bit, and steps do not allocate.
        Assert.Empty(EnvironmentRules.Check(() => definition.Open(config), 5));
        using var one = definition.Open(config);
        Assert.True(one.CanSaveState);
    }

    [Fact]
    public void Frames_are_stacked_oldest_first_and_begin_with_the_first()
    {
        using var environment = Wrapped("{frame_stack: 3}", length: 9);
        Assert.Equal([3, 1], ((Box)environment.ObservationSpace).Shape);
        var seen = new float[3];
        environment.Reset(new(1), seen);
        Assert.Equal([0, 0, 0], seen);
        foreach (var expected in new float[][] { [0, 0, 1], [0, 1, 2], [1, 2, 3] })
        {
            environment.Step(new([0]), seen);
            Assert.Equal(expected, seen);
        }

        environment.Reset(new(1), seen);
        Assert.Equal([0, 0, 0], seen);
    }

    [Fact]
    public void Repeated_actions_add_rewards_up_and_end_with_the_episode()
    {
        using var environment = Wrapped("{action_repeat: 4}", length: 10);
        var seen = new float[1];
        environment.Reset(new(1), seen);

        Assert.Equal((new StepResult(1 + 2 + 3 + 4), 4), (environment.Step(new([0]), seen), seen[0]));
        Assert.Equal((new StepResult(5 + 6 + 7 + 8), 8), (environment.Step(new([0]), seen), seen[0]));
        Assert.Equal((new StepResult(9 + 10, Terminated: true), 10), (environment.Step(new([0]), seen), seen[0]));
    }

    [Theory]
    [InlineData("{time_limit: 3}", null, 3)]
    [InlineData("{time_limit: 300}", null, 300)]                     // in place of the registered limit, 200
    [InlineData("{time_limit: 300}", 50, 50)]                        // not of the algorithm's
    [InlineData("{action_repeat: 4}", null, 50)]                     // that counts the environment's own steps
    [InlineData("{action_repeat: 4, time_limit: 60}", null, 60)]     // this the agent's
    public void Episodes_are_cut(string wrappers, int? horizon, int expected)
    {
        using var environment = EnvironmentRegistry.Get("Pendulum-v1").CutAt(horizon).Create(Config(wrappers));
        var seen = new float[3];
        environment.Reset(new(1), seen);
        var steps = 1;
        StepResult result;
        for (; !(result = environment.Step(new([0f]), seen)).Done; steps++)
        {
        }

        Assert.Equal((expected, true, false), (steps, result.Truncated, result.Terminated));
    }

    [Fact]
    public void Observations_are_rescaled_by_their_bounds()
    {
        using var plain = EnvironmentRegistry.Create("MountainCar-v0");
        using var scaled = EnvironmentRegistry.Create("MountainCar-v0", Config("{observation: {rescale: [0, 10]}}"));
        var (one, two) = (new float[2], new float[2]);
        plain.Reset(new(3), one);
        scaled.Reset(new(3), two);
        var box = (Box)plain.ObservationSpace;

        Assert.Equal(new Box(0, 10, 2), scaled.ObservationSpace);
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal((one[i] - box.Low[i]) / (box.High[i] - box.Low[i]) * 10, two[i], 1e-5f);
        }
    }

    [Fact]
    public void Choices_are_flattened_to_one_number_per_alternative_and_stacked_as_choices()
    {
        using var flat = EnvironmentRegistry.Create("FrozenLake-v1", Config("{observation: {flatten: true}, frame_stack: 2}"));
        var seen = new float[32];
        flat.Reset(new(1), seen);
        Assert.Equal(new Box(0, 1, 32), flat.ObservationSpace);
        Assert.Equal([0, 16], seen.Index().Where(v => v.Item == 1).Select(v => v.Index));

        using var stacked = EnvironmentRegistry.Create("FrozenLake-v1", Config("{frame_stack: 2}"));
        Assert.Equal(new MultiDiscrete(16, 16), stacked.ObservationSpace);
    }

    [Fact]
    public void Agents_are_stacked_each_for_itself()
    {
        using var environment = EnvironmentRegistry.CreateMultiAgent("TicTacToe", Config("{frame_stack: 2, action_repeat: 5}"));
        var step = environment.Start(new(1));
        var first = step.Observation(0).ToArray();
        Assert.False(step.IsObserved(1));
        step.SetAction(0, 4);
        environment.Advance(step);

        // The other moves next, so that the action is not repeated; its first observation is all that it has seen.
        Assert.True(step.IsObserved(1) && !step.IsObserved(0));
        var second = step.Observation(1).ToArray();
        Assert.Equal(second[..(second.Length / 2)], second[(second.Length / 2)..]);
        step.SetAction(1, 0);
        environment.Advance(step);
        Assert.Equal(first[(first.Length / 2)..], step.Observation(0)[..(first.Length / 2)].ToArray());
        Assert.NotEqual(first[(first.Length / 2)..], step.Observation(0)[(first.Length / 2)..].ToArray());
    }

    [Theory]
    [InlineData("{frame_stak: 2}", "Did you mean 'frame_stack'?")]
    [InlineData("{frame_stack: 0}", "from 1 to 1")]
    [InlineData("{time_limit: 0}", "at least 1")]
    [InlineData("{clip_rewards: -1}", "true for the sign")]
    [InlineData("{clip_rewards: often}", "true for the sign")]
    [InlineData("{normalize_rewards: {gama: 1}}", "gama")]
    [InlineData("{normalize_rewards: {gamma: 2}}", "from 0 to 1")]
    [InlineData("{observation: {rescale: [1]}}", "least and the largest")]
    [InlineData("{observation: {rescale: [1, 1]}}", "least and the largest")]
    [InlineData("{observation: {flaten: true}}", "flatten")]
    [InlineData("many", "it must be a map")]
    public void What_is_no_wrapper_is_an_error(string wrappers, string expected)
    {
        var config = Config(wrappers);
        Assert.Contains(expected, Assert.Throws<ArgumentException>(() => EnvironmentRegistry.Create("Pendulum-v1", config)).Message, StringComparison.Ordinal);
        var error = Assert.ThrowsAny<Exception>(() => new PpoConfig().Environment("Pendulum-v1", config).Build(threads: 1));
        Assert.Contains("env_config.wrappers", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_does_not_fit_the_environment_is_said_before_anything_is_trained()
    {
        var error = Assert.ThrowsAny<Exception>(() =>
            new PpoConfig().Environment("CartPole-v1", Config("{observation: {rescale: [-1, 1]}}")).Build(threads: 1));
        Assert.Contains("env_config.wrappers", error.Message, StringComparison.Ordinal);
        Assert.Contains("MeanStdFilter", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Factories_of_ones_own_are_not_handed_the_wrappers()
    {
        const string Name = nameof(Factories_of_ones_own_are_not_handed_the_wrappers);
        ParameterSet? seen = null;
        EnvironmentRegistry.Register(Name, config =>
        {
            seen = config;
            return new CountingEnvironment(5);
        });
        using var environment = EnvironmentRegistry.Create(Name, Config("{frame_stack: 2}").With("mine", 1L));

        Assert.Equal(["mine"], seen!.Names);
        Assert.Equal(2, environment.ObservationSpace.Size);
    }

    /// <summary>An <c>env_config</c> with these wrappers, as they stand in a file.</summary>
    internal static ParameterSet Config(string wrappers) =>
        ParameterSet.Parse($$"""{"wrappers": {{Words().Replace(wrappers, w => w.Value is "true" or "false" ? w.Value : $"\"{w.Value}\"")}}}""");

    [GeneratedRegex("[a-z_]+")]
    private static partial Regex Words();

    private static IEnvironment Wrapped(string wrappers, int length)
    {
        var name = $"counting {length}";
        EnvironmentRegistry.Register(name, length == 9 ? Nine : Ten);
        return EnvironmentRegistry.Create(name, Config(wrappers));
    }

    private static IEnvironment Nine(ParameterSet config) => new CountingEnvironment(9);

    private static IEnvironment Ten(ParameterSet config) => new CountingEnvironment(10);
}
