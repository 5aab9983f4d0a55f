using System.Diagnostics;

namespace Tuning.Tests.CommandLine;

/// <summary>The program that users start, as a process of its own.</summary>
[Trait("Lane", "Slow")]
public sealed class HostProcessTests : IDisposable
{
    private readonly CommandRun _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task The_host_trains_an_algorithm_from_a_file_with_all_loggers()
    {
        var file = _run.Write("tiny.yaml", """
            tiny:
              run: PPO
              env: CartPole-v1
              stop: {training_iteration: 2}
              config: {train_batch_size: 64, minibatch_size: 32, num_epochs: 1, seed: 1}
              storage_path: ./results
            """);
        var output = await RunAsync(_run.Directory, file);

        Assert.Contains("tiny finished", output, StringComparison.Ordinal);
        var trial = Path.Combine(_run.Storage, "tiny", "trial_00000");
        Assert.Equal(2, File.ReadLines(Path.Combine(trial, "result.json")).Count());
        Assert.Equal(3, File.ReadLines(Path.Combine(trial, "progress.csv")).Count());
        Assert.Single(Directory.GetFiles(trial, "events.out.tfevents.*"));
        Assert.True(Directory.Exists(Path.Combine(trial, "checkpoint_000000", "learner_group")));

        // Old names are understood where results are asked for, without the algorithm.
        var results = await ResultGrid.LoadAsync(Path.Combine(_run.Storage, "tiny"), TestContext.Current.CancellationToken);
        Assert.Equal(0, results.Best("episode_reward_mean", Mode.Max).Id.Number);
        Assert.Equal([64, 128], (await results[0].ReadHistoryAsync("timesteps_total")).Select(r => r.Metrics["timesteps_total"].Number));
    }

    /// <summary>Runs the host and returns what it printed.</summary>
    internal static async Task<string> RunAsync(string directory, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, "experiments.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = directory,
        };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, output + await error);
        return output;
    }
}
