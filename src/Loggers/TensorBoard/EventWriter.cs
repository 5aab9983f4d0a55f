using Google.Protobuf;
using Tuning.Loggers.TensorBoard.Messages;

namespace Tuning.Loggers.TensorBoard;

/// <summary>Turns reports into framed events, in a buffer of its own that it uses again. Used by one thread at a time.</summary>
internal sealed class EventWriter
{
    /// <summary>What stands before the path of a metric in its tag, as in Ray.</summary>
    public const string TagPrefix = "ray/tune/";

    private const int RememberedTags = 10_000;

    private readonly Dictionary<string, string> _tags = new(StringComparer.Ordinal);
    private byte[] _buffer = new byte[4096];
    private int _used;

    /// <summary>What was added since <see cref="Clear"/>. Valid until the next call.</summary>
    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _used);

    public void Clear() => _used = 0;

    /// <summary>The first event of a file.</summary>
    public void AddFileVersion(DateTimeOffset at) => Add(new Event { WallTime = Seconds(at), FileVersion = "brain.Event:2" });

    /// <summary>A report: one event with all of its numbers as scalars, and its arrays as histograms.</summary>
    public Summary AddReport(TrialReport report)
    {
        var summary = new Summary();
        foreach (ref readonly var entry in report.Metrics.Entries)
        {
            var (path, value) = entry;
            if (IsDropped(path))
            {
                continue;
            }

            if (value.Kind == MetricKind.Array)
            {
                if (Histograms.Of(value.Array) is { } histogram)
                {
                    summary.Value.Add(new Summary.Types.Value { Tag = TagOf(path), Histo = histogram });
                }
            }
            else if (value.Number is { } number && !double.IsNaN(number))
            {
                summary.Value.Add(new Summary.Types.Value { Tag = TagOf(path), SimpleValue = (float)number });
            }
        }

        if (!report.Metrics.TryGet(AutoMetrics.TimeThisIteration, out _) && double.IsFinite(report.TimeThisIteration))
        {
            summary.Value.Add(new Summary.Types.Value { Tag = TagOf(AutoMetrics.TimeThisIteration), SimpleValue = (float)report.TimeThisIteration });
        }

        Add(new Event { WallTime = Seconds(report.At), Step = StepOf(report), Summary = summary });
        return summary;
    }

    public void Add(Event message)
    {
        var size = message.CalculateSize();
        var total = Records.HeaderSize + size + Records.FooterSize;
        if (_used + total > _buffer.Length)
        {
            Array.Resize(ref _buffer, Math.Max(_used + total, _buffer.Length * 2));
        }

        var record = _buffer.AsSpan(_used, total);
        message.WriteTo(record.Slice(Records.HeaderSize, size));
        Records.Frame(record);
        _used += total;
    }

    /// <summary>Seconds since 1970.</summary>
    public static double Seconds(DateTimeOffset at) => (at - DateTimeOffset.UnixEpoch).TotalSeconds;

    // Ray's rule: environment steps where they are counted, else iterations.
    private static long StepOf(TrialReport report) =>
        Steps(report, "timesteps_total") ?? Steps(report, "num_env_steps_sampled_lifetime") ?? report.TrainingIteration;

    private static long? Steps(TrialReport report, string metric) =>
        report.Metrics.Number(metric) is { } steps && double.IsFinite(steps) && steps != 0 ? (long)steps : null;

    // Ray leaves these out: they are the step and the time of every event.
    private static bool IsDropped(string path) =>
        path is AutoFields.ProcessId or AutoMetrics.Timestamp or AutoMetrics.TimeTotal or AutoMetrics.TrainingIteration;

    private string TagOf(string path)
    {
        if (_tags.TryGetValue(path, out var tag))
        {
            return tag;
        }

        tag = TagPrefix + path;
        if (_tags.Count < RememberedTags)
        {
            _tags.Add(path, tag);
        }

        return tag;
    }
}
