using Tuning.Control;
using Tuning.Results;

namespace Tuning.Tests.Results;

public sealed class ResultGridTests
{
    private static readonly Objective _loss = new("loss", Mode.Min);

    [Fact]
    public async Task Load_gives_every_trial_as_the_journal_has_it()
    {
        using var experiment = ThreeTrials();
        var grid = await experiment.LoadAsync();

        Assert.Equal(("mine", experiment.Directory, 3), (grid.Name, grid.Directory, grid.Count));
        Assert.Equal([TrialStatus.Terminated, TrialStatus.Failed, TrialStatus.Running], grid.Select(t => t.Status));
        Assert.Equal(["stop: loss <= 0.2", "boom", null], grid.Select(t => t.Reason));
        Assert.Equal([3, 1, 2], grid.Select(t => t.Reports));
        Assert.Equal([0.2, 0.9, 0.4], grid.Select(t => t.Objective!.Value));
        Assert.Equal([null, "boom", null], grid.Select(t => t.Error));
        Assert.Equal([1], grid.Errors.Select(t => t.Id.Number));
        Assert.Equal(0.2, grid[0].Metrics["loss"].Number);
        Assert.Equal("x", grid[0].Metrics["note"].Text);
        Assert.Equal([KeyValuePair.Create<string, object?>("lr", 0.1)], grid[0].Parameters);
        Assert.Equal(TimeSpan.FromSeconds(6), grid[0].TimeTotal);
        Assert.Equal("00000 completed, loss = 0.2 (lr = 0.1)", grid[0].ToString());
        Assert.False(grid.IsFinished);
    }

    [Fact]
    public async Task Best_follows_metric_mode_and_scope()
    {
        using var experiment = ThreeTrials();
        var grid = await experiment.LoadAsync();

        Assert.Equal(0, grid.Best().Id.Number);
        Assert.Equal(2, grid.Best(mode: Mode.Max).Id.Number);
        Assert.Equal(1, grid.Best(mode: Mode.Max, includeFailed: true).Id.Number);
        Assert.Equal(2, grid.Best("loss", Mode.Min, ResultScope.Min).Id.Number);
        Assert.Equal(0, grid.Best("loss", Mode.Max, ResultScope.Max).Id.Number);
        Assert.Equal(2, grid.Best("loss", Mode.Min, ResultScope.Avg).Id.Number);
        Assert.Equal(2, grid.Best("accuracy", Mode.Max).Id.Number);
        Assert.Equal(0, grid.Best("training_iteration", Mode.Max).Id.Number);
    }

    [Fact]
    public async Task Old_names_of_metrics_are_understood()
    {
        using var experiment = new RecordedExperiment(_loss);
        experiment.Create(0, 0.1).Create(1, 0.2)
            .Report(0, new() { ["loss"] = 1, ["runners/mean"] = 3 }).Save(0, 0, 1).Report(0, new() { ["loss"] = 2, ["runners/mean"] = 2 }).Save(0, 1, 2)
            .Report(1, new() { ["loss"] = 3, ["runners/mean"] = 5 });
        var grid = await experiment.LoadAsync();

        Assert.Equal(0, grid.Best("old_loss").Id.Number);
        Assert.Equal(1, grid.Best("sampler/mean", Mode.Max).Id.Number);
        Assert.EndsWith("checkpoint_000000", grid[0].BestCheckpoint("old_loss")!.Path, StringComparison.Ordinal);
        var history = await grid[0].ReadHistoryAsync("sampler/mean", "loss");
        Assert.Equal([3, 2], history.Select(r => r.Metrics["sampler/mean"].Number));
        Assert.Equal([1, 2], history.Select(r => r.Metrics["loss"].Number));
    }

    [Fact]
    public async Task Experiment_that_could_not_go_on_says_so_until_it_is_resumed()
    {
        using var experiment = new RecordedExperiment(_loss);
        experiment.Create(0, 0.1).Add(new ExperimentEvent.TimePassed(default), new ExperimentCommand.FinishExperiment("the searcher waits", IsError: true));
        var grid = await experiment.LoadAsync();
        Assert.True(grid is { IsFinished: true, IsFailed: true, EndReason: "the searcher waits" });

        experiment.Add(new ExperimentEvent.Resumed(default, new()));
        Assert.True(await experiment.LoadAsync() is { IsFinished: false, IsFailed: false });
    }

    [Fact]
    public async Task Best_takes_the_older_of_equal_trials_and_never_one_with_nan()
    {
        using var experiment = new RecordedExperiment(_loss);
        experiment.Create(0, 0.1).Create(1, 0.2).Create(2, 0.3)
            .Report(0, new() { ["loss"] = double.NaN })
            .Report(2, new() { ["loss"] = 1 })
            .Report(1, new() { ["loss"] = 1 });
        Assert.Equal(1, (await experiment.LoadAsync()).Best().Id.Number);
    }

    [Fact]
    public async Task Best_without_a_metric_says_how_to_name_one()
    {
        using var experiment = new RecordedExperiment();
        experiment.Create(0, 0.1).Create(1, 0.2).Report(0, new() { ["loss"] = 1, ["accuracy"] = 2 });
        var grid = await experiment.LoadAsync();
        Assert.Equal(
            "The experiment 'mine' optimises nothing, so there is nothing to compare by. Say what: Best(\"loss\", Mode.Min). Reported metrics: loss, accuracy.",
            Assert.Throws<InvalidOperationException>(() => grid.Best()).Message);
        Assert.Equal(
            "'loss' is no objective of 'mine', so it is not known which direction is better. Say: Best(\"loss\", Mode.Max) or Mode.Min.",
            Assert.Throws<InvalidOperationException>(() => grid.Best("loss")).Message);
        Assert.Equal(
            "No trial of 'mine' reported 'los', so there is no best one. Did you mean 'loss'?",
            Assert.Throws<InvalidOperationException>(() => grid.Best("los", Mode.Min)).Message);
    }

    [Fact]
    public async Task Best_when_nothing_was_reported_says_so_with_the_first_error()
    {
        using var experiment = new RecordedExperiment(_loss);
        Assert.Equal("'mine' has no trials yet.", Assert.Throws<InvalidOperationException>(() => experiment.LoadAsync().Result.Best()).Message);
        experiment.Create(0, 0.1).Create(1, 0.1).End(0, TrialStatus.Failed, "no such file");
        var error = Assert.Throws<InvalidOperationException>(() => experiment.LoadAsync().Result.Best());
        Assert.Equal("No trial of 'mine' has reported anything, so there is no best one; 1 failed, the first with: no such file", error.Message);
        experiment.Report(1, new() { ["loss"] = double.NaN });
        Assert.Equal("Every 'loss' that the trials of 'mine' reported is NaN, so there is no best one.",
            Assert.Throws<InvalidOperationException>(() => experiment.LoadAsync().Result.Best()).Message);
        await Task.CompletedTask;
    }

    [Fact]
    public async Task The_only_trial_is_the_best_without_a_metric()
    {
        using var experiment = new RecordedExperiment();
        Assert.Equal(0, (await experiment.Create(0, 0.1).LoadAsync()).Best().Id.Number);
    }

    [Fact]
    public async Task History_has_the_metrics_that_were_asked_for()
    {
        using var experiment = ThreeTrials();
        var trial = (await experiment.LoadAsync())[0];

        var history = await trial.ReadHistoryAsync("loss", "accuracy", "time_total_s");
        Assert.Equal([1, 2, 3], history.Select(h => h.Report));
        Assert.Equal([0.5, 0.95, 0.2], history.Select(h => h["loss"]));
        Assert.Equal([double.NaN, double.NaN, 0.7], history.Select(h => h["accuracy"]));
        Assert.Equal([2, 4, 6], history.Select(h => h["time_total_s"]));
        Assert.All(history, h => Assert.False(h.Metrics.TryGet("note", out _)));
        Assert.Equal("x", (await trial.ReadHistoryAsync())[2].Metrics["note"].Text);

        var error = await Assert.ThrowsAsync<KeyNotFoundException>(() => trial.ReadHistoryAsync("loss", "acuracy"));
        Assert.Equal("Trial 00000 reported no 'acuracy'. Did you mean 'accuracy'?", error.Message);
    }

    [Fact]
    public async Task Checkpoints_are_the_latest_those_that_exist_and_the_best()
    {
        using var experiment = new RecordedExperiment(_loss);
        experiment.Create(0, 0.1)
            .Report(0, new() { ["loss"] = 3 }).Save(0, 0, 1)
            .Report(0, new() { ["loss"] = 1 }).Save(0, 1, 2)
            .Report(0, new() { ["loss"] = 2 }).Save(0, 2, 3);
        var trial = (await experiment.LoadAsync())[0];

        string At(int number) => Path.Combine(experiment.Directory, "trial_00000", $"checkpoint_{number:D6}");
        Assert.Equal(At(2), trial.Checkpoint!.Path);
        Assert.Equal(At(1), trial.BestCheckpoint()!.Path);
        Assert.Equal(At(0), trial.BestCheckpoint("loss", Mode.Max)!.Path);
        Directory.Delete(At(1));
        Assert.Equal([At(0), At(2)], trial.Checkpoints().Select(c => c.Path));
        Assert.Equal(At(2), trial.BestCheckpoint()!.Path);
    }

    [Fact]
    public async Task An_exploit_shows_the_configuration_and_the_checkpoint_that_were_taken_over()
    {
        using var experiment = new RecordedExperiment(_loss);
        var taken = ParameterSet.Empty.With("lr", 0.9).With("model.layers", 2);
        experiment.Create(0, 0.1).Create(1, 0.2).Report(1, new() { ["loss"] = 1 }).Save(1, 0, 1)
            .Report(
                0,
                new() { ["loss"] = 9 },
                new ExperimentCommand.PlanExploit(new(0), new(1), taken),
                new ExperimentCommand.Answer(new(0), 1, Verdict.Exploit, true, "9 is in the lower quarter"))
            .Add(new ExperimentEvent.SegmentEnded(DateTimeOffset.UnixEpoch, new(0), SegmentEnd.AsAnswered),
                new ExperimentCommand.AdoptCheckpoint(new(0), new(new(1), 0, 1)));
        var trial = (await experiment.LoadAsync())[0];

        Assert.Equal((TrialStatus.Pending, taken), (trial.Status, trial.Config));
        Assert.EndsWith(Path.Combine("trial_00001", "checkpoint_000000"), trial.Checkpoint!.Path, StringComparison.Ordinal);
        Assert.Equal("9 is in the lower quarter", trial.Reason);
    }

    [Fact]
    public async Task A_resume_makes_what_ran_pending_and_failed_trials_as_it_was_told()
    {
        using var experiment = ThreeTrials();
        experiment.Add(new ExperimentEvent.Resumed(DateTimeOffset.UnixEpoch, new() { Errored = ErroredTrials.Resume }));
        Assert.Equal([TrialStatus.Terminated, TrialStatus.Pending, TrialStatus.Pending], (await experiment.LoadAsync()).Select(t => t.Status));
    }

    [Fact]
    public async Task The_end_of_the_experiment_is_known()
    {
        using var experiment = ThreeTrials();
        experiment.Add(new ExperimentEvent.TimePassed(DateTimeOffset.UnixEpoch), new ExperimentCommand.FinishExperiment("all trials have ended"));
        var grid = await experiment.LoadAsync();
        Assert.Equal((true, "all trials have ended"), (grid.IsFinished, grid.EndReason));
    }

    [Fact]
    public async Task The_table_has_a_row_per_trial_with_metrics_and_configuration()
    {
        using var experiment = ThreeTrials();
        var table = (await experiment.LoadAsync()).ToTable();
        Assert.Equal(["trial_id", "trial", "status", "reports", "training_iteration", "time_total_s", "loss", "accuracy", "note", "config/lr",
            "config/model/layers",
            "checkpoint", "reason"], table.Columns);
        Assert.Equal(["00000", "trial_00000", "completed", 3L, 3L, 6.0, 0.2, 0.7, "x", 0.1, 2L, "trial_00000/checkpoint_000000", "stop: loss <= 0.2"],
            table.Rows[0]);
        Assert.Equal(0.4, table[2, "loss"]);
        Assert.Null(table[1, "checkpoint"]);
        Assert.Contains("'los'", Assert.Throws<KeyNotFoundException>(() => table[0, "los"]).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Csv_files_quote_what_needs_quotes()
    {
        using var experiment = new RecordedExperiment(_loss);
        experiment.Create(0, 0.1).Report(0, new() { ["loss"] = double.NaN, ["note"] = "a \"b\",\nc", ["ok"] = true }).End(0, reason: "plain");
        var grid = await experiment.LoadAsync();
        var file = Path.Combine(experiment.Storage, "out.csv");
        grid.WriteCsv(file);
        Assert.Equal(
            "trial_id,trial,status,reports,training_iteration,time_total_s,loss,note,ok,config/lr,config/model/layers,checkpoint," +
                "reason\n00000,trial_00000,completed," +
                "1,1,2,nan,\"a \"\"b\"\",\nc\",true,0.1,2,,plain\n",
            File.ReadAllText(file));
        grid.WriteHistoryCsv(file);
        Assert.StartsWith("trial_id,trial,report,training_iteration,time_total_s,timestamp,loss,note,ok\n00000,trial_00000,1,1,2,", File.ReadAllText(file),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_metric_is_lost_because_its_name_is_that_of_a_column()
    {
        using var experiment = new RecordedExperiment(_loss);
        var metrics = new Metrics { ["loss"] = 1 };
        string[] taken = ["trial_id", "trial", "status", "reports", "report", "checkpoint", "reason", "config/lr", "config/model/layers", "metrics/status"];
        foreach (var (i, name) in taken.Index())
        {
            metrics[name] = 100 + i;
        }

        experiment.Create(0, 0.1).Report(0, metrics).End(0, reason: "plain");
        var grid = await experiment.LoadAsync();
        var table = grid.ToTable();
        Assert.Equal(table.Columns, table.Columns.Distinct());
        Assert.Equal(("completed", 0.1, "plain"), (table[0, "status"], table[0, "config/lr"], table[0, "reason"]));
        Assert.Equal(Enumerable.Range(0, taken.Length),
            table.Rows[0].Where(v => v is long or double).Select(v => Convert.ToInt32(v, null) - 100).Where(v => v >= 0));
        Assert.Equal(102, Convert.ToInt32(table[0, "metrics/status"], null));
        var file = Path.Combine(experiment.Storage, "out.csv");
        grid.WriteHistoryCsv(file);
        var header = File.ReadLines(file).First().Split(',');
        Assert.Equal(header, header.Distinct());
        Assert.EndsWith(",1,100,101,102,103,104,105,106,107,108,109\n", File.ReadAllText(file), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Texts_that_a_spreadsheet_would_run_get_an_apostrophe_where_it_is_asked_for()
    {
        using var experiment = new RecordedExperiment(_loss);
        experiment.Create(0, -0.1).Report(0, new() { ["loss"] = -1.5, ["a"] = "=1+1", ["b"] = "@x", ["+c"] = "-2", ["d"] = "\t=1", ["e"] = "x=1", ["f"] = -3 })
            .End(0, reason: "+ended");
        var grid = await experiment.LoadAsync();
        var file = Path.Combine(experiment.Storage, "out.csv");
        grid.WriteCsv(file);
        Assert.Contains(",-1.5,=1+1,@x,-2,\t=1,x=1,-3,-0.1,2,,+ended\n", File.ReadAllText(file), StringComparison.Ordinal);
        grid.WriteCsv(file, forSpreadsheet: true);
        Assert.Contains(",loss,a,b,'+c,d,", File.ReadAllText(file), StringComparison.Ordinal);
        Assert.Contains(",-1.5,'=1+1,'@x,'-2,'\t=1,x=1,-3,-0.1,2,,'+ended\n", File.ReadAllText(file), StringComparison.Ordinal);
        grid.WriteHistoryCsv(file, forSpreadsheet: true);
        Assert.EndsWith(",-1.5,'=1+1,'@x,'-2,'\t=1,x=1,-3\n", File.ReadAllText(file), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, double.NaN, 3)]
    [InlineData(double.NaN, 1, 3)]
    [InlineData(1, 3, double.NaN)]
    public async Task One_value_that_is_no_number_spoils_no_scope(double first, double second, double third)
    {
        using var experiment = new RecordedExperiment(_loss);
        experiment.Create(0, 0.1);
        foreach (var loss in new[] { first, second, third })
        {
            experiment.Report(0, new() { ["loss"] = loss, ["other"] = loss == 3 ? double.PositiveInfinity : loss });
        }

        var grid = await experiment.End(0).LoadAsync();
        Assert.Equal(2.0, grid.Record.Values("loss", ResultScope.Avg)[new(0)]);
        Assert.Equal(double.PositiveInfinity, grid.Record.Values("other", ResultScope.Avg)[new(0)]);
        Assert.All([ResultScope.Min, ResultScope.Max, ResultScope.Avg], scope => Assert.Equal(0, grid.Best(scope: scope).Id.Number));
        if (double.IsNaN(third))
        {
            var message = Assert.Throws<InvalidOperationException>(() => grid.Best()).Message;
            Assert.StartsWith("The last 'loss' of every trial of 'mine' is NaN", message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_directory_without_an_experiment_lists_those_inside()
    {
        using var experiment = new RecordedExperiment(_loss);
        var error = await Assert.ThrowsAsync<DirectoryNotFoundException>(() => ResultGrid.LoadAsync(experiment.Storage, TestContext.Current.CancellationToken));
        Assert.Equal($"{experiment.Storage} is not the directory of an experiment: it has no journal.jsonl. Experiments inside: mine.", error.Message);
        await Assert.ThrowsAsync<DirectoryNotFoundException>(() =>
            ResultGrid.LoadAsync(Path.Combine(experiment.Storage, "other"), TestContext.Current.CancellationToken));
    }

    private static RecordedExperiment ThreeTrials() => new RecordedExperiment(_loss)
        .Create(0, 0.1).Create(1, 0.2).Create(2, 0.3)
        .Report(0, new() { ["loss"] = 0.5 })
        .Report(1, new() { ["loss"] = 0.9 })
        .Report(2, new() { ["loss"] = 0.1 })
        .Report(0, new() { ["loss"] = 0.95 })
        .End(1, TrialStatus.Failed, "boom")
        .Report(2, new() { ["loss"] = 0.4, ["accuracy"] = 0.8 })
        .Report(0, new() { ["loss"] = 0.2, ["accuracy"] = 0.7, ["note"] = "x" },
            new ExperimentCommand.Answer(new(0), 3, Verdict.Stop, true, "stop: loss <= 0.2"))
        .Save(0, 0, 3)
        .End(0, reason: "stop: loss <= 0.2");
}
