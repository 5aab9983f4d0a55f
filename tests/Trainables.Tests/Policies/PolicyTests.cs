using Tuning.Environments;
using Tuning.Randomness;
using Tuning.Testing;
using Tuning.Tests.Algorithms;

namespace Tuning.Tests.Policies;

public sealed class PolicyTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    public static TheoryData<string> Kinds => ["box", "filter", "choices", "several", "one_hot"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void An_action_does_not_depend_on_its_batch(string kind)
    {
        var policy = Of(kind);
        const int count = 150;
        var observations = SomePolicy.Observations(policy.Spaces.Observations, count);
        var (actions, inputs) = (new float[count * policy.ActionSize], new float[count * policy.Module.ActionDistribution.InputSize]);

        policy.ComputeActions(observations, count, actions, actionDistributionInputs: inputs);

        for (var i = 0; i < count; i++)
        {
            var one = observations.AsSpan(i * policy.ObservationSize, policy.ObservationSize);
            var (action, input) = (new float[policy.ActionSize], new float[policy.Module.ActionDistribution.InputSize]);
            policy.ComputeActions(one, 1, action, actionDistributionInputs: input);
            Assert.Equal(action, policy.ComputeSingleAction(one));
            Assert.Equal(action, actions.AsSpan(i * policy.ActionSize, policy.ActionSize).ToArray());
            Assert.Equal(input, inputs.AsSpan(i * input.Length, input.Length).ToArray());
            Assert.True(policy.Spaces.Actions.Contains(action));
        }
    }

    [Fact]
    public void The_network_sees_what_the_filter_gives_and_the_environment_gets_what_lies_in_its_bounds()
    {
        var policy = Of("filter");
        var observation = SomePolicy.Observations(policy.Spaces.Observations, 3).AsSpan(3, 3).ToArray();
        var seen = new float[3];
        policy.ToModule.Apply(observation, seen, learn: false);
        var mean = policy.Module.ForwardInference(seen);

        var action = policy.ComputeSingleAction(observation);

        Assert.Equal(Math.Clamp(-2 + ((mean[0] + 1) * 4 / 2), -2, 2), action[0]);
        Assert.Equal(Math.Clamp(1 + ((mean[1] + 1) * 2 / 2), 1, 3), action[1]);
    }

    [Fact]
    public void Exploring_draws_row_after_row_from_the_stream_that_is_given()
    {
        var policy = Of("box");
        var observations = SomePolicy.Observations(policy.Spaces.Observations, 100);
        var (batch, again, single) = (new float[200], new float[200], new float[200]);

        policy.ComputeActions(observations, 100, batch, new RandomStream(1));
        policy.ComputeActions(observations, 100, again, new RandomStream(1));
        var random = new RandomStream(1);
        for (var i = 0; i < 100; i++)
        {
            policy.ComputeSingleAction(observations.AsSpan(i * 3, 3), single.AsSpan(i * 2, 2), random);
        }

        Assert.Equal(batch, again);
        Assert.Equal(batch, single);
        Assert.NotEqual(policy.ComputeSingleAction(observations.AsSpan(0, 3)), batch[..2]);
    }

    [Fact]
    public void Threads_may_ask_at_the_same_time()
    {
        var policy = Of("filter");
        const int count = 64;
        var observations = SomePolicy.Observations(policy.Spaces.Observations, count);
        var expected = new float[count * 2];
        policy.ComputeActions(observations, count, expected);

        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, thread =>
        {
            var actions = new float[count * 2];
            for (var i = 0; i < 50; i++)
            {
                actions.AsSpan().Clear();
                policy.ComputeActions(observations, count, actions);
                Assert.Equal(expected, actions);
                Assert.Equal(expected.AsSpan(thread * 2, 2).ToArray(), policy.ComputeSingleAction(observations.AsSpan(thread * 3, 3)));
            }
        });
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Computing_actions_allocates_nothing(string kind)
    {
        var policy = Of(kind);
        var observations = SomePolicy.Observations(policy.Spaces.Observations, 100);
        var (actions, random) = (new float[100 * policy.ActionSize], new RandomStream(1));
        Ask();
        Assert.Equal(0, Allocations.Least(Ask));

        void Ask()
        {
            for (var i = 0; i < 10; i++)
            {
                policy.ComputeActions(observations, 100, actions);
                policy.ComputeActions(observations, 100, actions, random);
                policy.ComputeSingleAction(observations.AsSpan(0, policy.ObservationSize), actions.AsSpan(0, policy.ActionSize));
            }
        }
    }

    [Fact]
    public void A_restored_policy_acts_by_the_restored_filter()
    {
        var (trained, fresh) = (Of("filter"), SomePolicy.Of(new Box(-1, 1, 3), new Box([-2, 1], [2, 3]), filter: true, model: new() { HiddenLayers = [8, 8] }));
        float[] observation = [0.3f, 4, -2];
        fresh.ToModule.Apply([50, 50, 50], new float[3], learn: true);
        fresh.RestoreFromPath(fresh.ExportCheckpoint(_directory["other"]));
        Assert.NotEqual(trained.ComputeSingleAction(observation), fresh.ComputeSingleAction(observation));

        fresh.RestoreFromPath(trained.ExportCheckpoint(_directory["policy"]));

        Assert.Equal(trained.ComputeSingleAction(observation), fresh.ComputeSingleAction(observation));
    }

    [Fact]
    public void Wrong_sizes_are_named()
    {
        var policy = Of("box");

        Assert.StartsWith("An observation of 2 numbers was given; Box([-1, -1, -1], [1, 1, 1]) has 3.",
            Assert.Throws<ArgumentException>(() => policy.ComputeSingleAction([1, 2])).Message, StringComparison.Ordinal);
        Assert.StartsWith("2 observations in Box([-1, -1, -1], [1, 1, 1]) are 6 numbers; 3 were given.",
            Assert.Throws<ArgumentException>(() => policy.ComputeActions([1, 2, 3], 2, new float[4])).Message, StringComparison.Ordinal);
        Assert.StartsWith("1 actions in Box([-2, 1], [2, 3]) need room for 2 numbers; there is room for 1.",
            Assert.Throws<ArgumentException>(() => policy.ComputeActions([1, 2, 3], 1, new float[1])).Message, StringComparison.Ordinal);
        Assert.StartsWith("1 rows of inputs of diagonal_gaussian(2) need room for 4 numbers; there is room for 3.",
            Assert.Throws<ArgumentException>(() => policy.ComputeActions([1, 2, 3], 1, new float[2], null, new float[3])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Policies_are_chosen_by_their_names()
    {
        using var algorithm = Some.Ppo().Build(threads: 1);
        var path = algorithm.SaveToPath(_directory["c"]);

        Assert.Equal(["default_policy"], Policy.AllFromCheckpoint(path, ["default_policy"]).Keys);
        Assert.EndsWith("has no policy 'p1'; it has: default_policy.",
            Assert.Throws<CheckpointException>(() => Policy.AllFromCheckpoint(path, ["p1", "default_policy"])).Message, StringComparison.Ordinal);
        Assert.EndsWith("has no policy 'p1'; it has: default_policy.", Assert.Throws<CheckpointException>(() => Policy.FromCheckpoint(path, "p1")).Message,
            StringComparison.Ordinal);
        Assert.EndsWith("It is one of a single policy: FromCheckpoint reads it.", Assert.Throws<CheckpointException>(() =>
            Policy.AllFromCheckpoint(Path.Combine(path, "policies/default_policy"))).Message, StringComparison.Ordinal);
        Assert.EndsWith("or was saved by itself.", Assert.Throws<CheckpointException>(() => Policy.FromCheckpoint(Path.Combine(path, "env_runner"))).Message,
            StringComparison.Ordinal);
    }

    private static Policy Of(string kind) => kind switch
    {
        "box" => SomePolicy.Of(new Box(-1, 1, 3), new Box([-2, 1], [2, 3])),
        "filter" => SomePolicy.Of(new Box(-1, 1, 3), new Box([-2, 1], [2, 3]), filter: true),
        "choices" => SomePolicy.Of(new Box(-1, 1, 4), new Discrete(3)),
        "several" => SomePolicy.Of(new Box(-1, 1, 2, 2), new MultiDiscrete(3, 2), model: new() { HiddenLayers = [5], ValueSharesLayers = true }),
        _ => SomePolicy.Of(new MultiDiscrete(3, 2), new Discrete(4), model: new() { HiddenLayers = [] }),
    };
}
