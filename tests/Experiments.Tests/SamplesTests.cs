using Tuning.Testing;

namespace Tuning.Tests;

/// <summary>The samples in experiments/samples run as they are and stop by their return, before their limit of steps.</summary>
[Trait("Lane", "Slow")]
public sealed class SamplesTests : IDisposable
{
    private const string Return = "env_runners/episode_return_mean";
    private readonly TemporaryFolder _storage = new();

    public void Dispose() => _storage.Dispose();

    public static TheoryData<string> Files => [.. Directory.EnumerateFiles(Path.Combine(Approved.Repository, "experiments", "samples"), "*.yaml").Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task A_sample_learns_and_its_checkpoint_is_continued_and_served(string file)
    {
        RegisteredSamples.Require();
        var code = await TunerCommandLine.RunAsync(
            [Path.Combine(Approved.Repository, "experiments", "samples", file), "--storage", _storage.Path, "--quiet", "--set", "config.seed=0"],
            tuner => tuner.AddLoggers().AddTrainables());

        Assert.Equal(0, code);
        var trial = Assert.Single(await ResultGrid.LoadAsync(Path.Combine(_storage.Path, Path.GetFileNameWithoutExtension(file)), TestContext.Current.CancellationToken));
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
