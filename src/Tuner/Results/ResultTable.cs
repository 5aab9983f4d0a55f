using CsvHelper;

namespace Tuning;

/// <summary>A table of an experiment's results: one row per trial. Immutable.</summary>
public sealed class ResultTable
{
    internal ResultTable(IReadOnlyList<string> columns, IReadOnlyList<IReadOnlyList<object?>> rows) => (Columns, Rows) = (columns, rows);

    /// <summary>
    /// The columns: <c>trial_id</c>, <c>trial</c> (its directory, a text for every reader), <c>status</c>, <c>reports</c>, <c>training_iteration</c>,
    /// <c>time_total_s</c>, <c>violation</c> where there are conditions for feasible trials, the metrics, the configuration as <c>config/a/b</c>,
    /// <c>checkpoint</c>, <c>reason</c>. A metric whose name is that of another column is <c>metrics/status</c>.
    /// </summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>The rows. Each has a cell per column: a number, a flag, a text, or null where there is nothing.</summary>
    public IReadOnlyList<IReadOnlyList<object?>> Rows { get; }

    /// <summary>The cell of a row and a column.</summary>
    /// <exception cref="KeyNotFoundException">There is no such column.</exception>
    public object? this[int row, string column]
    {
        get
        {
            for (var i = 0; i < Columns.Count; i++)
            {
                if (Columns[i] == column)
                {
                    return Rows[row][i];
                }
            }

            throw new KeyNotFoundException($"There is no column '{column}'; there are: {string.Join(", ", Columns)}.");
        }
    }

    /// <summary>Writes the table as CSV: comma, line feed, quotes where needed, a header line.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="forSpreadsheet">Whether texts that begin with <c>= + - @</c>, a tab or a carriage return get an apostrophe before them, so that no
    /// spreadsheet takes them for formulas. Numbers stay as they are.</param>
    public void WriteCsv(TextWriter writer, bool forSpreadsheet = false)
    {
        ArgumentNullException.ThrowIfNull(writer);
        WriteRows(writer, Rows.Prepend(Columns), forSpreadsheet);
    }

    /// <summary>Writes lines of CSV.</summary>
    internal static void WriteRows(TextWriter writer, IEnumerable<IEnumerable<object?>> rows, bool forSpreadsheet)
    {
        using var csv = CsvWriter.Create(writer, new CsvWriterOptions { NewLine = "\n", ValidateFieldCount = false }, leaveOpen: true);
        foreach (var row in rows)
        {
            csv.WriteRecord([.. row.Select(cell =>
                (forSpreadsheet && cell is string and ['=' or '+' or '-' or '@' or '\t' or '\r', ..] ? "'" : "") + Text(cell))]);
        }
    }

    /// <summary>A metric as a cell.</summary>
    internal static object? Cell(MetricValue value) => value.Kind switch
    {
        MetricKind.Text => value.Text,
        MetricKind.Flag => value.Flag,
        MetricKind.Number => value.IsWhole ? (long)value.Number!.Value : value.Number,
        _ => null,
    };

    // As pandas reads them back.
    private static string Text(object? cell) => cell switch
    {
        null => "",
        true => "true",
        false => "false",
        double.NaN => "nan",
        double.PositiveInfinity => "inf",
        double.NegativeInfinity => "-inf",
        double real => real.ToString("R", CultureInfo.InvariantCulture),
        _ => Convert.ToString(cell, CultureInfo.InvariantCulture)!,
    };
}
