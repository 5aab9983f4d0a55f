using Tuning.CommandLine;

namespace Tuning.Tests.CommandLine;

/// <summary><c>restore_from_path: {path: {experiment: …}}</c>: an experiment begins where one before it in the file came to.</summary>
public sealed class EarlierExperimentsTests : IDisposable
{
    private readonly CommandRun _run = new();

    public void Dispose() => _run.Dispose();

    [Theory]
    [InlineData("", 201, "trial_00001/checkpoint_000003")]
    [InlineData("trial: best, checkpoint: latest", 201, "trial_00001/checkpoint_000003")]
    [InlineData("trial: 0", 5, "trial_00000/checkpoint_000003")]
    [InlineData("trial: 1, checkpoint: 2", 151, "trial_00001/checkpoint_000002")]
    [InlineData("trial: 0, checkpoint: best", 5, "trial_00000/checkpoint_000003")]
    public async Task Second_experiment_begins_from_what_the_first_wrote(string which, double count, string checkpoint)
    {
        Assert.Equal(0, await _run.RunAsync(File("", which)));

        var results = await LoadAsync("finetune");
        Assert.Equal(count, results[0].Metrics["count"].Number);
        var hook = Assert.Single(StoredExperiments.TrySpecification(results.Directory)!.Hooks);
        Assert.Equal(Path.Combine(_run.Storage, "pretrain", checkpoint), hook.Options["path"]);
    }

    [Fact]
    public async Task Best_checkpoint_is_that_of_the_checkpoint_score()
    {
        Assert.Equal(0, await _run.RunAsync(File("checkpoint_score_attribute: count, checkpoint_score_order: min,", "trial: 0, checkpoint: best")));
        Assert.Equal(2, (await LoadAsync("finetune"))[0].Metrics["count"].Number);
    }

    [Fact]
    public async Task Second_run_takes_what_it_wrote_itself_and_resume_needs_no_other_experiment()
    {
        Assert.Equal(0, await _run.RunAsync(File("", "")));
        Assert.Equal(0, await _run.RunAsync(File("", ""), "--set", "pretrain:config.by=7"));
        Assert.Equal(29, (await LoadAsync("finetune-2"))[0].Metrics["count"].Number);

        Assert.Equal(0, await _run.RunAsync("resume", Path.Combine(_run.Storage, "finetune-2"), "--add-samples", "1", "-q"));
        Assert.Equal(29, (await LoadAsync("finetune-2"))[1].Metrics["count"].Number);
    }

    [Theory]
    [InlineData("", "trial: 2", "finetune: callbacks.on_algorithm_init: restore_from_path takes a checkpoint of 'pretrain': it has no trial 2, but 2.")]
    [InlineData("", "checkpoint: 9",
        "'pretrain': its trial 00001 has no checkpoint 9; it has checkpoint_000000, checkpoint_000001, checkpoint_000002, checkpoint_000003.")]
    [InlineData("checkpoint_frequency: 0, checkpoint_at_end: false,", "", "'pretrain': its trial 00001 has no checkpoint. Set checkpoint_config there.")]
    public async Task What_is_not_there_is_said_and_nothing_is_begun(string config, string which, string message)
    {
        Assert.Equal(1, await _run.RunAsync(File(config, which)));
        Assert.Contains(message, _run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_run.Storage, "finetune")));
    }

    [Fact]
    public async Task Experiment_that_ended_with_an_error_is_named()
    {
        Directory.CreateDirectory(_run.Storage);
        await System.IO.File.WriteAllTextAsync(Path.Combine(_run.Directory, "taken"), "", TestContext.Current.CancellationToken);
        Assert.Equal(1, await _run.RunAsync(File("", ""), "--set", "pretrain:storage_path=" + Path.Combine(_run.Directory, "taken")));
        Assert.Contains("finetune: callbacks.on_algorithm_init: restore_from_path takes a checkpoint of 'pretrain': it ended with an error.", _run.Error,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Experiment_that_is_left_out_by_only_is_an_error_of_the_file()
    {
        Assert.Equal(2, await _run.RunAsync(File("", ""), "--only", "finetune"));
        Assert.Contains("must be an experiment that this command runs before this one", _run.Error, StringComparison.Ordinal);
    }

    private Task<ResultGrid> LoadAsync(string name) => ResultGrid.LoadAsync(Path.Combine(_run.Storage, name), TestContext.Current.CancellationToken);

    private string File(string config, string which) => _run.Write("two.yaml", $$"""
        pretrain:
          run: counter
          config: {by: {grid_search: [1.0, 50.0]}, steps: 4}
          tune: {metric: count, mode: max}
          checkpoint_config: { {{(config.Contains("frequency", StringComparison.Ordinal) ? "" : "checkpoint_frequency: 1,")}} {{config}} }
          storage_path: ./results
        finetune:
          run: counter
          config: {by: 1.0, steps: 1}
          storage_path: ./results
          callbacks:
            on_algorithm_init:
              - restore_from_path: { path: { experiment: pretrain{{(which.Length > 0 ? ", " + which : "")}} } }
        """);
}
