using System.Text.Json;
using Tuning.Loggers;

namespace Tuning.Tests.Loggers;

public sealed class JsonLoggerTests
{
    [Fact]
    public void Each_report_is_one_line_of_strict_json_with_nested_metrics()
    {
        var lines = Lines(LoggerRun.Reports(), "stop: loss <= 0.3");
        Assert.Equal(4, lines.Length);
        Assert.Equal(0.5, lines[0].GetProperty("loss").GetDouble());
        Assert.Equal(-1200.25, lines[0].GetProperty("env").GetProperty("return").GetProperty("mean").GetDouble());
        Assert.Equal("4096", lines[0].GetProperty("env").GetProperty("steps").GetRawText());
        Assert.True(lines[0].GetProperty("good").GetBoolean());
        Assert.Equal(JsonValueKind.Null, lines[1].GetProperty("loss").ValueKind);
        Assert.Equal(JsonValueKind.Null, lines[1].GetProperty("env").GetProperty("return").GetProperty("mean").ValueKind);
        Assert.Equal("two\nlines, \"quoted\"", lines[2].GetProperty("note").GetString());
    }

    [Fact]
    public void Every_line_has_the_automatic_fields()
    {
        var line = Lines(LoggerRun.Reports(), null)[1];
        Assert.Equal(2, line.GetProperty("training_iteration").GetInt32());
        Assert.Equal(20, line.GetProperty("time_total_s").GetDouble());
        Assert.Equal(10, line.GetProperty("time_this_iter_s").GetDouble());
        Assert.Equal(LoggerRun.Start.AddSeconds(20).ToUnixTimeSeconds(), line.GetProperty("timestamp").GetInt64());
        Assert.Equal("00000", line.GetProperty("trial_id").GetString());
        Assert.Equal(Environment.ProcessId, line.GetProperty("pid").GetInt32());
        Assert.Equal(Environment.MachineName, line.GetProperty("hostname").GetString());
        Assert.Matches(@"^2026-11-\d\d_\d\d-\d\d-\d\d[+-]\d\d:\d\d$", line.GetProperty("date").GetString()!);
        Assert.False(line.GetProperty("done").GetBoolean());
        Assert.Equal(LoggerRun.Trial(0).Config, ParameterSet.Parse(line.GetProperty("config").GetRawText()));
    }

    [Fact]
    public void Only_the_last_line_of_an_ended_trial_is_done()
    {
        var lines = Lines(LoggerRun.Reports(), "stop: \"quoted\" \n reason");
        Assert.All(lines[..3], line => Assert.False(line.GetProperty("done").GetBoolean()));
        Assert.True(lines[3].GetProperty("done").GetBoolean());
        Assert.Equal("stop: \"quoted\" \n reason", lines[3].GetProperty("stop_reason").GetString());
    }

    [Fact]
    public void A_value_that_the_trainable_reports_itself_stands_once()
    {
        var metrics = new Metrics { ["training_iteration"] = 41, ["hostname"] = "mine", ["done"] = false, ["trial_id"] = "x", ["time_total_s"] = 1.5 };
        var text = Text([LoggerRun.Report(1, metrics)], null);
        var line = JsonDocument.Parse(text).RootElement;
        Assert.Equal(41, line.GetProperty("training_iteration").GetInt32());
        Assert.Equal("mine", line.GetProperty("hostname").GetString());
        Assert.Equal("00000", line.GetProperty("trial_id").GetString());
        Assert.Equal(line.EnumerateObject().Count(), line.EnumerateObject().Select(p => p.Name).Distinct().Count());
    }

    [Fact]
    public void Metrics_below_any_field_of_the_line_keep_their_path_and_no_key_stands_twice()
    {
        var metrics = new Metrics();
        foreach (var field in Lines(LoggerRun.Reports()[..1], "over")[0].EnumerateObject().Select(p => p.Name).Distinct().ToArray())
        {
            metrics[field + "/x"] = 1;
            metrics[field + "/y/z"] = 2;
        }

        metrics["a/done"] = 3;
        metrics["config"] = 4;
        var line = Lines([LoggerRun.Report(1, metrics)], "over")[0];
        Assert.Equal(line.EnumerateObject().Count(), line.EnumerateObject().Select(p => p.Name).Distinct().Count());
        Assert.True(line.GetProperty("done").GetBoolean());
        Assert.Equal(1, line.GetProperty("done/x").GetInt32());
        Assert.Equal(2, line.GetProperty("config/y/z").GetInt32());
        Assert.Equal(3, line.GetProperty("a").GetProperty("done").GetInt32());
        Assert.Equal(4, line.GetProperty("config").GetInt32());
    }

    [Fact]
    public void A_path_that_is_both_a_value_and_a_branch_keeps_both()
    {
        var text = Text([LoggerRun.Report(1, new() { ["a"] = 1, ["a/b"] = 2, ["c/d"] = 3, ["x"] = 0, ["c/e"] = 4, ["c"] = 5, ["/f"] = 6, ["g/"] = 7 })], null);
        var line = JsonDocument.Parse(text).RootElement;
        Assert.Equal(1, line.GetProperty("a").GetInt32());
        Assert.Equal(2, line.GetProperty("a/b").GetInt32());
        Assert.Equal(4, line.GetProperty("c").GetProperty("e").GetInt32());
        Assert.Equal(6, line.GetProperty("/f").GetInt32());
        Assert.Equal(7, line.GetProperty("g/").GetInt32());
        Assert.Equal(5, line.GetProperty("c/").GetInt32());
    }

    [Fact]
    public void Arrays_are_left_to_tensorboard()
    {
        var text = Text([LoggerRun.Report(1, new() { ["weights"] = new[] { 1f, 2f }, ["loss"] = 3, ["b/weights"] = new[] { 1f }, ["d"] = 4 })], null);
        var line = JsonDocument.Parse(text).RootElement;
        Assert.Equal(3, line.GetProperty("loss").GetInt32());
        Assert.Equal(4, line.GetProperty("d").GetInt32());
        Assert.False(line.TryGetProperty("weights", out _));
        Assert.False(line.TryGetProperty("b", out _));
    }

    [Fact]
    public void The_configuration_is_in_params_json_and_follows_an_exploit()
    {
        using var run = new LoggerRun();
        using var logger = new JsonLogger();
        logger.Setup(run.Experiment);
        logger.OnTrialStart(LoggerRun.Trial(0));
        var text = File.ReadAllText(run.File("params.json"));
        Assert.StartsWith("{\n  \"activation\": \"relu\",\n  \"bias\": true,\n  \"layers\": 2,\n  \"lr\": 0.01,", text, StringComparison.Ordinal);
        Assert.Equal(LoggerRun.Trial(0).Config, ParameterSet.Parse(text));

        var changed = LoggerRun.Trial(0) with { Config = LoggerRun.Trial(0).Config.With("lr", 0.5) };
        logger.OnTrialExploit(changed, new(new(1), 0, 3));
        Assert.Equal(changed.Config, ParameterSet.Parse(File.ReadAllText(run.File("params.json"))));
        Assert.Equal(["params.json"], Directory.GetFiles(run.TrialDirectory).Select(Path.GetFileName));
    }

    [Fact]
    public void A_line_left_wrong_by_a_crash_in_the_middle_of_its_mending_is_cut()
    {
        using var run = new LoggerRun();
        using var logger = new JsonLogger();
        logger.Setup(run.Experiment);
        LoggerRun.Live(logger, LoggerRun.Reports(), null);
        logger.OnExperimentEnd(false, "killed");
        var text = File.ReadAllText(run.File("result.json"));
        File.WriteAllText(run.File("result.json"), text[..^14] + "\"done\":trlse}\n");
        Assert.Equal(3, logger.Recover(LoggerRun.Trial(4, TrialStatus.Terminated, "x")));
    }

    [Fact]
    public void A_failed_trial_is_done_with_its_error()
    {
        using var run = new LoggerRun();
        using var logger = new JsonLogger();
        logger.Setup(run.Experiment);
        LoggerRun.Live(logger, LoggerRun.Reports()[..1], null);
        logger.OnTrialError(LoggerRun.Trial(1, TrialStatus.Failed), "InvalidOperationException: boom");
        var line = JsonDocument.Parse(File.ReadAllText(run.File("result.json"))).RootElement;
        Assert.True(line.GetProperty("done").GetBoolean());
        Assert.Equal("InvalidOperationException: boom", line.GetProperty("stop_reason").GetString());
    }

    private static JsonElement[] Lines(Trials.TrialReport[] reports, string? stopReason) =>
        [.. Text(reports, stopReason).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement)];

    private static string Text(Trials.TrialReport[] reports, string? stopReason)
    {
        using var run = new LoggerRun();
        using var logger = new JsonLogger();
        logger.Setup(run.Experiment);
        LoggerRun.Live(logger, reports, stopReason);
        return File.ReadAllText(run.File("result.json"));
    }
}
