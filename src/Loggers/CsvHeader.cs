namespace Tuning.Loggers;

/// <summary>The columns of a <c>progress.csv</c>. Immutable; trials that report the same names share one.</summary>
internal sealed class CsvHeader
{
    /// <summary>The columns that every file begins with.</summary>
    private static readonly string[] _automatic =
    [
        AutoMetrics.TrainingIteration, AutoMetrics.TimeTotal, AutoMetrics.TimeThisIteration, AutoMetrics.Timestamp,
        AutoFields.Date, AutoFields.TrialId, AutoFields.ProcessId, AutoFields.HostName, AutoFields.Done,
    ];

    private readonly Dictionary<string, int> _index;
    private readonly string[] _missing;

    public CsvHeader(IReadOnlyList<string> columns)
    {
        Columns = [.. columns];
        _index = new(Columns.Length, StringComparer.Ordinal);
        for (var i = 0; i < Columns.Length; i++)
        {
            // A name that stands twice in a file that somebody edited: the first one is filled.
            _index.TryAdd(Columns[i], i);
        }

        // A file of an earlier version has not all of them.
        _missing = [.. _automatic.Where(a => !_index.ContainsKey(a))];
    }

    public string[] Columns { get; }

    /// <summary>The columns of a file whose first report has these metrics.</summary>
    public static CsvHeader For(Metrics metrics)
    {
        var columns = new List<string>(_automatic);
        foreach (ref readonly var entry in metrics.Entries)
        {
            if (IsColumn(entry) && Array.IndexOf(_automatic, entry.Key) < 0)
            {
                columns.Add(entry.Key);
            }
        }

        return new(columns);
    }

    /// <summary>Whether a metric gets a column: arrays and what is ours to say do not.</summary>
    public static bool IsColumn(in KeyValuePair<string, MetricValue> entry) =>
        entry.Value.Kind != MetricKind.Array && !AutoFields.IsReserved(entry.Key);

    /// <summary>This header if it has a column for each of the metrics, else a wider one.</summary>
    public CsvHeader Cover(Metrics metrics)
    {
        var wider = _missing.Length == 0 ? null : (List<string>)[.. Columns, .. _missing];
        foreach (ref readonly var entry in metrics.Entries)
        {
            if (IsColumn(entry) && !_index.ContainsKey(entry.Key))
            {
                (wider ??= [.. Columns]).Add(entry.Key);
            }
        }

        return wider is null ? this : new(wider);
    }

    /// <summary>Whether there is such a column.</summary>
    public bool Has(string column) => _index.ContainsKey(column);

    /// <summary>The number of a column.</summary>
    public int IndexOf(string column) => _index[column];

    /// <summary>Whether a new file for these metrics would have exactly these columns.</summary>
    public bool Fits(Metrics metrics)
    {
        var at = _automatic.Length;
        foreach (ref readonly var entry in metrics.Entries)
        {
            if (!IsColumn(entry) || Array.IndexOf(_automatic, entry.Key) >= 0)
            {
                continue;
            }

            if (at == Columns.Length || (!ReferenceEquals(Columns[at], entry.Key) && Columns[at] != entry.Key))
            {
                return false;
            }

            at++;
        }

        return at == Columns.Length;
    }
}
