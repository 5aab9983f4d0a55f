using Tuning.Loggers;

namespace Tuning.Tests.Loggers;

public sealed class DecisionFileTests
{
    private static readonly Decision _pruned =
        new(LoggerRun.Start.AddSeconds(1.5), DecisionKind.Prune, new TrialId(3), 16, "0.71 is below the cutoff 0.83 of 12 trials, \"rung 16\"");
    private static readonly Decision _perturbed =
        new(LoggerRun.Start.AddSeconds(2), DecisionKind.Exploit, new TrialId(4), 20, "lr 0.1 -> 0.08") { Source = new TrialId(1) };
    private static readonly Decision _stopped = new(LoggerRun.Start.AddSeconds(3), DecisionKind.StopExperiment, null, 0, "time is up");

    [Fact]
    public void Decisions_are_rows_in_order()
    {
        using var run = new LoggerRun();
        using var logger = new CsvLogger();
        logger.Setup(run.Experiment);
        logger.OnDecision(_pruned);
        logger.OnDecision(_perturbed);
        logger.OnExperimentEnd(true, "done");
        logger.OnDecision(_stopped);
        Assert.Equal(
            """"
            time,decision,trial,report,source,reason
            2026-11-20T08:00:01.500Z,prune,00003,16,,"0.71 is below the cutoff 0.83 of 12 trials, ""rung 16"""
            2026-11-20T08:00:02.000Z,exploit,00004,20,00001,lr 0.1 -> 0.08
            2026-11-20T08:00:03.000Z,stop_experiment,,,,time is up

            """".ReplaceLineEndings("\n"),
            Text(run));
    }

    [Fact]
    public void A_resumed_experiment_has_them_all_whatever_the_crash_left()
    {
        using var run = new LoggerRun();
        using (var killed = new CsvLogger())
        {
            killed.Setup(run.Experiment);
            killed.OnDecision(_pruned);
        }

        var path = Path.Combine(run.Experiment.Directory, "decisions.csv");
        File.AppendAllText(path, "2026-11-20T08:00:02.000Z,expl");
        using var logger = new CsvLogger();
        logger.Setup(run.Experiment);
        logger.RecoverDecisions([_pruned, _perturbed]);
        logger.OnDecision(_stopped);
        using var whole = new LoggerRun();
        using var undisturbed = new CsvLogger();
        undisturbed.Setup(whole.Experiment);
        foreach (var decision in new[] { _pruned, _perturbed, _stopped })
        {
            undisturbed.OnDecision(decision);
        }

        Assert.Equal(Text(whole), Text(run));
        Assert.False(File.Exists(path + ".new"));
    }

    private static string Text(LoggerRun run) => File.ReadAllText(Path.Combine(run.Experiment.Directory, "decisions.csv"));
}
