using Tuning.Environments;
using Tuning.Specification;
using Tuning.Testing;

namespace Tuning.Tests.Algorithms;

/// <summary>SAC as a whole: it learns, it goes on exactly, it is the same for every number of threads.</summary>
[Trait("Lane", "Slow")]
public sealed class SacTests(ITestOutputHelper output) : IDisposable
{
    private static readonly Lazy<string> _identity = new(() =>
    {
        EnvironmentRegistry.Register("identity-for-sac", _ => new IdentityEnvironment(), IdentityEnvironment.Steps);
        return "identity-for-sac";
    });

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void The_identity_is_learnt_in_a_thousand_steps()
    {
        var (first, last) = Learn(Small(_identity.Value).Training(gamma: 0.1, targetEntropy: 0.1), 1000);

        Assert.True(first < 9, $"by chance a third of {IdentityEnvironment.Steps}, but {first}");
        Assert.True(last > 15, $"of {IdentityEnvironment.Steps}, but {last}");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_shifted_box_is_learnt_from_continuous_actions(bool gsde)
    {
        var (first, last) = Learn(Small(TargetEnvironment.Name.Value).Training(gamma: 0.0, randomTimesteps: 64)
            .Networks(policy: new() { HiddenLayers = [32], UseGsde = gsde }), 1000);

        Assert.True(last > first / 10, $"{first} -> {last}");
    }

    [Theory]
    [InlineData("Pendulum-v1", false, false)]
    [InlineData("Pendulum-v1", true, true)]
    [InlineData("CartPole-v1", false, true)]
    public void Three_iterations_saved_restored_and_three_more_equal_six(string env, bool gsde, bool prioritized)
    {
        SacConfig Config() => Small(env)
            .Training(nStep: 3, randomTimesteps: 40, replayBufferConfig: new() { Capacity = 150, Prioritized = prioritized })
            .Networks(policy: new() { HiddenLayers = [16], UseGsde = gsde }, gsdeSampleFreq: 7)
            .EnvRunners(numEnvsPerEnvRunner: 2, observationFilter: ObservationFilter.MeanStdFilter);
        using var whole = Config().Build(threads: 1);
        var expected = Some.Train(whole, 6);

        using var first = Config().Build(threads: 2);
        Some.Train(first, 3);
        var path = first.SaveToPath(_directory["c"]);
        using var second = Config().Debugging(seed: 12345).Build(threads: 1);
        second.RestoreFromPath(path);

        Assert.Equal(expected.SkipWhile(l => !l.StartsWith("3:", StringComparison.Ordinal)).Select(l => l[3..]), Some.Train(second, 3).Select(l => l[3..]));
    }

    [Fact]
    public void A_checkpoint_makes_the_algorithm_again()
    {
        using var first = Small("Pendulum-v1").Networks(q: new() { HiddenLayers = [12] }).Build(threads: 1);
        first.Train();

        using var second = Algorithm.FromCheckpoint(first.SaveToPath(_directory["c"]));

        Assert.Equal("SAC", second.Config.Name);
        var (before, after) = (first.Module.GetState(), second.Module.GetState());
        Assert.Equal(before.Select(t => (t.Name, t.ShapeText)), after.Select(t => (t.Name, t.ShapeText)));
        Assert.All(before.Zip(after), pair => Assert.Equal(pair.First.Data, pair.Second.Data));
        Assert.Equal(first.Train().Number("learners/default_policy/critic_loss"), second.Train().Number("learners/default_policy/critic_loss"));
    }

    [Fact]
    public void Branches_of_a_checkpoint_are_made_again_by_themselves()
    {
        using var algorithm = Small("Pendulum-v1").Networks(policy: new() { HiddenLayers = [32], UseGsde = true }).Build(threads: 1);
        algorithm.Train();
        var path = algorithm.SaveToPath(_directory["c"]);
        float[] observation = [0.6f, -0.8f, 3];

        var module = RlModule.FromCheckpoint(path + "/learner_group/learner/rl_module/default_policy");
        using var learner = Learner.FromCheckpoint(path + "/learner_group/learner", threads: 1);

        Assert.Equal(algorithm.Module.ForwardInference(observation), module.ForwardInference(observation));
        Assert.Equal(algorithm.Module.ForwardInference(observation), learner.Module.ForwardInference(observation));
    }

    [Fact]
    public void A_policy_acts_between_the_bounds_and_says_the_same_after_a_checkpoint()
    {
        using var algorithm = Small("Pendulum-v1").Build(threads: 1);
        algorithm.Train();
        var policy = algorithm.GetPolicy();
        var again = Policy.FromCheckpoint(algorithm.SaveToPath(_directory["c"]) + "/policies/default_policy");

        float[] observation = [0.6f, -0.8f, 3];
        Assert.Equal(policy.ComputeSingleAction(observation), again.ComputeSingleAction(observation));
        Assert.InRange(policy.ComputeSingleAction(observation)[0], -2, 2);
    }

    [Fact]
    public void Warm_up_does_not_follow_the_policy()
    {
        // A policy that always does the same would give away that it acts.
        var counts = new int[3];
        using var algorithm = Small(_identity.Value).Training(randomTimesteps: 200, numStepsSampledBeforeLearningStarts: 10_000)
            .Callbacks(onEpisodeStep: (_, e) => counts[(int)e.Action[0]]++).Build(threads: 1);
        while (algorithm.NumEnvStepsSampledLifetime < 200)
        {
            algorithm.Train();
        }

        Assert.All(counts, c => Assert.InRange(c, 40, 95));
    }

    /// <summary>Run by <c>dotnet run --project tests/Trainables.Tests -c Release -- --filter-class "*SacTests" --explicit only</c>; minutes.</summary>
    [Fact(Explicit = true)]
    public void File_of_rllib_reaches_its_return_before_its_steps()
    {
        var file = ExperimentFile.Read(RllibExamples.Require("pendulum-sac.yaml"), new ComponentCatalog().AddTrainables());
        var config = SacConfig.FromParameters(Assert.Single(file.Experiments).Space.ToParameters());
        using var algorithm = config.Build();

        double? reached = null;
        while (algorithm.NumEnvStepsSampledLifetime < 30_000 && !(reached >= -150))
        {
            reached = algorithm.Train().Number("env_runners/episode_return_mean");
            output.WriteLine($"{algorithm.NumEnvStepsSampledLifetime}: {reached:F1}");
        }

        Assert.True(reached >= -150);
    }

    [Fact]
    public void Horizon_cuts_episodes()
    {
        using var algorithm = Small("Pendulum-v1").Build(threads: 1);
        using var cut = SacConfig.FromParameters(algorithm.Config.ToParameters().With("horizon", 10)).Build(threads: 1);

        Assert.Equal(10, cut.Train().Number("env_runners/episode_len_mean"));
    }

    private static (double First, double Last) Learn(SacConfig config, int steps)
    {
        using var algorithm = config.Build(threads: 1);
        double? first = null, last = null;
        while (algorithm.NumEnvStepsSampledLifetime < steps)
        {
            last = algorithm.Train().Number("env_runners/episode_return_mean") ?? last;
            first ??= last;
        }

        return (first!.Value, last!.Value);
    }

    private static SacConfig Small(string env) => new SacConfig()
        .Environment(env)
        .Training(actorLr: 1e-2, criticLr: 1e-2, alphaLr: 1e-2, trainBatchSize: 64, tau: 0.05, numStepsSampledBeforeLearningStarts: 64)
        .Networks(policy: new() { HiddenLayers = [32] }, q: new() { HiddenLayers = [32] })
        .Reporting(metricsNumEpisodesForSmoothing: 5)
        .Debugging(seed: 1);
}
