using System.CommandLine;
using Tuning.Training;
using Tuning.Results;

namespace Tuning.CommandLine;

/// <summary><c>show DIR</c>: the trials of an experiment, also while it runs.</summary>
internal static class ShowCommand
{
    private const int MaxRows = 50;

    public static void Build(Command command, CommandContext context)
    {
        var directory = new Argument<string>("DIR") { Description = "The experiment's directory." };
        var csv = new Option<string?>("--csv") { Description = "Write the trials as CSV to this file.", HelpName = "FILE" };
        var scope = new Option<ResultScope?>("--scope") { Description = "Compare trials by the last, max, min or avg value of the objective." };
        var history = new Option<bool>("--history") { Description = "With --csv: every report of every trial, not only the last." };
        command.Arguments.Add(directory);
        command.Options.Add(csv);
        var spreadsheet = new Option<bool>("--spreadsheet")
        {
            Description =
            "With --csv: texts that a spreadsheet would run (= + - @) get an apostrophe before them."
        };
        command.Options.Add(scope);
        command.Options.Add(history);
        command.Options.Add(spreadsheet);
        command.Validators.Add(result =>
        {
            foreach (var option in (Option<bool>[])[history, spreadsheet])
            {
                if (result.GetValue(option) && result.GetValue(csv) is null)
                {
                    result.AddError($"{option.Name} needs --csv FILE.");
                }
            }
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var results = await ResultGrid.LoadAsync(StoredExperiments.Find(parsed.GetValue(directory)!), cancellationToken).ConfigureAwait(false);
            results = results.InScope(parsed.GetValue(scope) ?? results.Scope);
            if (parsed.GetValue(csv) is { } file)
            {
                if (parsed.GetValue(history))
                {
                    results.WriteHistoryCsv(file, parsed.GetValue(spreadsheet));
                }
                else
                {
                    results.WriteCsv(file, parsed.GetValue(spreadsheet));
                }

                await context.Output.WriteLineAsync($"Written: {file}").ConfigureAwait(false);
                return CommandContext.Success;
            }

            var isRunning = !results.IsFinished && JournalLock.CurrentOwner(results.Directory) is not null;
            WriteTable(context.Output, results, isRunning);
            WriteCheckpoints(context.Output, results);
            WriteImportance(context.Output, results);
            WriteWarmStart(context.Output, results);
            var shortest = StartedAs.Shortest(results.Directory);
            var isStudy = StoredExperiments.TrySpecification(results.Directory)?.Run == AskAndTell.Instance.Name;
            new FinalSummary
            {
                IsRunning = isRunning,
                Planned = results.IsFinished ? null : StoredExperiments.Planned(context.Host().Catalog, results),
                ToResume = StartedAs.Command(isStudy ? "serve" : "resume", shortest),
                ToEvaluate = StartedAs.Command("evaluate", shortest),
                ToExport = StartedAs.Command("export", shortest),
                ToShow = StartedAs.Command("show", shortest, "--csv", "trials.csv")
            }.Write(context.Output, results);
            return CommandContext.Success;
        });
    }

    // Those of the best trial, the newest first.
    private static void WriteCheckpoints(TextWriter output, ResultGrid results)
    {
        var score = results.CheckpointScore;
        if (FinalSummary.Best(results) is not { Checkpoint: not null } trial || trial.ScoredCheckpoints(score) is not { Count: > 0 } checkpoints)
        {
            return;
        }

        var best = score is null ? null : trial.BestCheckpoint()?.Path;
        output.WriteLine();
        TextTable.Write(output, ["checkpoint", "iter", .. score is null ? (string[])[] : [Readable.LastPart(score.Metric, '/')], ""],
        [
            .. checkpoints.Reverse().Take(MaxRows).Select(c => (string[])
            [
                Path.GetRelativePath(results.Directory, c.Directory.Path).Replace('\\', '/'), c.Iteration.ToString(CultureInfo.InvariantCulture),
                .. score is null ? (string[])[] : [Readable.Number(c.Score)], c.Directory.Path == best ? "best" : "",
            ]),
        ]);
    }

    private static void WriteImportance(TextWriter output, ResultGrid results)
    {
        var importance = results.Importance();
        if (importance.Count > 1)
        {
            output.WriteLine();
            output.WriteLine($"Parameters by importance (what set the best trials apart): " +
                $"{string.Join(", ", importance.Take(10).Select(i => Invariant($"{i.Parameter} {i.Share:P0}")))}");
        }
    }

    private static void WriteWarmStart(TextWriter output, ResultGrid results)
    {
        if (!results.WarmStartUsage.IsEmpty)
        {
            output.WriteLine();
        }

        foreach (var usage in results.WarmStartUsage)
        {
            output.WriteLine($"Warm start: {usage}");
        }
    }

    private static void WriteTable(TextWriter output, ResultGrid results, bool isRunning)
    {
        var objective = results.Objectives is [var first, ..] ? first : null;
        var parameters = results.Count > 0 ? results.SelectMany(t => t.Parameters.Select(p => p.Key)).Distinct().ToArray() : [];
        string[] feasible = results.FeasibleIf.IsEmpty ? [] : ["feasible"];
        var others = results.Objectives.Skip(1).Select(o => (Name: Readable.LastPart(o.Metric, '/'), Values: results.Record.Values(o.Metric, ResultScope.Last)))
            .ToArray();
        string[] header = ["trial", "status", "iter", "time", .. objective is null ? (string[])[] : [Readable.LastPart(objective.Metric, '/')],
            .. others.Select(o => o.Name), .. feasible, .. parameters.Select(p => Readable.LastPart(p, '.')), "reason"];

        // The best first where there is a best; else in order. Those that are not feasible come after all that are.
        var trials = objective is null ? results.AsEnumerable() : results.OrderBy(t => t.Violation, Comparer<double>.Create(Feasibility.Compare))
            .ThenBy(t => t.Standing, Comparer<double?>.Create(objective.Compare)).ThenBy(t => t.Id);
        TextTable.Write(output, header,
        [
            .. trials.Take(MaxRows).Select(t => (string[])
            [
                t.Id.ToString(), t.Status == TrialStatus.Running && !isRunning ? "interrupted" : t.Word,
                t.TrainingIteration.ToString(CultureInfo.InvariantCulture), Readable.Duration(t.TimeTotal),
                .. objective is null ? (string[])[] : [Readable.Number(t.Standing)],
                .. others.Select(o => o.Values.TryGetValue(t.Id, out var value) ? Readable.Number(value) : ""),
                .. feasible.Select(_ => Readable.Feasible(t.Violation)),
                .. parameters.Select(p => t.Config.TryGet(p, out var value) ? Readable.Value(value) : ""),
                Readable.OneLine(t.Reason ?? "", 60),
            ]),
        ]);
        if (results.Count > MaxRows)
        {
            output.WriteLine($"… and {results.Count - MaxRows} more; --csv FILE has them all.");
        }
    }
}
