using System.Diagnostics;
using System.Text.Encodings.Web;

namespace Tuning.Running;

/// <summary>
/// Writes events with their recorded commands as lines of JSON. One line is one event:
/// <c>{"e":"report","t":ticks since 1970,"i":trial,"n":number,…,"c":[["answer",…]],"x":"checksum"}</c>.
/// </summary>
/// <remarks>Used by one thread. <see cref="JournalDecoder"/> is its mirror image.</remarks>
internal sealed class JournalEncoder(JournalBuffer buffer, MetricNames names) : IDisposable
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

    private void WriteEvent(ExperimentEvent happened) => _ = happened switch
    {
        ExperimentEvent.Reported e => Head("report"u8, e).Report(e),
        ExperimentEvent.SuggestionReady e => Head("suggestion"u8, e).Field("n"u8, e.Number).Field("b"u8, e.Basis).Suggested(e.Suggestion),
        ExperimentEvent.CheckpointSaved e => Head("checkpoint"u8, e).Raw(",\"p\":["u8).Checkpoint(e.Checkpoint).Raw("]"u8),
        ExperimentEvent.SegmentEnded e => Head("ended"u8, e).Field("i"u8, e.Trial.Number)
            .Field("w"u8, e.End == SegmentEnd.Completed ? "completed" : "as_answered"),
        ExperimentEvent.SegmentFailed e => Head("failed"u8, e).Field("i"u8, e.Trial.Number).Field("w"u8, e.Retry ? "retry" : "final")
            .Field("r"u8, e.Message),
        ExperimentEvent.Started e => Head("started"u8, e),
        ExperimentEvent.Resumed { Extension: var extension } e => Head("resumed"u8, e).Known("n"u8, extension.NumSamples)
            .Field("b"u8, extension.AddSamples).Field("w"u8, JournalWords.Of(extension.Errored))
            .Known("v"u8, e.Rules == DecisionRules.First ? null : e.Rules).Longer(extension.Longer)
            .Known("r"u8, extension.Changes),
        ExperimentEvent.StopRequested e => Head("stop"u8, e).Field("r"u8, e.Reason),
        ExperimentEvent.Asked e => Head("asked"u8, e),
        ExperimentEvent.TimePassed e => Head("time"u8, e),
        _ => throw new UnreachableException($"The journal has no form for {happened.GetType().Name}."),
    };

    // ["word",trial,…]
    private void WriteCommand(ExperimentCommand command, ExperimentEvent happened)
    {
        _ = command switch
        {
            ExperimentCommand.Answer c => Word("answer"u8, c.Trial).Item(c.Report).Item(c.IsPruning ? JournalWords.Prune : JournalWords.Of(c.Verdict))
                .Raw(c.Save ? ",true"u8 : ",false"u8).Item(c.Reason),
            ExperimentCommand.CreateTrial c when happened is ExperimentEvent.SuggestionReady { Suggestion: Suggestion.Configure suggested }
                && suggested.Config.Equals(c.Config) => Word("create"u8, c.Trial).Item(c.Suggestion), // the configuration stands in the same line
            ExperimentCommand.CreateTrial c => Word("create"u8, c.Trial).Item(c.Suggestion).Item(c.Config),
            ExperimentCommand.StartTrial { Reason: null } c => Word("start"u8, c.Trial).Item(c.From),
            ExperimentCommand.StartTrial c => Word("start"u8, c.Trial).Item(c.From).Item(c.Reason),
            ExperimentCommand.EndTrial c => Word("end"u8, c.Trial).Item(c.Status == TrialStatus.Failed ? "failed" : "terminated").Item(c.Reason),
            ExperimentCommand.DeleteCheckpoint c => Word("delete"u8).Item(c.Checkpoint),
            ExperimentCommand.Redirect c => Word("redirect"u8, c.Trial).Item(JournalWords.Of(c.Verdict)).Item(c.Reason),
            ExperimentCommand.PlanExploit c => Word("exploit"u8, c.Trial).Item(c.Source.Number).Item(c.Config),
            ExperimentCommand.AdoptCheckpoint c => Word("adopt"u8, c.Trial).Item(c.Source),
            ExperimentCommand.AbandonExploit c => Word("abandon"u8, c.Trial).Item(c.Reason),
            ExperimentCommand.RequestSave c => Word("save"u8, c.Trial).Item(c.Reason),
            ExperimentCommand.RetryTrial { Due: null } c => Word("retry"u8, c.Trial).Item(c.Failures).Item(c.Reason),
            ExperimentCommand.RetryTrial c => Word("retry"u8, c.Trial).Item(c.Failures).Item(c.Reason).Item(c.Due.Value.Ticks),
            ExperimentCommand.StopExperiment c => Word("stop"u8).Item(c.Reason).Raw(c.IsError ? ",true"u8 : ""u8),
            ExperimentCommand.FinishExperiment c => Word("finish"u8).Item(c.Reason).Raw(c.IsError ? ",true"u8 : ""u8),
            ExperimentCommand.SuspendExperiment c => Word("suspend"u8).Item(c.Reason),
            _ => throw new UnreachableException($"The journal has no form for {command.GetType().Name}."),
        };
        Raw("]"u8);
    }

    // Called once per report, for every metric: it would be in unoptimised code through all of a short experiment.
    [MethodImpl(AggressiveOptimization)]
    private JournalEncoder Report(ExperimentEvent.Reported reported)
    {
        var report = reported.Report;
        Field("i"u8, report.Trial.Number).Field("n"u8, report.Number);
        buffer.Raw(",\"s\":"u8);
        buffer.Real(report.TimeTotal);
        buffer.Raw(",\"d\":"u8);
        buffer.Real(report.TimeThisIteration);
        buffer.Raw(",\"g\":"u8);
        buffer.Digest(reported.Digest);
        if (report.IsTold)
        {
            buffer.Raw(",\"f\":true"u8);
        }

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

        return Raw("]"u8);
    }

    // Finds the number of each name; names that the journal has not mentioned yet are listed under "k".
    [MethodImpl(AggressiveOptimization)]
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

    private JournalEncoder Suggested(Suggestion suggestion) => suggestion switch
    {
        Suggestion.Configure s => Field("w"u8, "configure").Field("r"u8, s.Reason).Raw(",\"o\":"u8).Parameters(s.Config),
        Suggestion.Invalid s => Field("w"u8, "invalid").Field("r"u8, s.Reason).Raw(",\"o\":"u8).Parameters(s.Config),
        Suggestion.Wait => Field("w"u8, "wait"),
        Suggestion.Exhausted s => Field("w"u8, "exhausted").Field("r"u8, s.Reason),
        _ => throw new UnreachableException($"The journal has no form for {suggestion.GetType().Name}."),
    };

    private JournalEncoder Head(ReadOnlySpan<byte> kind, ExperimentEvent happened) =>
        Raw(kind).Raw("\",\"t\":"u8).Whole(happened.At.UtcTicks - DateTimeOffset.UnixEpoch.Ticks).Known("l"u8, happened.Lasted?.Ticks);

    private JournalEncoder Field(ReadOnlySpan<byte> name, long value) => Name(name).Whole(value);

    private JournalEncoder Field(ReadOnlySpan<byte> name, string? value) => Name(name).Text(value);

    private JournalEncoder Known(ReadOnlySpan<byte> name, long? value) => value is { } known ? Field(name, known) : this;

    private JournalEncoder Known(ReadOnlySpan<byte> name, string? value) => value is null ? this : Field(name, value);

    private JournalEncoder Longer(ImmutableArray<int> trials)
    {
        for (var i = 0; i < trials.Length; i++)
        {
            Raw(i == 0 ? ",\"y\":["u8 : ","u8).Whole(trials[i]);
        }

        return trials.IsEmpty ? this : Raw("]"u8);
    }

    private JournalEncoder Name(ReadOnlySpan<byte> name) => Raw(",\""u8).Raw(name).Raw("\":"u8);

    private JournalEncoder Word(ReadOnlySpan<byte> word) => Raw("[\""u8).Raw(word).Raw("\""u8);

    private JournalEncoder Word(ReadOnlySpan<byte> word, TrialId trial) => Word(word).Item(trial.Number);

    private JournalEncoder Item(long value) => Raw(","u8).Whole(value);

    private JournalEncoder Item(string? value) => Raw(","u8).Text(value);

    private JournalEncoder Item(ParameterSet value) => Raw(","u8).Parameters(value);

    private JournalEncoder Item(CheckpointRef? value) => value is { } checkpoint ? Raw(","u8).Checkpoint(checkpoint) : this;

    private JournalEncoder Checkpoint(CheckpointRef checkpoint) => Whole(checkpoint.Trial.Number).Item(checkpoint.Number).Item(checkpoint.AfterReport);

    private JournalEncoder Raw(ReadOnlySpan<byte> text)
    {
        buffer.Raw(text);
        return this;
    }

    private JournalEncoder Whole(long value)
    {
        buffer.Whole(value);
        return this;
    }

    private JournalEncoder Text(string? value)
    {
        buffer.Text(value);
        return this;
    }

    private JournalEncoder Parameters(ParameterSet set)
    {
        _json.Reset(buffer);
        set.WriteTo(_json);
        _json.Flush();
        return this;
    }
}
