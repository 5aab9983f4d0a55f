using Tuning.Checkpointing;

namespace Tuning.Tests.Algorithms.Dqn;

[Trait("Lane", "Slow")]
public sealed class DqnExactnessTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("everything")]
    [InlineData("uniform replay, square loss")]
    [InlineData("soft Q, one environment")]
    public void Three_iterations_saved_restored_and_three_more_equal_six(string options)
    {
        DqnConfig Config() => options switch
        {
            "uniform replay, square loss" => SomeDqn.Config("Acrobot-v1").Training(tdErrorLossFn: TdErrorLoss.Mse, doubleQ: false, dueling: false, nStep: 3,
                replayBufferConfig: new() { Type = ReplayBufferKind.EpisodeReplayBuffer, Capacity = 250 }),
            "soft Q, one environment" => SomeDqn.Config("MountainCar-v0").EnvRunners(numEnvRunners: 0, numEnvsPerEnvRunner: 1)
                .With(o => o with { ExplorationConfig = new() { Type = DqnExploration.SoftQ, Temperature = 0.5 } }),
            _ => SomeDqn.Config(),
        };
        using var whole = Config().Build(threads: 1);
        var expected = Some.Train(whole, 6);
        Assert.Contains(expected, line => line.StartsWith("1: learners/default_policy/qf_loss", StringComparison.Ordinal));

        using var first = Config().Build(threads: 2);
        Some.Train(first, 3);
        var path = first.SaveToPath(_directory["c"]);
        using var second = Config().Debugging(seed: 12345).Build(threads: 1);
        second.RestoreFromPath(path);

        Assert.Equal(expected.SkipWhile(l => !l.StartsWith("3:", StringComparison.Ordinal)).Select(l => l[3..]), Some.Train(second, 3).Select(l => l[3..]));
    }

    [Fact]
    public void A_seed_fixes_everything_whatever_the_number_of_threads()
    {
        using var one = SomeDqn.Config().Build(threads: 1);
        using var two = SomeDqn.Config().Build(threads: 2);
        using var other = SomeDqn.Config().Debugging(seed: 12).Build(threads: 1);
        var expected = Some.Train(one, 3);

        Assert.Equal(expected, Some.Train(two, 3));
        Assert.NotEqual(expected, Some.Train(other, 3));
    }

    [Fact]
    public void A_checkpoint_without_replay_is_smaller_and_first_samples_again()
    {
        using var algorithm = SomeDqn.Config().Training(storeBufferInCheckpoints: false).Build(threads: 1);
        Some.Train(algorithm, 3);
        var path = algorithm.SaveToPath(_directory["c"]);
        var tensors = Safetensors.Read(Path.Combine(path, "learner_group", "learner", "optimizer_state.safetensors"));
        Assert.DoesNotContain(tensors.Keys, name => name.Contains("replay", StringComparison.Ordinal));

        using var again = Algorithm.FromCheckpoint(path);
        var result = again.Train();

        // 60 steps come first, in training steps of 24, out of an iteration of 100 and more.
        var trained = result.Number("learners/default_policy/num_module_steps_trained")!.Value;
        Assert.InRange(trained, 1, (result.Number("env_runners/num_env_steps_sampled")!.Value - 60) * 2.5);
    }

    [Fact]
    public void Only_the_module_can_be_restored()
    {
        using var trained = SomeDqn.Config().Build(threads: 1);
        Some.Train(trained, 3);
        var path = trained.SaveToPath(_directory["c"]);
        using var fresh = SomeDqn.Config().Debugging(seed: 5).Build(threads: 1);
        fresh.RestoreFromPath(Path.Combine(path, "learner_group/learner/rl_module/default_policy"), "learner_group/learner/rl_module/default_policy");
        float[] observations = [.. Enumerable.Range(0, 4 * 32).Select(i => (float)Math.Sin(i))];
        Assert.Equal(trained.Module.ForwardInference(observations), fresh.Module.ForwardInference(observations));
        Assert.Equal(0, fresh.NumEnvStepsSampledLifetime);
        using var policy = SomeDqn.Config().Debugging(seed: 6).Build(threads: 1);
        Assert.NotEqual(trained.Module.ForwardInference(observations), policy.Module.ForwardInference(observations));
    }
}
