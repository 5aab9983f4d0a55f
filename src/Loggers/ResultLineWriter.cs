using System.Buffers;
using System.Text.Encodings.Web;

namespace Tuning.Loggers;

/// <summary>Turns reports into lines of <c>result.json</c>, in buffers of its own that it uses again. Used by one thread at a time.</summary>
internal sealed class ResultLineWriter : IDisposable
{
    private const int RememberedLayouts = 8;

    private static readonly JsonEncodedText _trainingIteration = JsonEncodedText.Encode(AutoMetrics.TrainingIteration);
    private static readonly JsonEncodedText _timeTotal = JsonEncodedText.Encode(AutoMetrics.TimeTotal);
    private static readonly JsonEncodedText _timeThisIteration = JsonEncodedText.Encode(AutoMetrics.TimeThisIteration);
    private static readonly JsonEncodedText _config = JsonEncodedText.Encode(AutoFields.Config);
    private static readonly JsonEncodedText _timestamp = JsonEncodedText.Encode(AutoMetrics.Timestamp);

    private readonly ArrayBufferWriter<byte> _buffer = new(1024);
    private readonly Utf8JsonWriter _writer;
    private readonly List<ResultLayout> _layouts = [];
    private readonly string _hostName = Environment.MachineName;
    private int _nextLayout;

    public ResultLineWriter() => _writer = new(_buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });

    /// <summary>What every line ends with while its trial goes on.</summary>
    public static ReadOnlySpan<byte> OpenEnd => "\"done\":false}\n"u8;

    /// <summary>What stands before the reason in the last line of a trial that has ended.</summary>
    public static ReadOnlySpan<byte> ClosedStart => ",\"done\":true,\"stop_reason\":\""u8;

    /// <summary>One report on one line, its end included. Valid until the next call.</summary>
    /// <param name="report">The report.</param>
    /// <param name="config">The configuration that it was trained with.</param>
    /// <param name="stopReason">Why the trial ends with it; null while it goes on.</param>
    public ReadOnlySpan<byte> Line(TrialReport report, ParameterSet config, string? stopReason)
    {
        var layout = LayoutFor(report.Metrics);
        _buffer.ResetWrittenCount();
        _writer.Reset(_buffer);
        _writer.WriteStartObject();
        layout.Write(_writer, report.Metrics);
        WriteAutomatic(report, layout.Own);
        if ((layout.Own & AutomaticFields.Config) == 0)
        {
            _writer.WritePropertyName(_config);
            config.WriteTo(_writer);
        }

        WriteEnd(stopReason);
        return _buffer.WrittenSpan;
    }

    /// <summary>What replaces <see cref="OpenEnd"/> once it is known why the trial has ended. Valid until the next call.</summary>
    public ReadOnlySpan<byte> ClosedEnd(string stopReason)
    {
        _buffer.ResetWrittenCount();
        _writer.Reset(_buffer);
        _writer.WriteStartObject();
        WriteEnd(stopReason);
        return _buffer.WrittenSpan[1..];
    }

    public void Dispose() => _writer.Dispose();

    private void WriteAutomatic(TrialReport report, AutomaticFields own)
    {
        if ((own & AutomaticFields.TrainingIteration) == 0)
        {
            _writer.WriteNumber(_trainingIteration, report.Number);
        }

        if ((own & AutomaticFields.TimeTotal) == 0)
        {
            _writer.WritePropertyName(_timeTotal);
            ResultLayout.WriteNumber(_writer, report.TimeTotal);
        }

        if ((own & AutomaticFields.TimeThisIteration) == 0)
        {
            _writer.WritePropertyName(_timeThisIteration);
            ResultLayout.WriteNumber(_writer, report.TimeThisIteration);
        }

        if ((own & AutomaticFields.Timestamp) == 0)
        {
            _writer.WriteNumber(_timestamp, report.At.ToUnixTimeSeconds());
        }

        if ((own & AutomaticFields.Date) == 0)
        {
            _writer.WriteString(AutoFields.Date, AutoFields.DateOf(report));
        }

        _writer.WriteString(AutoFields.TrialId, report.Trial.ToString());
        if ((own & AutomaticFields.ProcessId) == 0)
        {
            _writer.WriteNumber(AutoFields.ProcessId, Environment.ProcessId);
        }

        if ((own & AutomaticFields.HostName) == 0)
        {
            _writer.WriteString(AutoFields.HostName, _hostName);
        }
    }

    private void WriteEnd(string? stopReason)
    {
        _writer.WriteBoolean(AutoFields.Done, stopReason is not null);
        if (stopReason is not null)
        {
            _writer.WriteString(AutoFields.StopReason, stopReason);
        }

        _writer.WriteEndObject();
        _writer.Flush();
        _buffer.Write("\n"u8);
    }

    private ResultLayout LayoutFor(Metrics metrics)
    {
        foreach (var known in _layouts)
        {
            if (known.Fits(metrics))
            {
                return known;
            }
        }

        var layout = ResultLayout.For(metrics);
        if (_layouts.Count < RememberedLayouts)
        {
            _layouts.Add(layout);
        }
        else
        {
            _layouts[_nextLayout] = layout;
            _nextLayout = (_nextLayout + 1) % RememberedLayouts;
        }

        return layout;
    }
}
