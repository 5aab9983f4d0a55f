using Spectre.Console;
using Spectre.Console.Rendering;

namespace Tuning.Reporting;

/// <summary>Draws a snapshot: two lines, a table as wide as fits, a line for what is not shown.</summary>
internal static class ProgressTable
{
    private const int NarrowWidth = 46;
    private const int ParameterWidth = 14;

    public static IRenderable Render(ProgressSnapshot snapshot, int width)
    {
        var lines = new List<IRenderable> { Line($"{snapshot.Experiment.Name}: {snapshot.CountsText()}", width), Line(snapshot.TimeText(), width) };
        if (snapshot.BestText() is { } best)
        {
            lines.Add(Line(best, width, snapshot.Best!.IsFeasible ? Color.Green : Color.Yellow));
        }

        if (snapshot.Rows.Count > 0)
        {
            lines.Add(width < NarrowWidth ? Lines(snapshot, width) : Table(snapshot, width));
        }

        if (snapshot.HiddenText() is { } hidden)
        {
            lines.Add(Line(hidden, width, Color.Grey));
        }

        return new Rows(lines);
    }

    private static Text Line(string text, int width, Color? color = null) => new(Readable.OneLine(text, Math.Max(1, width - 1)), new Style(color));

    private static Rows Lines(ProgressSnapshot snapshot, int width) =>
        new(snapshot.Rows.Select(t => Line($"{t.Id} {Status(t)} {Readable.Number(t.Objective)}", width, ColorOf(t.Status))));

    private static Table Table(ProgressSnapshot snapshot, int width)
    {
        var objective = snapshot.Experiment.Objectives is [var first, ..] ? Readable.LastPart(first.Metric, '/') : null;
        var hasConditions = !snapshot.Experiment.FeasibleIf.IsEmpty;
        objective = objective is null ? null : Readable.OneLine(objective, 24);
        var fixedWidth = 8 + 13 + 8 + 11 + (objective is null ? 0 : Math.Max(10, objective.Length + 2)) + (hasConditions ? 18 : 0);
        var parameters = snapshot.Rows[0].SearchedPaths.Take(Math.Max(0, (width - fixedWidth - 2) / (ParameterWidth + 2))).ToArray();

        var table = new Table { Border = TableBorder.Simple };
        table.AddColumn(Column("trial"));
        table.AddColumn(Column("status"));
        table.AddColumn(Column("iter").RightAligned());
        table.AddColumn(Column("time").RightAligned());
        if (objective is not null)
        {
            table.AddColumn(Column(objective).RightAligned());
        }

        if (hasConditions)
        {
            table.AddColumn(Column("feasible"));
        }

        foreach (var parameter in parameters)
        {
            table.AddColumn(Column(Short(Readable.LastPart(parameter, '.'))).RightAligned());
        }

        foreach (var trial in snapshot.Rows)
        {
            var style = new Style(ColorOf(trial.Status));
            var cells = new List<IRenderable>
            {
                new Text(trial.Id.ToString(), style),
                new Text(Status(trial), style),
                new Text(trial.TrainingIteration.ToString("#,0", CultureInfo.InvariantCulture)),
                new Text(Readable.Duration(TimeSpan.FromSeconds(double.IsFinite(trial.TimeTotal) ? trial.TimeTotal : 0))),
            };
            if (objective is not null)
            {
                cells.Add(new Text(Readable.Number(trial.Objective)));
            }

            if (hasConditions)
            {
                cells.Add(new Text(Readable.Feasible(trial.Violation)));
            }

            cells.AddRange(parameters.Select(p => new Text(trial.Config.TryGet(p, out var value) ? Short(Readable.Value(value)) : "")));
            table.AddRow(cells);
        }

        return table;
    }

    private static TableColumn Column(string title) => new TableColumn(new Text(title)).NoWrap();

    private static string Short(string text) => Readable.OneLine(text, ParameterWidth);

    private static string Status(TrialView trial) => trial.Status.ToString().ToLowerInvariant();

    private static Color ColorOf(TrialStatus status) => status switch
    {
        TrialStatus.Failed => Color.Red,
        TrialStatus.Terminated => Color.Grey,
        TrialStatus.Pending or TrialStatus.Paused => Color.Yellow,
        _ => Color.Default,
    };
}
