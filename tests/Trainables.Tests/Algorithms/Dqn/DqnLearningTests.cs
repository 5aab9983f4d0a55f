using Tuning.Learning;
using Tuning.Modules;

namespace Tuning.Tests.Algorithms.Dqn;

/// <summary>Whether DQN learns. What the experiments of this repository reach, <c>returns</c> of the benchmarks says.</summary>
[Trait("Lane", "Slow")]
public sealed class DqnLearningTests
{
    [Theory]
    [InlineData("dueling, double, prioritized")]
    [InlineData("uniform, soft target")]
    [InlineData("soft Q")]
    public void The_identity_is_learnt_in_a_thousand_steps(string options)
    {
        var config = new DqnConfig()
            .Environment(SomeDqn.Identity.Value)
            .EnvRunners(rolloutFragmentLength: 4)
            .Training(lr: 5e-3, gamma: 0.1, trainBatchSize: 32, targetNetworkUpdateFreq: 50, numStepsSampledBeforeLearningStarts: 50,
                epsilon: Schedule.Linear([new(0, 1), new(600, 0)]))
            .RlModule(new ModelOptions { HiddenLayers = [32] })
            .Reporting(metricsNumEpisodesForSmoothing: 8)
            .Debugging(seed: 1)
            .With(o => o with { MinSampleTimestepsPerIteration = 100 });
        config = options switch
        {
            "uniform, soft target" => config.Training(dueling: false, doubleQ: false, tau: 0.05, targetNetworkUpdateFreq: 0,
                replayBufferConfig: new() { Type = ReplayBufferKind.EpisodeReplayBuffer, Capacity = 500 }),
            "soft Q" => config.With(o => o with { ExplorationConfig = new() { Type = DqnExploration.SoftQ, Temperature = 0.05 } }),
            _ => config,
        };
        using var algorithm = config.Build(threads: 1);
        Metrics last = null!;
        while (algorithm.NumEnvStepsSampledLifetime < 1000)
        {
            last = algorithm.Train();
        }

        Assert.True(last.Number("env_runners/episode_return_mean") > 15,
            $"of {IdentityEnvironment.Steps}, but {last.Number("env_runners/episode_return_mean")}");
    }
}
