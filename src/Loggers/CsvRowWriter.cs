using CsvHelper;

namespace Tuning.Loggers;

/// <summary>Turns headers and reports into CSV, with one writer and one buffer for all trials. Used by one thread at a time.</summary>
internal sealed class CsvRowWriter : IDisposable
{
    private readonly MemoryStream _buffer = new(4096);
    private readonly CsvWriter _writer;
    private readonly string _hostName = Environment.MachineName;
    private readonly string _processId = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
    private string?[] _cells = new string?[32];

    public CsvRowWriter() => _writer = CsvWriter.Create(_buffer, new CsvWriterOptions { NewLine = "\n", ValidateFieldCount = false }, leaveOpen: true);

    /// <summary>The first line. Valid until the next call.</summary>
    public ReadOnlySpan<byte> Header(CsvHeader header) => Line(header.Columns);

    /// <summary>A report as a row under a header that covers it. Valid until the next call.</summary>
    /// <param name="header">The header.</param>
    /// <param name="report">The report.</param>
    /// <param name="isDone">Whether the trial has ended with it.</param>
    public ReadOnlySpan<byte> Row(CsvHeader header, TrialReport report, bool isDone)
    {
        if (_cells.Length < header.Columns.Length)
        {
            _cells = new string?[Math.Max(header.Columns.Length, _cells.Length * 2)];
        }

        var cells = _cells.AsSpan(0, header.Columns.Length);
        cells.Clear();
        Set(AutoMetrics.TrainingIteration, report.Number.ToString(CultureInfo.InvariantCulture));
        Set(AutoMetrics.TimeTotal, Text(report.TimeTotal));
        Set(AutoMetrics.TimeThisIteration, Text(report.TimeThisIteration));
        Set(AutoMetrics.Timestamp, report.At.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        Set(AutoFields.Date, AutoFields.DateOf(report));
        Set(AutoFields.TrialId, report.Trial.ToString());
        Set(AutoFields.ProcessId, _processId);
        Set(AutoFields.HostName, _hostName);
        Set(AutoFields.Done, isDone ? "true" : "false");
        foreach (ref readonly var entry in report.Metrics.Entries)
        {
            if (CsvHeader.IsColumn(entry))
            {
                Set(entry.Key, Text(entry.Value));
            }
        }

        return Line(cells);

        void Set(string column, string value) => _cells[header.IndexOf(column)] = value;
    }

    /// <summary>A row with another value of <c>done</c>. Valid until the next call.</summary>
    public ReadOnlySpan<byte> Done(CsvHeader header, byte[] row, bool isDone)
    {
        using var reader = CsvReader.Create(row, new CsvReaderOptions { Separator = ',', HasHeader = false });
        reader.Read();
        string?[] cells = [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetString)];
        cells[header.IndexOf(AutoFields.Done)] = isDone ? "true" : "false";
        return Line(cells);
    }

    public void Dispose()
    {
        _writer.Dispose();
        _buffer.Dispose();
    }

    private static string Text(MetricValue value) => value.Kind switch
    {
        MetricKind.Text => value.Text!,
        MetricKind.Flag => value.Flag!.Value ? "true" : "false",
        _ => value.IsWhole ? ((long)value.Number!.Value).ToString(CultureInfo.InvariantCulture) : Text(value.Number!.Value),
    };

    // As Ray and pandas write what is no number.
    private static string Text(double number) => number switch
    {
        double.NaN => "nan",
        double.PositiveInfinity => "inf",
        double.NegativeInfinity => "-inf",
        _ => number.ToString("R", CultureInfo.InvariantCulture),
    };

    private ReadOnlySpan<byte> Line(ReadOnlySpan<string?> cells)
    {
        _buffer.SetLength(0);
        _writer.WriteRecord(cells!);
        _writer.Flush();
        return _buffer.GetBuffer().AsSpan(0, (int)_buffer.Length);
    }
}
