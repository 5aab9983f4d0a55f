namespace Tuning.Tests.CommandLine;

/// <summary>The <c>experiment.yaml</c> of a result's directory is run again, and says what the command line changed.</summary>
public sealed class RecordedFileTests : IDisposable
{
    private readonly CommandRun _run = new();

    private string Recorded => Path.Combine(_run.Storage, "toy", "experiment.yaml");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task File_of_a_result_runs_again_as_it_ran()
    {
        Assert.Equal(0, await _run.RunAsync("run", _run.Toy(), "-q", "--set", "config.lr={uniform: [0.5, 1.0]}", "--num-samples", "3", "--seed", "12"));
        Assert.Contains("# Changed by: run --set 'config.lr={uniform: [0.5, 1.0]}' --num-samples 3 --seed 12", File.ReadAllLines(Recorded));

        Assert.Equal(0, await _run.RunAsync("validate", Recorded));
        Assert.True(await _run.RunAsync("run", Recorded, "-q") == 0, _run.Error);

        var (first, again) = (await LoadAsync("toy"), await LoadAsync("toy-2"));
        Assert.Equal(first.Select(t => (t.Config.ToString(), t.Objective)), again.Select(t => (t.Config.ToString(), t.Objective)));
    }

    [Fact]
    public async Task Options_change_it_and_what_is_no_key_of_it_is_told()
    {
        Assert.Equal(0, await _run.RunAsync("run", _run.Toy("  stop: {training_iteration: 2}"), "-q"));

        Assert.True(await _run.RunAsync("run", Recorded, "-q", "--name", "other", "--num-samples", "2", "--set", "stop.training_iteration=3", "--set",
            "toy:config.lr=0.5") == 0, _run.Error);
        var other = await LoadAsync("other");
        Assert.Equal([(0.5, 3), (0.5, 3)], other.Select(t => (t.Config.Get<double>("lr"), t.Reports)));

        Assert.Equal(2, await _run.RunAsync("run", Recorded, "--set", "num_sample=2"));
        Assert.Contains("'num_sample' is no key of this form of an experiment", _run.Error, StringComparison.Ordinal);
        Assert.Equal(2, await _run.RunAsync("run", Recorded, "--only", "tooy"));
        Assert.Equal(2, await _run.RunAsync("run", Recorded, "--num-samples", "0"));
        Assert.Contains("num_samples: is 0", _run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Resume_that_changes_the_experiment_writes_it_anew_with_both_changes()
    {
        Assert.Equal(0, await _run.RunAsync("run", _run.Toy("  stop: {training_iteration: 2}"), "-q", "--seed", "3"));
        Assert.Equal(0, await _run.RunAsync("resume", Path.GetDirectoryName(Recorded)!, "-q", "--stop", "training_iteration=3", "--add-samples", "1"));

        var text = await File.ReadAllTextAsync(Recorded, Cancellation);
        Assert.Contains("# Changed by: run --seed 3\n# Changed by: resume --stop training_iteration=3 --add-samples 1\n", text, StringComparison.Ordinal);
        Assert.Contains("num_samples: 2\n", text, StringComparison.Ordinal);
        Assert.True(await _run.RunAsync("run", Recorded, "-q") == 0, _run.Error);
        Assert.All(await LoadAsync("toy-2"), t => Assert.Equal(3, t.Reports));
    }

    private Task<ResultGrid> LoadAsync(string name) => ResultGrid.LoadAsync(Path.Combine(_run.Storage, name), Cancellation);
}
