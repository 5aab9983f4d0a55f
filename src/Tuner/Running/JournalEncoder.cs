using System.Diagnostics;
using System.Text.Encodings.Web;

namespace Tuning.Running;

/// <summary>
/// Writes events with their recorded commands as lines of JSON. One line is one event:
/// <c>{"e":"report","t":ticks since 1970,"i":trial,"n":number,…,"c":[["answer",…]],"x":"checksum"}</c>.
/// </summary>
/// <remarks>Used by one thread. <see cref="JournalDecoder"/> is its mirror image.</remarks>
internal sealed partial class JournalEncoder(JournalBuffer buffer, MetricNames names) : IDisposable
{
    private readonly Utf8JsonWriter _json = new(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });

    // The names of the report before and their numbers: mostly the next report has the same.
    private string[] _lastNames = [];
    private int[] _lastNumbers = [];

    /// <summary>Appends the line of an event to the buffer.</summary>
    public void Write(ExperimentEvent happened, IReadOnlyList<ExperimentCommand> commands)
    {
        var start = buffer.Length;
        buffer.Raw("{\"e\":\""u8);
        WriteEvent(happened);
        var open = false;
        for (var i = 0; i < commands.Count; i++)
        {
            if (commands[i].IsRecorded)
            {
                buffer.Raw(open ? ","u8 : ",\"c\":["u8);
                open = true;
                WriteCommand(commands[i], happened);
            }
        }

        if (open)
        {
            buffer.Raw("]"u8);
        }

        JournalChecksum.EndLine(buffer, start);
    }

    /// <inheritdoc/>
    public void Dispose() => _json.Dispose();

    private void WriteEvent(ExperimentEvent happened)
    {
        switch (happened)
        {
            case ExperimentEvent.Reported reported:
                Head("report"u8, happened);
                WriteReport(reported);
                break;
            case ExperimentEvent.SuggestionReady ready:
                Head("suggestion"u8, happened);
                Field("n"u8, ready.Number);
                Field("b"u8, ready.Basis);
                WriteSuggestion(ready.Suggestion);
                break;
            case ExperimentEvent.CheckpointSaved saved:
                Head("checkpoint"u8, happened);
                buffer.Raw(",\"p\":["u8);
                Checkpoint(saved.Checkpoint);
                buffer.Raw("]"u8);
                break;
            case ExperimentEvent.SegmentEnded ended:
                Head("ended"u8, happened);
                Field("i"u8, ended.Trial.Number);
                Field("w"u8, ended.End == SegmentEnd.Completed ? "completed" : "as_answered");
                break;
            case ExperimentEvent.SegmentFailed failed:
                Head("failed"u8, happened);
                Field("i"u8, failed.Trial.Number);
                Field("w"u8, failed.Retry ? "retry" : "final");
                Field("r"u8, failed.Message);
                break;
            case ExperimentEvent.Started:
                Head("started"u8, happened);
                break;
            case ExperimentEvent.Resumed resumed:
                Head("resumed"u8, happened);
                if (resumed.Extension.NumSamples is { } samples)
                {
                    Field("n"u8, samples);
                }

                Field("b"u8, resumed.Extension.AddSamples);
                Field("w"u8, JournalWords.Of(resumed.Extension.Errored));
                if (resumed.Rules != DecisionRules.First)
                {
                    Field("v"u8, resumed.Rules);
                }

                if (resumed.Extension.Changes is { } changes)
                {
                    Field("r"u8, changes);
                }

                break;
            case ExperimentEvent.StopRequested stop:
                Head("stop"u8, happened);
                Field("r"u8, stop.Reason);
                break;
            case ExperimentEvent.Asked:
                Head("asked"u8, happened);
                break;
            case ExperimentEvent.TimePassed:
                Head("time"u8, happened);
                break;
            default:
                throw new UnreachableException($"The journal has no form for {happened.GetType().Name}.");
        }
    }

    // Called once per report, for every metric: it would be in unoptimised code through all of a short experiment.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void WriteReport(ExperimentEvent.Reported reported)
    {
        var report = reported.Report;
        Field("i"u8, report.Trial.Number);
        Field("n"u8, report.Number);
        buffer.Raw(",\"s\":"u8);
        buffer.Real(report.TimeTotal);
        buffer.Raw(",\"d\":"u8);
        buffer.Real(report.TimeThisIteration);
        buffer.Raw(",\"g\":"u8);
        buffer.Digest(reported.Digest);
        var entries = report.Metrics.Entries;
        NumberNames(entries);
        buffer.Raw(",\"m\":["u8);
        var first = true;
        for (var i = 0; i < entries.Length; i++)
        {
            var value = entries[i].Value;
            if (value.Kind == MetricKind.Array)
            {
                continue;
            }

            if (!first)
            {
                buffer.Raw(","u8);
            }

            first = false;
            buffer.Whole(_lastNumbers[i]);
            buffer.Raw(","u8);
            WriteValue(value);
        }

        buffer.Raw("]"u8);
    }

    // Finds the number of each name; names that the journal has not mentioned yet are listed under "k".
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void NumberNames(ReadOnlySpan<KeyValuePair<string, MetricValue>> entries)
    {
        if (_lastNames.Length < entries.Length)
        {
            Array.Resize(ref _lastNames, entries.Length);
            Array.Resize(ref _lastNumbers, entries.Length);
        }

        var known = names.Count;
        for (var i = 0; i < entries.Length; i++)
        {
            if (!ReferenceEquals(_lastNames[i], entries[i].Key) && entries[i].Value.Kind != MetricKind.Array)
            {
                _lastNames[i] = entries[i].Key;
                _lastNumbers[i] = names.NumberOf(entries[i].Key);
            }
        }

        if (names.Count > known)
        {
            buffer.Raw(",\"k\":["u8);
            for (var number = known; number < names.Count; number++)
            {
                buffer.Raw(number > known ? ","u8 : ""u8);
                buffer.Text(names[number]);
            }

            buffer.Raw("]"u8);
        }
    }

    private void WriteValue(MetricValue value)
    {
        if (value.Text is { } text)
        {
            buffer.Text(text);
        }
        else if (value.Flag is { } flag)
        {
            buffer.Raw(flag ? "true"u8 : "false"u8);
        }
        else if (value.IsWhole)
        {
            buffer.Whole((long)value.Number!.Value);
        }
        else
        {
            buffer.Real(value.Number!.Value);
        }
    }

    private void WriteSuggestion(Suggestion suggestion)
    {
        switch (suggestion)
        {
            case Suggestion.Configure configure:
                Field("w"u8, "configure");
                Field("r"u8, configure.Reason);
                buffer.Raw(",\"o\":"u8);
                Parameters(configure.Config);
                break;
            case Suggestion.Invalid invalid:
                Field("w"u8, "invalid");
                Field("r"u8, invalid.Reason);
                buffer.Raw(",\"o\":"u8);
                Parameters(invalid.Config);
                break;
            case Suggestion.Wait:
                Field("w"u8, "wait");
                break;
            case Suggestion.Exhausted exhausted:
                Field("w"u8, "exhausted");
                Field("r"u8, exhausted.Reason);
                break;
            default:
                throw new UnreachableException($"The journal has no form for {suggestion.GetType().Name}.");
        }
    }

    private void Head(ReadOnlySpan<byte> kind, ExperimentEvent happened)
    {
        buffer.Raw(kind);
        buffer.Raw("\",\"t\":"u8);
        buffer.Whole(happened.At.UtcTicks - DateTimeOffset.UnixEpoch.Ticks);
    }

    private void Field(ReadOnlySpan<byte> name, long value)
    {
        Name(name);
        buffer.Whole(value);
    }

    private void Field(ReadOnlySpan<byte> name, string? value)
    {
        Name(name);
        buffer.Text(value);
    }

    private void Name(ReadOnlySpan<byte> name)
    {
        buffer.Raw(",\""u8);
        buffer.Raw(name);
        buffer.Raw("\":"u8);
    }

    private void Item(long value)
    {
        buffer.Raw(","u8);
        buffer.Whole(value);
    }

    private void Item(string? value)
    {
        buffer.Raw(","u8);
        buffer.Text(value);
    }

    private void Checkpoint(CheckpointRef checkpoint)
    {
        buffer.Whole(checkpoint.Trial.Number);
        Item(checkpoint.Number);
        Item(checkpoint.AfterReport);
    }

    private void Parameters(ParameterSet set)
    {
        _json.Reset(buffer);
        set.WriteTo(_json);
        _json.Flush();
    }
}
