using Tuning.Environments;
using Tuning.Policies;
using Tuning.Testing;

namespace Tuning.Tests;

/// <summary>
/// The experiment files of this repository reach the returns in their headers, RLlib's run as they are and stop by their return.
/// Acrobot takes a million steps, RLlib's Pendulum trains networks of 256×256 for 30 epochs, a quarter of a minute on two cores:
/// <c>dotnet run --project tests/Experiments.Tests -c Release -- --filter-class "*ExperimentFileRunTests" --explicit on</c>.
/// More seeds: <c>dotnet run --project benchmarks -c Release -- returns</c>.
/// </summary>
[Trait("Lane", "Slow")]
public sealed class ExperimentFileRunTests : IDisposable
{
    private const string Return = "env_runners/episode_return_mean";
    private const string Steps = "num_env_steps_sampled_lifetime";
    private readonly TemporaryFolder _storage = new();

    public void Dispose() => _storage.Dispose();

    [Fact]
    public async Task CartPole_earns_495_after_100_000_steps() => await EarnsAsync("cartpole-ppo.yaml", 495, 100_000);

    [Fact]
    public async Task Pendulum_earns_minus_185_after_100_000_steps() => await EarnsAsync("pendulum-ppo.yaml", -185, 100_000);

    [Fact(Explicit = true)]
    public async Task Acrobot_earns_minus_85_after_1_000_000_steps() => await EarnsAsync("acrobot-ppo.yaml", -85, 1_000_000);

    [Fact]
    public async Task RLlibs_CartPole_reaches_150_within_100_000_steps() =>
        await StopsByReturnAsync(RllibExamples.Require("cartpole-ppo.yaml"), 150, 100_000, "--seed", "0");

    [Fact(Explicit = true)]
    public async Task RLlibs_CartPole_with_DQN_reaches_150_within_50_000_steps() =>
        await StopsByReturnAsync(RllibExamples.Require("cartpole-dqn.yaml"), 150, 50_000, "--seed", "0");

    [Fact(Explicit = true)]
    public async Task RLlibs_Pendulum_reaches_minus_500_within_400_000_steps() =>
        await StopsByReturnAsync(RllibExamples.Require("pendulum-ppo.yaml"), -500, 400_000);

    [Fact(Explicit = true)]
    public async Task RLlibs_Pendulum_with_SAC_reaches_minus_150_within_30_000_steps() =>
        await StopsByReturnAsync(RllibExamples.Require("pendulum-sac.yaml"), -150, 30_000);

    [Fact(Explicit = true)]
    public async Task Two_pendulums_reach_minus_500_within_500_000_steps() =>
        await StopsByReturnAsync(Path.Combine(Approved.Repository, "experiments", "multi-agent-pendulum-ppo.yaml"), -500, 500_000, "--set", "config.seed=0");

    private async Task EarnsAsync(string name, double target, long limit)
    {
        var file = Path.Combine(Approved.Repository, "experiments", name);
        var code = await TunerCommandLine.RunAsync([file, "--storage", _storage.Path, "--quiet", "--set", "config.seed=0"],
            tuner => tuner.AddLoggers().AddTrainables());

        Assert.Equal(0, code);
        var trial = Assert.Single(await ResultGrid.LoadAsync(Path.Combine(_storage.Path, Path.GetFileNameWithoutExtension(name)),
            TestContext.Current.CancellationToken));
        var environment = EnvironmentRegistry.Get((string)trial.Config["env"]!);
        var mean = new PolicyEvaluation()
            .Run(Policy.FromCheckpoint(trial.Checkpoint!.Path), environment, cancellationToken: TestContext.Current.CancellationToken).Mean;
        Assert.True(mean >= target, $"The last policy earns {mean}.");
        Assert.True(trial.Metrics.Number(Steps) <= limit, $"{trial.Metrics.Number(Steps)} steps");
    }

    private async Task StopsByReturnAsync(string file, double target, long limit, params string[] arguments)
    {
        var code = await TunerCommandLine.RunAsync([file, "--storage", _storage.Path, "--quiet", .. arguments], tuner => tuner.AddLoggers().AddTrainables());

        Assert.Equal(0, code);
        var trial = Assert.Single(await ResultGrid.LoadAsync(Path.Combine(_storage.Path, Path.GetFileNameWithoutExtension(file)),
            TestContext.Current.CancellationToken));
        Assert.True(trial.Metrics.Number(Return) >= target, $"{trial.Metrics.Number(Return)} after {trial.Metrics.Number(Steps)} steps: {trial.Reason}");
        Assert.True(trial.Metrics.Number(Steps) < limit, $"{trial.Metrics.Number(Steps)} steps");
        Assert.StartsWith(Return, trial.Reason, StringComparison.Ordinal);
    }
}
