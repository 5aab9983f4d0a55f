using Tuning.Testing;

namespace Tuning.Tests;

/// <summary>
/// The experiment files of this repository and RLlib's for PPO run as they are and stop by their return, before their limit of steps.
/// RLlib's Pendulum trains networks of 256×256 for 30 epochs, a quarter of a minute on two cores:
/// <c>dotnet run --project tests/Experiments.Tests -c Release -- --filter-class "*ExperimentFileRunTests" --explicit on</c>.
/// More seeds: <c>dotnet run --project benchmarks -c Release -- returns</c>.
/// </summary>
public sealed class ExperimentFileRunTests : IDisposable
{
    private const string Return = "env_runners/episode_return_mean";
    private const string Steps = "num_env_steps_sampled_lifetime";
    private readonly TemporaryFolder _storage = new();

    public void Dispose() => _storage.Dispose();

    [Fact]
    public async Task CartPole_reaches_450_within_300_000_steps() => await StopsByReturnAsync(OwnFile("cartpole-ppo.yaml"), 450, 300_000, "--set", "config.seed=0");

    [Fact]
    public async Task Pendulum_reaches_minus_250_within_400_000_steps() => await StopsByReturnAsync(OwnFile("pendulum-ppo.yaml"), -250, 400_000, "--set", "config.seed=0");

    [Fact]
    public async Task RLlibs_CartPole_reaches_150_within_100_000_steps() => await StopsByReturnAsync(RllibExamples.Require("cartpole-ppo.yaml"), 150, 100_000, "--seed", "0");

    [Fact(Explicit = true)]
    public async Task RLlibs_Pendulum_reaches_minus_500_within_400_000_steps() => await StopsByReturnAsync(RllibExamples.Require("pendulum-ppo.yaml"), -500, 400_000);

    private static string OwnFile(string name) => Path.Combine(Approved.Repository, "experiments", name);

    private async Task StopsByReturnAsync(string file, double target, long limit, params string[] arguments)
    {
        var code = await TunerCommandLine.RunAsync([file, "--storage", _storage.Path, "--quiet", .. arguments], tuner => tuner.AddLoggers().AddTrainables());

        Assert.Equal(0, code);
        var trial = Assert.Single(await ResultGrid.LoadAsync(Path.Combine(_storage.Path, Path.GetFileNameWithoutExtension(file)), TestContext.Current.CancellationToken));
        Assert.True(trial.Metrics.Number(Return) >= target, $"{trial.Metrics.Number(Return)} after {trial.Metrics.Number(Steps)} steps: {trial.Reason}");
        Assert.True(trial.Metrics.Number(Steps) < limit, $"{trial.Metrics.Number(Steps)} steps");
        Assert.StartsWith(Return, trial.Reason, StringComparison.Ordinal);
    }
}
