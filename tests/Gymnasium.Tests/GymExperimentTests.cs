using Tuning.Specification;
using Tuning.Testing;

namespace Tuning.Tests;

/// <summary>Experiments on Python's environments, by the three algorithms.</summary>
public sealed class GymExperimentTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, string> Algorithms => new()
    {
        { "PPO", "gym:Counter-v0" }, { "DQN", "gym:Counter-v0" }, { "SAC", "gym:Continuous-v0" },
    };

    [Fact]
    public void Own_experiment_files_are_valid()
    {
        var catalog = new ComponentCatalog().AddTrainables().AddGymnasium();
        Assert.All(
            Directory.EnumerateFiles(Path.Combine(Approved.Repository, "experiments"), "gym-*.yaml"),
            f => Assert.Empty(ExperimentFile.Read(f, catalog).Problems));
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public async Task Algorithm_trains(string algorithm, string environment)
    {
        Python.Needed();
        var trained = await FitAsync(algorithm, environment, "first", stop: 2);

        var trial = Assert.Single(trained);
        Assert.Equal((TrialStatus.Terminated, 2), (trial.Status, trial.Reports));
        Assert.InRange(trial.Metrics!.Number("env_runners/episode_len_mean")!.Value, 1, 5);
    }

    [Fact]
    public async Task Fault_of_python_fails_the_trial_with_its_last_lines()
    {
        Python.Needed();
        var results = await FitAsync("PPO", "gym:Faulty-v0", "faulty", stop: 2, ("fault", "raise"), ("length", 9));

        var trial = Assert.Single(results);
        Assert.Equal(TrialStatus.Failed, trial.Status);
        Assert.Contains("RuntimeError: the wheel came off", trial.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Number_that_is_none_fails_the_trial()
    {
        Python.Needed();
        var trial = Assert.Single(await FitAsync("PPO", "gym:Faulty-v0", "nan", stop: 2, ("fault", "nan"), ("length", 9)));
        Assert.Contains("all numbers must be finite", trial.Error, StringComparison.Ordinal);
    }

    private Task<ResultGrid> FitAsync(
        string algorithm, string environment, string name, int stop, params (string Name, object? Value)[] values)
    {
        var config = Python.Config(values);
        var trainable = algorithm switch
        {
            "PPO" => new PpoConfig().Environment(environment, config).ToTrainable(),
            "DQN" => new DqnConfig().Environment(environment, config).ToTrainable(),
            _ => new SacConfig().Environment(environment, config).ToTrainable(),
        };
        return new Tuner(
            trainable,
            new SearchSpace(),
            new TuneConfig(),
            new RunConfig { Name = name, StoragePath = _folder.Path, Loggers = [], Progress = false, Stop = new() { ["training_iteration"] = stop } })
            .FitAsync(TestContext.Current.CancellationToken);
    }
}
