using System.CommandLine;

namespace Tuning.CommandLine;

/// <summary><c>list</c>: the experiments in the storage.</summary>
internal static class ListCommand
{
    private static readonly string[] _header = ["experiment", "status", "trials", "best", "age"];

    public static void Build(Command command, CommandContext context)
    {
        var storage = new Option<string>("--storage")
        {
            Description = "The directory that holds the experiments.",
            HelpName = "DIR",
            DefaultValueFactory = _ => "results"
        };
        command.Options.Add(storage);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var directory = Path.GetFullPath(parsed.GetValue(storage)!);
            if (!Directory.Exists(directory))
            {
                throw new DirectoryNotFoundException($"There is no storage {directory}. Name another with --storage DIR.");
            }

            var rows = new List<(DateTimeOffset Started, string[] Cells)>();
            var unreadable = new List<string>();
            var catalog = new Lazy<ComponentCatalog>(() => context.Host().Catalog);
            foreach (var experiment in StoredExperiments.In(directory))
            {
                try
                {
                    rows.Add(await DescribeAsync(experiment, context.Time.GetUtcNow(), catalog, cancellationToken).ConfigureAwait(false));
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    // One that cannot be read does not hide the others.
                    rows.Add((DateTimeOffset.MinValue, [Path.GetFileName(experiment), "unreadable", "", "", ""]));
                    unreadable.Add($"{Path.GetFileName(experiment)} is unreadable: {e.Message}");
                }
            }

            if (rows.Count == 0)
            {
                await context.Output.WriteLineAsync($"There are no experiments in {directory}.").ConfigureAwait(false);
                return CommandContext.Success;
            }

            TextTable.Write(context.Output, _header, [.. rows.OrderByDescending(r => r.Started).Select(r => r.Cells)]);
            unreadable.ForEach(context.Output.WriteLine);
            return CommandContext.Success;
        });
    }

    private static async Task<(DateTimeOffset Started, string[] Cells)> DescribeAsync(
        string directory, DateTimeOffset now, Lazy<ComponentCatalog> catalog, CancellationToken cancellationToken)
    {
        var results = await ResultGrid.LoadAsync(directory, cancellationToken).ConfigureAwait(false);
        var best = results.Objectives is [var objective, ..] && results.TryBest(objective) is { } found
            ? $"{Readable.LastPart(objective.Metric, '/')}={Readable.Number(found.Objective)} ({found.Id}{(found.IsFeasible ? "" : ", not feasible")})"
            : "";
        var started = results.StartedAt ?? now;
        var planned = results.IsFinished ? null : StoredExperiments.Planned(catalog.Value, results);
        return (started, [Path.GetFileName(directory), StatusOf(results), TrialsOf(results, planned ?? 0), best, Age(now - started)]);
    }

    private static string StatusOf(ResultGrid results) => results.IsFinished ? "finished"
        : JournalLock.CurrentOwner(results.Directory) is { } owner ? $"running ({owner})"
        : results.EndReason is not null ? "stopped" : "interrupted";

    private static string TrialsOf(ResultGrid results, long planned)
    {
        var ended = results.CountOf(TrialStatus.Terminated);
        var failed = results.CountOf(TrialStatus.Failed);
        return Invariant($"{ended + failed}/{Math.Max(planned, results.Count)}{(failed > 0 ? $" ({failed} failed)" : "")}");
    }

    private static string Age(TimeSpan age) => age switch
    {
        { TotalMinutes: < 1 } => Invariant($"{Math.Max(0, age.TotalSeconds):0} s"),
        { TotalHours: < 1 } => Invariant($"{age.TotalMinutes:0} min"),
        { TotalDays: < 1 } => Invariant($"{age.TotalHours:0} h"),
        _ => Invariant($"{age.TotalDays:0} d"),
    };
}
