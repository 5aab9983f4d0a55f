using Spectre.Console;
using Spectre.Console.Rendering;
using Tuning.Spaces;

namespace Tuning.Reporting;

/// <summary>Draws a snapshot: how far it is, who is best, who leads, and a table with as many columns as fit.</summary>
internal static class ProgressTable
{
    private const int NarrowWidth = 46;
    private const int ParameterWidth = 14;
    private const int ObjectiveWidth = 24;
    private const int BarWidth = 24;

    // What a table needs beside its rows: title, rules, and the line for what is not shown.
    private const int TableLines = 4;

    /// <summary>The drawing.</summary>
    /// <param name="snapshot">What is drawn.</param>
    /// <param name="width">The columns of the terminal.</param>
    /// <param name="height">How many lines there are; where it is more, trials are left out.</param>
    /// <param name="isUnicode">Whether the terminal shows more than ASCII.</param>
    public static IRenderable Render(ProgressSnapshot snapshot, int width, int height = int.MaxValue, bool isUnicode = true)
    {
        var lines = new List<IRenderable>
        {
            Line($"{snapshot.Experiment.Name}: {snapshot.CountsText()}", width),
            Line(Bar(snapshot.Share, width, isUnicode) + snapshot.TimeText(), width),
        };
        lines.AddRange(Wrapped(snapshot.BestText(), width, snapshot.Best is { IsFeasible: false } ? Color.Yellow : Color.Green));
        lines.AddRange(Wrapped(snapshot.LeaderText(), width, Color.Default));
        snapshot = snapshot.Fit(Math.Max(1, height - lines.Count - TableLines));
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

    private static string Bar(double? share, int width, bool isUnicode)
    {
        if (share is not { } done || width < NarrowWidth)
        {
            return "";
        }

        var full = (int)(done * BarWidth);
        return new string(isUnicode ? '█' : '#', full) + new string(isUnicode ? '░' : '.', BarWidth - full)
            + string.Create(CultureInfo.InvariantCulture, $" {Math.Floor(done * 100),3} %  ");
    }

    private static Text Line(string text, int width, Color? color = null) => new(Readable.OneLine(text, Math.Max(1, width - 1)), new Style(color));

    // Nothing is cut: what does not fit stands on further lines, between words where it can be.
    private static IEnumerable<IRenderable> Wrapped(string? text, int width, Color color)
    {
        const string indent = "  ";
        var fits = Math.Max(indent.Length + 1, width - 1);
        for (var rest = Readable.Harmless(text); rest.Length > 0;)
        {
            var end = rest.Length <= fits ? rest.Length : rest.LastIndexOf(' ', fits, fits + 1 - indent.Length);
            end = end > indent.Length ? end : fits;
            yield return new Text(rest[..end], new Style(color));
            rest = end < rest.Length ? indent + rest[end..].TrimStart() : "";
        }
    }

    private static Rows Lines(ProgressSnapshot snapshot, int width) =>
        new(snapshot.Rows.Select(t => Line($"{t.Id} {Status(t)} {Readable.Number(t.Objective)}", width, ColorOf(t.Status))));

    private static Table Table(ProgressSnapshot snapshot, int width)
    {
        var columns = Columns(snapshot).ToList();
        var shown = columns.Count;
        while (shown > 1 && columns.Take(shown).Sum(c => c.Width + 2) + (shown < columns.Count ? More(shown).Length + 2 : 0) > width - 2)
        {
            shown--;
        }

        var table = new Table { Border = TableBorder.Simple };
        foreach (var column in columns.Take(shown))
        {
            var title = Column(column.Title);
            table.AddColumn(column.IsNumber ? title.RightAligned() : title);
        }

        if (shown < columns.Count)
        {
            table.AddColumn(Column(More(shown)));
        }

        for (var i = 0; i < snapshot.Rows.Count; i++)
        {
            var trial = snapshot.Rows[i];
            var style = new Style(ColorOf(trial.Status), decoration: trial.Id == snapshot.Leader?.Id ? Decoration.Bold : Decoration.None);
            table.AddRow(columns.Take(shown).Select(c => (IRenderable)new Text(c.Cells[i], style)));
        }

        return table;

        static TableColumn Column(string title) => new TableColumn(new Text(title)).NoWrap().PadLeft(0).PadRight(1);

        string More(int count) => $"+{columns.Count - count} column{(columns.Count - count == 1 ? "" : "s")}";
    }

    // In the order of their weight: what was searched stands before what was computed from it.
    private static IEnumerable<TableColumnText> Columns(ProgressSnapshot snapshot)
    {
        var rows = snapshot.Rows;
        var computed = snapshot.Experiment.Domains.Where(d => d.Value is ComputedDomain).Select(d => d.Key).ToHashSet(StringComparer.Ordinal);
        var parameters = rows[0].SearchedPaths;
        yield return Of("trial", t => t.Id.ToString(), isNumber: false);
        yield return Of("status", Status, isNumber: false);
        if (snapshot.Experiment.Objectives is [var objective, ..])
        {
            yield return Of(Readable.OneLine(Readable.LastPart(objective.Metric, '/'), ObjectiveWidth), t => Readable.Number(t.Objective));
        }

        foreach (var parameter in parameters.Where(p => !computed.Contains(p)))
        {
            yield return Parameter(parameter);
        }

        yield return Of("iter", t => t.TrainingIteration.ToString("#,0", CultureInfo.InvariantCulture));
        yield return Of("time", t => Readable.Duration(TimeSpan.FromSeconds(double.IsFinite(t.TimeTotal) ? t.TimeTotal : 0)));
        if (!snapshot.Experiment.FeasibleIf.IsEmpty)
        {
            yield return Of("feasible", t => Readable.Feasible(t.Violation), isNumber: false);
        }

        foreach (var parameter in parameters.Where(computed.Contains))
        {
            yield return Parameter(parameter);
        }

        TableColumnText Of(string title, Func<TrialView, string> cell, bool isNumber = true) => new(title, isNumber, [.. rows.Select(cell)]);

        TableColumnText Parameter(string path) => Of(Readable.OneLine(Readable.LastPart(path, '.'), ParameterWidth),
            t => t.Config.TryGet(path, out var value) ? Readable.OneLine(Readable.Value(value), ParameterWidth) : "");
    }

    private static string Status(TrialView trial) => trial.Word;

    private static Color ColorOf(TrialStatus status) => status switch
    {
        TrialStatus.Failed => Color.Red,
        TrialStatus.Terminated => Color.Grey,
        TrialStatus.Pending or TrialStatus.Paused => Color.Yellow,
        _ => Color.Default,
    };

    private sealed record TableColumnText(string Title, bool IsNumber, ImmutableArray<string> Cells)
    {
        public int Width { get; } = Math.Max(Title.Length, Cells.Max(c => c.Length));
    }
}
