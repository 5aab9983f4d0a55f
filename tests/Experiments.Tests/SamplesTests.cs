using Tuning.Testing;

namespace Tuning.Tests;

/// <summary>The samples in experiments/samples run as they are and stop by their return, before their limit of steps.</summary>
[Trait("Lane", "Slow")]
public sealed class SamplesTests : IDisposable
{
    private const string Return = "env_runners/episode_return_mean";
    private readonly TemporaryFolder _storage = new();

    public void Dispose() => _storage.Dispose();

    public static TheoryData<string> Files =>
    [
        .. Directory.EnumerateFiles(Path.Combine(Approved.Repository, "experiments", "samples"), "*.yaml")
            .Where(f => File.ReadAllText(f).Split('\n').Any(line => line is "  run: PPO" or "  run: A2C"))
            .Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal),
    ];

    public static TheoryData<string, string> Searches => new()
    {
        { "hill-climb", "the best, trial " },
        { "keep-best", " trials had a better validation_loss than " },
        { "budget", "all trials together spent 2,0" },
    };

    [Theory]
    [MemberData(nameof(Searches))]
    public async Task A_search_of_ones_own_runs_is_explained_resumed_and_verified(string name, string reason)
    {
        var cancel = TestContext.Current.CancellationToken;
        var directory = Path.Combine(_storage.Path, name);
        Assert.Equal(0, await Run(Path.Combine(Approved.Repository, "experiments", "samples", name + ".yaml"), "--storage", _storage.Path, "--quiet"));

        var results = await ResultGrid.LoadAsync(directory, cancel);
        Assert.True(results.IsFinished);
        Assert.Contains(results.Decisions(), d => d.Reason.Contains(reason, StringComparison.Ordinal));
        Assert.All(results, t => Assert.True(t.Config.TryGet("momentum", out _) == (string)t.Config["optimizer"]! is "momentum"));
        Assert.All(results, t => Assert.Equal(20L, t.Config["batch_size"]));

        Assert.Equal(0, await Run("resume", directory, "--add-samples", "3", "--quiet"));
        Assert.Equal(0, await Run("verify", directory));
        Assert.InRange((await ResultGrid.LoadAsync(directory, cancel)).Count, results.Count + (name == "budget" ? 0 : 3), results.Count + 3);

        Task<int> Run(params string[] arguments) =>
            TunerCommandLine.RunAsync(arguments, tuner => tuner.AddLoggers().AddTrainables().AddTrainable(CurveFit.Trainable).AddSearchSamples());
    }


    [Theory]
    [MemberData(nameof(Files))]
    public async Task A_sample_learns_and_its_checkpoint_is_continued_and_served(string file)
    {
        RegisteredSamples.Require();
        var code = await TunerCommandLine.RunAsync(
            [Path.Combine(Approved.Repository, "experiments", "samples", file), "--storage", _storage.Path, "--quiet", "--set", "config.seed=0"],
            tuner => tuner.AddLoggers().AddTrainables());

        Assert.Equal(0, code);
        var trial = Assert.Single(await ResultGrid.LoadAsync(Path.Combine(_storage.Path, Path.GetFileNameWithoutExtension(file)),
            TestContext.Current.CancellationToken));
        Assert.StartsWith(Return, trial.Reason, StringComparison.Ordinal);

        var path = trial.Checkpoints()[^1].Path;
        using var algorithm = Algorithm.FromCheckpoint(path);
        var steps = algorithm.NumEnvStepsSampledLifetime;
        var (trained, served) = (algorithm.GetPolicy(), Policy.FromCheckpoint(path));
        var observation = Enumerable.Range(0, served.ObservationSize).Select(i => 0.3f - (0.2f * i)).ToArray();
        Assert.Equal(trained.ComputeSingleAction(observation), served.ComputeSingleAction(observation));
        algorithm.Train();
        Assert.True(algorithm.NumEnvStepsSampledLifetime > steps);
    }
}
