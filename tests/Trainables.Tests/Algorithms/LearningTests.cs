using Tuning.Environments;
using Tuning.Modules;

namespace Tuning.Tests.Algorithms;

/// <summary>
/// Whether PPO learns. The small one always runs; the experiments of this repository over five seeds run with
/// <c>dotnet run --project tests/Trainables.Tests -c Release -- --filter-class "*LearningTests" --explicit only</c>.
/// </summary>
[Trait("Lane", "Slow")]
public sealed class LearningTests(ITestOutputHelper output)
{
    private static readonly Lazy<string> _identity = new(() =>
    {
        EnvironmentRegistry.Register("identity", _ => new IdentityEnvironment(), IdentityEnvironment.Steps);
        return "identity";
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_identity_is_learnt_in_two_thousand_steps(bool shareLayers)
    {
        using var algorithm = new PpoConfig()
            .Environment(_identity.Value)
            .EnvRunners(numEnvRunners: 1, numEnvsPerEnvRunner: 8)
            .Training(lr: 5e-3, gamma: 0.1, trainBatchSize: 128, minibatchSize: 32, numEpochs: 10)
            .RlModule(new ModelOptions { HiddenLayers = [32], ValueSharesLayers = shareLayers })
            .Reporting(metricsNumEpisodesForSmoothing: 16)
            .Debugging(seed: 1)
            .Build(threads: 1);

        var first = algorithm.Train().Number("env_runners/episode_return_mean")!.Value;
        Metrics last = null!;
        while (algorithm.NumEnvStepsSampledLifetime < 2000)
        {
            last = algorithm.Train();
        }

        Assert.True(first < 8, $"by chance a third of {IdentityEnvironment.Steps}, but {first}");
        Assert.True(last.Number("env_runners/episode_return_mean") > 15,
            $"of {IdentityEnvironment.Steps}, but {last.Number("env_runners/episode_return_mean")}");
        Assert.True(last.Number("learners/default_policy/entropy") < 0.5);
    }

    [Fact]
    public void A_shifted_box_is_learnt_from_continuous_actions()
    {
        using var algorithm = new PpoConfig()
            .Environment(TargetEnvironment.Name.Value)
            .EnvRunners(numEnvRunners: 1, numEnvsPerEnvRunner: 8)
            .Training(lr: 5e-3, gamma: 0.0, trainBatchSize: 256, minibatchSize: 64, numEpochs: 10)
            .RlModule(new ModelOptions { HiddenLayers = [32] })
            .Reporting(metricsNumEpisodesForSmoothing: 16)
            .Debugging(seed: 1)
            .Build(threads: 1);

        var first = algorithm.Train().Number("env_runners/episode_return_mean")!.Value;
        Metrics last = null!;
        while (algorithm.NumEnvStepsSampledLifetime < 6000)
        {
            last = algorithm.Train();
        }

        Assert.True(last.Number("env_runners/episode_return_mean") > first / 3, $"{first} -> {last.Number("env_runners/episode_return_mean")}");
    }

    [Theory(Explicit = true)]
    [InlineData("Pendulum-v1", -300.0, 400_000)]
    [InlineData("CartPole-v1", 450.0, 300_000)]
    public void The_experiments_reach_their_returns_for_the_seeds_0_to_4(string env, double target, long cap)
    {
        var reached = 0;
        for (var seed = 0; seed < 5; seed++)
        {
            using var algorithm = (env == "Pendulum-v1" ? Pendulum() : CartPole()).Debugging(seed).Build();
            var start = TimeProvider.System.GetTimestamp();
            double? value = null;
            while (algorithm.NumEnvStepsSampledLifetime < cap && !(value >= target))
            {
                value = algorithm.Train().Number("env_runners/episode_return_mean");
            }

            output.WriteLine($"{env} seed {seed}: {value:F1} after {algorithm.NumEnvStepsSampledLifetime} steps, " +
                $"{TimeProvider.System.GetElapsedTime(start).TotalSeconds:F1} s");
            reached += value >= target ? 1 : 0;
        }

        Assert.True(reached >= 4, $"{reached} of 5 seeds");
    }

    private static PpoConfig Pendulum() => new PpoConfig()
        .Environment("Pendulum-v1")
        .EnvRunners(numEnvRunners: 2, numEnvsPerEnvRunner: 10, observationFilter: ObservationFilter.MeanStdFilter)
        .Training(lr: 1e-3, gamma: 0.95, lambda: 0.5, trainBatchSize: 1024, minibatchSize: 64, numEpochs: 10, vfClipParam: 10_000)
        .Model(fcnetHiddens: [64, 64]);

    private static PpoConfig CartPole() => new PpoConfig()
        .Environment("CartPole-v1")
        .EnvRunners(numEnvRunners: 2, numEnvsPerEnvRunner: 4)
        .Training(lr: 1e-3, gamma: 0.99, lambda: 0.95, trainBatchSize: 1024, minibatchSize: 64, numEpochs: 10, clipParam: 0.2, vfLossCoeff: 0.5,
            vfClipParam: 10_000)
        .Model(fcnetHiddens: [64, 64]);
}
