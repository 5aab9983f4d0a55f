using CsvHelper;
using Tuning.Loggers;

namespace Tuning.Tests.Loggers;

public sealed class CsvLoggerTests
{
    [Fact]
    public void A_metric_that_appears_later_widens_the_file_and_loses_nothing()
    {
        var (header, rows) = Read(Text(LoggerRun.Reports()));
        Assert.Equal(
            ["training_iteration", "time_total_s", "time_this_iter_s", "timestamp", "date", "trial_id", "pid", "hostname", "done",
             "loss", "env/return/mean", "env/steps", "good", "note", "late/metric", "later"],
            header);
        Assert.Equal(4, rows.Count);
        Assert.Equal(["1", "10", "10"], rows[0][..3]);
        Assert.Equal(["0.5", "-1200.25", "4096", "true", "", "", ""], rows[0][9..]);
        Assert.Equal(["nan", "inf", "8192", "false", "", "", ""], rows[1][9..]);
        Assert.Equal(["0.25", "1E-300", "", "", "two\nlines, \"quoted\"", "1", ""], rows[2][9..]);
        Assert.Equal(["-0", "", "", "", "ü → 1", "2", "3.5"], rows[3][9..]);
    }

    [Fact]
    public void Hundreds_of_metrics_that_appear_one_by_one_all_have_their_column()
    {
        var reports = Enumerable.Range(1, 300).Select(n => LoggerRun.Report(n, new() { ["m" + n] = n })).ToArray();
        var (header, rows) = Read(Text(reports));
        Assert.Equal(309, header.Length);
        for (var n = 0; n < 300; n++)
        {
            Assert.Equal(309, rows[n].Length);
            Assert.Equal((n + 1).ToString(), rows[n][9 + n]);
            Assert.Equal(299, rows[n][9..].Count(string.IsNullOrEmpty));
        }
    }

    [Fact]
    public void Every_line_feed_and_quote_survives_widening()
    {
        var reports = new[]
        {
            LoggerRun.Report(1, new() { ["a"] = "\"" }),
            LoggerRun.Report(2, new() { ["a"] = "\n\n\"\",\n" }),
            LoggerRun.Report(3, new() { ["a"] = "x", ["b"] = "y" }),
        };
        var (_, rows) = Read(Text(reports));
        Assert.Equal(["\"", "\n\n\"\",\n", "x"], rows.Select(r => r[9]));
        Assert.Equal(["", "", "y"], rows.Select(r => r[10]));
    }

    [Fact]
    public void Only_the_last_row_of_an_ended_trial_is_done_until_it_goes_on()
    {
        using var run = new LoggerRun();
        using var logger = new CsvLogger();
        logger.Setup(run.Experiment);
        LoggerRun.Live(logger, LoggerRun.Reports(), null);
        Assert.Equal(["false", "false", "false", "false"], Done(run));
        logger.OnTrialComplete(LoggerRun.Trial(4, TrialStatus.Terminated, "ended by itself"));
        Assert.Equal(["false", "false", "false", "true"], Done(run));
        logger.OnTrialStart(LoggerRun.Trial(4));
        Assert.Equal(["false", "false", "false", "false"], Done(run));
    }

    [Fact]
    public void A_file_of_an_earlier_version_gets_the_column_when_its_trial_goes_on()
    {
        using var run = new LoggerRun();
        Directory.CreateDirectory(run.TrialDirectory);
        const string old = "training_iteration,time_total_s,time_this_iter_s,timestamp,date,trial_id,pid,hostname,loss\n1,10,10,0,x,00000,1,h,0.5\n";
        File.WriteAllText(run.File("progress.csv"), old);
        using var logger = new CsvLogger();
        logger.Setup(run.Experiment);
        Assert.Equal(1, logger.Recover(LoggerRun.Trial(1, TrialStatus.Terminated, "x")));
        Assert.Equal(old, File.ReadAllText(run.File("progress.csv")));
        logger.OnTrialStart(LoggerRun.Trial(1));
        logger.OnTrialResult(LoggerRun.Trial(2, TrialStatus.Stopping), LoggerRun.Report(2, new() { ["loss"] = 0.25 }), "stop");
        logger.OnExperimentEnd(true, "");
        var (header, rows) = Read(File.ReadAllText(run.File("progress.csv")));
        Assert.Equal(["loss", "done"], header[8..]);
        Assert.Equal(["0.5", ""], rows[0][8..]);
        Assert.Equal(["0.25", "true"], rows[1][8..]);
    }

    [Fact]
    public void A_crash_while_the_file_is_widened_leaves_the_old_one()
    {
        using var run = new LoggerRun();
        using var logger = new CsvLogger();
        logger.Setup(run.Experiment);
        LoggerRun.Live(logger, LoggerRun.Reports()[..2], null);
        var whole = File.ReadAllText(run.File("progress.csv"));
        File.WriteAllText(run.File("progress.csv.new"), "training_iter");
        Assert.Equal(2, logger.Recover(LoggerRun.Trial(2, TrialStatus.Pending)));
        Assert.Equal(whole, File.ReadAllText(run.File("progress.csv")));
        Assert.False(File.Exists(run.File("progress.csv.new")));
    }

    [Fact]
    public void Trials_that_report_different_metrics_have_columns_of_their_own()
    {
        using var run = new LoggerRun();
        using var logger = new CsvLogger();
        logger.Setup(run.Experiment);
        foreach (var id in new[] { 0, 1, 2 })
        {
            var trial = LoggerRun.Trial(1) with { Id = new(id) };
            logger.OnTrialResult(trial, LoggerRun.Report(1, new() { [id == 1 ? "b" : "a"] = id }) with { Trial = new(id) }, null);
        }

        var headers = new[] { 0, 1,
            2 }.Select(id => File.ReadLines(Path.Combine(run.Experiment.TrialDirectory(new(id)), "progress.csv")).First().Split(',')[^1]);
        Assert.Equal(["a", "b", "a"], headers);
    }

    private static (string[] Header, List<string[]> Rows) Read(string text)
    {
        using var reader = CsvReader.FromText(text, new CsvReaderOptions { Separator = ',' });
        reader.ReadHeader();
        var header = reader.Headers.ToArray();
        var rows = new List<string[]>();
        while (reader.Read())
        {
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetString)]);
        }

        return (header, rows);
    }

    private static List<string> Done(LoggerRun run)
    {
        var (header, rows) = Read(File.ReadAllText(run.File("progress.csv")));
        return [.. rows.Select(r => r[Array.IndexOf(header, "done")])];
    }

    private static string Text(Trials.TrialReport[] reports)
    {
        using var run = new LoggerRun();
        using var logger = new CsvLogger();
        logger.Setup(run.Experiment);
        LoggerRun.Live(logger, reports, null);
        return File.ReadAllText(run.File("progress.csv"));
    }
}
