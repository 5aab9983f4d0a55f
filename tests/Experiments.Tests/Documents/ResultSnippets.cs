using Tuning.Training;

namespace Tuning.Tests.Documents;

/// <summary>What docs/results.md and docs/resume.md show.</summary>
internal static class ResultSnippets
{
    public static async Task<double> ReadAsync(string directory)
    {
        var results = await ResultGrid.LoadAsync(directory);

        var best = results.Best();                                       // by the experiment's objective, the last value of each trial
        best = results.Best("loss", Mode.Min, ResultScope.Min);          // by another metric, direction, or scope
        var kept = best.BestCheckpoint();                                // by checkpoint_score_attribute, else by the objective
        Console.WriteLine($"{best.Id}: {best.Objective} after {best.Reports} reports, {best.Reason}");
        foreach (var (path, value) in best.Parameters)
        {
            Console.WriteLine($"  {path} = {value}");
        }

        foreach (var trial in results.Errors)
        {
            Console.WriteLine($"{trial.Id} failed: {trial.Error}");
        }

        var history = await best.ReadHistoryAsync("loss");               // one row per report
        var first = history[0]["loss"];
        Console.WriteLine(best.Checkpoint?.Path);                        // the latest; BestCheckpoint() and Checkpoints() have the others
        return first;
    }

    public static void Csv(ResultGrid results, string folder)
    {
        results.WriteCsv(Path.Combine(folder, "trials.csv"));            // one row per trial
        results.WriteHistoryCsv(Path.Combine(folder, "reports.csv"));    // one row per report
    }

    public static async Task<ResultGrid> StartOrContinueAsync(string storage, TrainableDefinition trainable, SearchSpace space, TuneConfig tune)
    {
        var run = new RunConfig { Name = "descend", StoragePath = storage, Resume = Resume.IfExists, Stop = { ["training_iteration"] = 10 } };
        var results = await new Tuner(trainable, space, tune, run).FitAsync();
        return results;
    }

    public static async Task<int> WatchAsync(Tuner tuner)
    {
        await using var run = await tuner.StartAsync();
        Console.WriteLine($"{run.Name} in {run.Directory}");
        await foreach (var happened in run.Events)
        {
            if (happened is RunEvent.TrialReported { Report: var report } && report.Metrics.Number("loss") < 0.01)
            {
                run.RequestStop("good enough");
            }
        }

        var results = await run.Completion;
        return results.Count;
    }

    public static async Task<ResultGrid> ResumeAsync(string directory, TrainableDefinition trainable)
    {
        var results = await Tuner.RestoreAsync(directory, trainable, new RestoreOptions { AddSamples = 2 });
        return results;
    }

    public static async Task<VerificationReport> VerifyAsync(string directory, TrainableDefinition trainable)
    {
        var report = await Tuner.VerifyAsync(directory, trainable);
        return report;
    }
}
