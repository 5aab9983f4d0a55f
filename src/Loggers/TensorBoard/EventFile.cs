using Tuning.Loggers.TensorBoard.Messages;

namespace Tuning.Loggers.TensorBoard;

/// <summary>An event file of a trial that is open, and what is known of its content.</summary>
internal sealed class EventFile : IDisposable
{
    private readonly TrialFile _file;
    private Summary? _lastReport;

    private EventFile(TrialFile file) => _file = file;

    /// <summary>How many reports it holds.</summary>
    public int Reports { get; private set; }

    /// <summary>Where the last report ends; what follows are the summaries of the trial's end.</summary>
    public long EndOfReports { get; private set; }

    /// <summary>Whether the summaries of the trial's end are there, all of them.</summary>
    public bool HasEndSummaries { get; private set; }

    /// <summary>The tags of the scalars of the last report.</summary>
    public IReadOnlyList<string> LastScalarTags => _lastReport is null
        ? []
        : [.. _lastReport.Value.Where(v => v.ValueCase == Summary.Types.Value.ValueOneofCase.SimpleValue).Select(v => v.Tag)];

    /// <summary>The event file in a directory; null where there is none. A link is none, nor is what was moved aside.</summary>
    public static string? Find(string directory) => Directory.Exists(directory)
        ? Directory.EnumerateFiles(directory, "events.out.tfevents.*").Where(f => !OwnFiles.IsLink(f) && !OwnFiles.IsAside(f)).Order(StringComparer.Ordinal)
            .FirstOrDefault()
        : null;

    public static EventFile Create(string path) => new(TrialFile.OpenOrCreate(path));

    /// <summary>Opens a file and reads it through, up to the first record that is torn or to <paramref name="limit"/> reports; what follows is cut
    /// off.</summary>
    public static EventFile Open(string path, int limit)
    {
        var opened = new EventFile(TrialFile.OpenOrCreate(path));
        opened.Scan(limit);
        return opened;
    }

    /// <summary>Appends events that are no reports: the file's first, or the summaries of the trial's end.</summary>
    public void Append(ReadOnlySpan<byte> events) => _file.Append(events);

    public void AppendReport(ReadOnlySpan<byte> report, Summary summary)
    {
        _file.Append(report);
        _lastReport = summary;
        Reports++;
        EndOfReports = _file.Length;
    }

    /// <summary>Removes the summaries of the trial's end: the trial goes on.</summary>
    public void CutEndSummaries()
    {
        _file.Truncate(EndOfReports);
        HasEndSummaries = false;
    }

    public void Dispose() => _file.Dispose();

    private void Scan(int limit)
    {
        var endSummaries = 0;
        long offset = 0;
        while (Records.Read(_file, offset) is { } data)
        {
            var message = Event.Parser.ParseFrom(data);
            var isReport = message.Summary is { } summary && !Hyperparameters.IsSummary(summary);
            if (isReport && Reports == limit)
            {
                break;
            }

            offset += Records.HeaderSize + data.Length + Records.FooterSize;
            if (isReport)
            {
                Reports++;
                EndOfReports = offset;
                _lastReport = message.Summary;
                endSummaries = 0;
            }
            else if (message.Summary is not null)
            {
                endSummaries++;
            }
            else
            {
                EndOfReports = offset;
            }
        }

        _file.Truncate(offset);
        HasEndSummaries = endSummaries == 3;
    }
}
