using System.Threading.Channels;

namespace Tuning.Programs;

/// <summary>Finds the reports among the lines that a program writes: JSON objects, or values by patterns.</summary>
/// <param name="metrics">What to look for.</param>
/// <param name="reports">Who takes them; full means that the program waits.</param>
/// <param name="notice">Is told once what was left out.</param>
internal sealed class ReportLines(ProgramMetrics metrics, ChannelWriter<ProgramReport> reports, Action<string> notice)
{
    /// <summary>How many bytes of a line are looked at.</summary>
    public const int LongestLine = 64 * 1024;

    private readonly HashSet<string> _noticed = new(StringComparer.Ordinal);
    private Metrics _open = [];

    /// <summary>Reads all lines.</summary>
    public async Task ReadAsync(BoundedLines lines)
    {
        while (await lines.NextAsync().ConfigureAwait(false) is { } line)
        {
            if (Find(line.Span, lines.WasCut) is { } report)
            {
                await reports.WriteAsync(report).ConfigureAwait(false);
            }
        }

        if (_open.Count > 0)
        {
            await reports.WriteAsync(Close()).ConfigureAwait(false);
        }
    }

    private ProgramReport? Find(ReadOnlySpan<byte> line, bool wasCut) =>
        metrics.JsonLines ? Json(line, wasCut) : metrics.Patterns.IsEmpty ? null : Match(line);

    private ProgramReport? Json(ReadOnlySpan<byte> line, bool wasCut)
    {
        if (line.TrimStart((byte)' ') is not [(byte)'{', ..])
        {
            return null;
        }

        if (wasCut)
        {
            Notice("cut", $"A line of JSON has more than {LongestLine} bytes and is no report.");
            return null;
        }

        using var document = ReportText.Parse(line);
        if (document is null)
        {
            Notice("json", $"A line begins with '{{' and is no JSON: {Encoding.UTF8.GetString(line[..Math.Min(line.Length, 60)])}");
            return null;
        }

        var read = ReportText.Metrics(document.RootElement, out var ignored);
        foreach (var name in ignored)
        {
            Notice(name, $"The metric '{name}' is a list; metrics are numbers, flags and texts, so it is left out.");
        }

        string? checkpoint = null;
        if (read.TryGet("checkpoint", out var path) && path.Text is { } text)
        {
            checkpoint = text;
            var rest = new Metrics(read.Count);
            foreach (var (name, value) in read.Where(m => m.Key != "checkpoint"))
            {
                rest[name] = value;
            }

            read = rest;
        }

        return read.Count == 0 ? null : new(read, checkpoint, null);
    }

    // A report is whole when each pattern has matched; one that matches again begins the next.
    private ProgramReport? Match(ReadOnlySpan<byte> bytes)
    {
        var line = Encoding.UTF8.GetString(bytes);
        ProgramReport? whole = null;
        foreach (var (metric, expression) in metrics.Expressions)
        {
            if (expression.Match(line) is not { Success: true } match)
            {
                continue;
            }

            if (Number(match.Groups[^1].Value) is not { } number)
            {
                Notice(metric, $"The pattern of '{metric}' found '{match.Groups[^1].Value}', which is no number; such lines are left out.");
                continue;
            }

            whole = _open.TryGet(metric, out _) ? Close() : whole;
            _open[metric] = number;
        }

        return whole ?? (_open.Count == metrics.Expressions.Length ? Close() : null);
    }

    private ProgramReport Close()
    {
        var report = new ProgramReport(_open, null, null);
        _open = [];
        return report;
    }

    private static double? Number(string text) => text.TrimStart('+', '-').ToLowerInvariant() switch
    {
        "nan" => double.NaN,
        "inf" or "infinity" => text[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity,
        _ => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null,
    };

    private void Notice(string about, string text)
    {
        if (_noticed.Count < 100 && _noticed.Add(about))
        {
            notice(text);
        }
    }
}
