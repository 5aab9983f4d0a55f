using Tuning.Loggers;
using Tuning.Loggers.TensorBoard;
using Tuning.Trials;

namespace Tuning.Tests.Loggers;

/// <summary>What holds for every logger: its file is a projection of the journal. A new logger is one more row.</summary>
public sealed class LoggerContractTests
{
    private const string Reason = "stop: loss <= 0.3";

    public static TheoryData<string, string> Loggers => new()
    {
        { "json", "result.json" },
        { "csv", "progress.csv" },
        { "tensorboard", "events.out.tfevents.*" },
    };

    [Theory]
    [MemberData(nameof(Loggers))]
    public void Recover_mends_a_file_that_was_torn_at_any_byte_of_a_trial_that_had_ended(string name, string pattern) =>
        TearEverywhere(name, pattern, LoggerRun.Trial(4, TrialStatus.Terminated, Reason), complete: true);

    [Theory]
    [MemberData(nameof(Loggers))]
    public void Recover_mends_a_file_that_was_torn_at_any_byte_of_a_trial_that_goes_on(string name, string pattern) =>
        TearEverywhere(name, pattern, LoggerRun.Trial(4, TrialStatus.Pending), complete: false);

    [Theory]
    [MemberData(nameof(Loggers))]
    public void Recover_cuts_what_the_journal_does_not_hold(string name, string pattern)
    {
        using var run = new LoggerRun();
        var shorter = Undisturbed(name, pattern, [.. LoggerRun.Reports().Take(3)]);
        using var logger = Make(name, run);
        LoggerRun.Live(logger, LoggerRun.Reports(), stopReason: null);
        logger.OnExperimentEnd(false, "killed");
        using var next = Make(name, run);
        Assert.Equal(3, next.Recover(LoggerRun.Trial(3, TrialStatus.Pending)));
        if (name == "csv")
        {
            // The columns of the fourth report stay: a file that has been widened is not narrowed again.
            Assert.Equal(4, File.ReadAllText(FileOf(run, pattern)).Split("\n1,10,").Length + 2);
        }
        else
        {
            Assert.Equal(shorter, File.ReadAllBytes(FileOf(run, pattern)));
        }
    }

    [Theory]
    [MemberData(nameof(Loggers))]
    public void A_trial_that_pauses_goes_on_in_the_same_file(string name, string pattern)
    {
        var expected = Undisturbed(name, pattern, LoggerRun.Reports());
        using var run = new LoggerRun();
        using var logger = Make(name, run);
        foreach (var report in LoggerRun.Reports())
        {
            logger.OnTrialStart(LoggerRun.Trial(report.Number - 1));
            logger.OnTrialResult(LoggerRun.Trial(report.Number), report, null);
            logger.OnTrialPause(LoggerRun.Trial(report.Number, TrialStatus.Paused));
        }

        Assert.Equal(expected, File.ReadAllBytes(FileOf(run, pattern)));
    }

    [Theory]
    [MemberData(nameof(Loggers))]
    public void A_trial_that_ended_and_is_extended_looks_as_if_it_had_never_ended(string name, string pattern)
    {
        var expected = Undisturbed(name, pattern, LoggerRun.Reports());
        using var run = new LoggerRun();
        using var logger = Make(name, run);
        var reports = LoggerRun.Reports();
        LoggerRun.Live(logger, reports[..2], Reason);
        logger.OnTrialComplete(LoggerRun.Trial(2, TrialStatus.Terminated, Reason));
        logger.OnTrialStart(LoggerRun.Trial(2));
        logger.OnTrialResult(LoggerRun.Trial(3), reports[2], null);
        logger.OnTrialResult(LoggerRun.Trial(4), reports[3], null);
        Assert.Equal(expected, File.ReadAllBytes(FileOf(run, pattern)));
    }

    [Theory]
    [MemberData(nameof(Loggers))]
    public void An_end_is_written_alike_whether_it_was_known_with_the_report_or_only_afterwards(string name, string pattern)
    {
        byte[] Written(Action<TunerCallback> end, string? stopReason)
        {
            using var run = new LoggerRun();
            using var logger = Make(name, run);
            LoggerRun.Live(logger, LoggerRun.Reports(), stopReason);
            end(logger);
            return File.ReadAllBytes(FileOf(run, pattern));
        }

        var ended = LoggerRun.Trial(4, TrialStatus.Terminated, Reason);
        var known = Written(logger => logger.OnTrialComplete(ended), Reason);
        var afterwards = Written(logger => logger.OnTrialComplete(ended), null);
        var afterPause = Written(
            logger =>
            {
                logger.OnTrialPause(LoggerRun.Trial(4, TrialStatus.Paused));
                logger.OnTrialComplete(ended);
            },
            null);
        Assert.Equal(known, afterwards);
        Assert.Equal(known, afterPause);
    }

    [Theory]
    [MemberData(nameof(Loggers))]
    public void A_trial_that_never_reported_leaves_no_file(string name, string pattern)
    {
        using var run = new LoggerRun();
        using var logger = Make(name, run);
        logger.OnTrialStart(LoggerRun.Trial(0));
        logger.OnTrialError(LoggerRun.Trial(0, TrialStatus.Failed, "boom"), "boom");
        Assert.Empty(Directory.Exists(run.TrialDirectory) ? Directory.GetFiles(run.TrialDirectory, pattern) : []);
        Assert.Equal(0, logger.Recover(LoggerRun.Trial(0)));
    }

    private static void TearEverywhere(string name, string pattern, TrialView trial, bool complete)
    {
        using var run = new LoggerRun();
        byte[] whole;
        using (var logger = Make(name, run))
        {
            LoggerRun.Live(logger, LoggerRun.Reports(), complete ? Reason : null);
            if (complete)
            {
                logger.OnTrialComplete(trial);
            }

            whole = File.ReadAllBytes(FileOf(run, pattern));
        }

        var path = FileOf(run, pattern);
        var reports = LoggerRun.Reports();
        var heldBefore = 0;
        // At every byte about the ends of lines, and at some in between.
        bool IsTried(int at) => at % 7 == 0 || at > whole.Length - 60
            || whole.AsSpan(Math.Max(0, at - 30), Math.Min(60, whole.Length - at)).Contains((byte)'\n');
        foreach (var length in Enumerable.Range(0, whole.Length + 1).Where(IsTried))
        {
            File.WriteAllBytes(path, whole[..length]);
            using var logger = Make(name, run);
            var held = logger.Recover(trial);
            Assert.InRange(held, heldBefore, 4);
            heldBefore = held;
            foreach (var report in reports[held..])
            {
                logger.OnTrialResult(trial, report, null);
            }

            Assert.True(whole.AsSpan().SequenceEqual(File.ReadAllBytes(path)),
                $"Torn at {length} of {whole.Length}: {held} reports were kept, and the mended file differs.");
        }

        Assert.Equal(4, heldBefore);
    }

    private static byte[] Undisturbed(string name, string pattern, TrialReport[] reports)
    {
        using var run = new LoggerRun();
        using var logger = Make(name, run);
        LoggerRun.Live(logger, reports, stopReason: null);
        return File.ReadAllBytes(FileOf(run, pattern));
    }

    private static string FileOf(LoggerRun run, string pattern) => Directory.GetFiles(run.TrialDirectory, pattern).Single();

    private static ContractLogger Make(string name, LoggerRun run)
    {
        LoggerCallback logger = name switch
        {
            "json" => new JsonLogger(),
            "csv" => new CsvLogger(),
            _ => new TensorBoardLogger(),
        };
        logger.Setup(run.Experiment);
        return new(logger);
    }

    private sealed class ContractLogger(LoggerCallback inner) : LoggerCallback, IDisposable
    {
        public override void OnTrialStart(TrialView trial) => inner.OnTrialStart(trial);

        public override void OnTrialResult(TrialView trial, TrialReport report, string? stopReason) => inner.OnTrialResult(trial, report, stopReason);

        public override void OnTrialPause(TrialView trial) => inner.OnTrialPause(trial);

        public override void OnTrialComplete(TrialView trial) => inner.OnTrialComplete(trial);

        public override void OnTrialError(TrialView trial, string error) => inner.OnTrialError(trial, error);

        public override void OnExperimentEnd(bool finished, string reason) => inner.OnExperimentEnd(finished, reason);

        public override int Recover(TrialView trial) => inner.Recover(trial);

        public void Dispose() => ((IDisposable)inner).Dispose();
    }
}
