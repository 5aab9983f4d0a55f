namespace Tuning.Tests.CommandLine;

/// <summary>Commands that are given an experiment or a trial take the best trial, and with <c>--best</c> its best checkpoint by score.</summary>
public sealed class BestCheckpointTests : IDisposable
{
    private readonly CommandRun _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task Best_trial_and_its_best_checkpoint_are_shown_and_found()
    {
        // The least count is the best: that of the trial with the smaller step, after its first step.
        Assert.Equal(0, await _run.RunAsync("run", _run.Write("count.yaml", """
            count:
              run: counter
              config: {by: {grid_search: [5.0, 1.0]}, steps: 3}
              stop: {training_iteration: 3}
              checkpoint_config: {checkpoint_frequency: 1}
              tune: {metric: count, mode: min, max_concurrent_trials: 1}
              storage_path: ./results
            """)));
        Assert.Contains("Best trial 00001", _run.Output, StringComparison.Ordinal);
        Assert.Contains(Path.Combine("trial_00001", "checkpoint_000000"), _run.Output, StringComparison.Ordinal);
        var directory = Path.Combine(_run.Storage, "count");

        Assert.Equal(0, await _run.RunAsync("show", directory));
        Assert.Equal(["trial_00001/checkpoint_000002  3  3", "trial_00001/checkpoint_000001  2  2", "trial_00001/checkpoint_000000  1  1  best"],
            _run.OutputLines.Where(l => l.StartsWith("trial_00001/", StringComparison.Ordinal)).Select(l => string.Join("  ", l.Split(' ',
                StringSplitOptions.RemoveEmptyEntries))));

        foreach (var (arguments, expected) in new (string[], string)[]
        {
            ([directory], "checkpoint_000002"), ([directory, "--best"], "checkpoint_000000"),
            ([Path.Combine(directory, "trial_00001"), "--best"], "checkpoint_000000"), ([Path.Combine(directory, "trial_00001")], "checkpoint_000002"),
        })
        {
            Assert.Equal(0, await _run.RunAsync(["inspect", .. arguments]));
            Assert.Contains(Path.Combine("trial_00001", expected) + ":", _run.OutputLines[0], StringComparison.Ordinal);
        }
    }
}
