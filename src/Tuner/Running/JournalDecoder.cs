namespace Tuning.Running;

/// <summary>One line of the journal after the first: what happened, and what was decided.</summary>
/// <param name="Line">The number of the line, the header being line 1.</param>
/// <param name="Event">What happened.</param>
/// <param name="Commands">The recorded commands, in order.</param>
internal sealed record JournalEntry(long Line, ExperimentEvent Event, ImmutableArray<ExperimentCommand> Commands);

/// <summary>Reads what <see cref="JournalEncoder"/> wrote.</summary>
/// <remarks>Used by one thread.</remarks>
internal sealed class JournalDecoder(MetricNames names)
{
    private readonly List<KeyValuePair<string, MetricValue>> _metrics = [];
    private readonly List<ExperimentCommand> _commands = [];
    private readonly List<int> _longer = [];
    private DateTimeOffset _at;
    private TimeSpan? _lasted;
    private string? _kind, _word, _reason;
    private TrialId _trial;
    private long? _number;
    private long _basis;
    private int _rules;
    private double _timeTotal, _timeThis;
    private ulong _digest;
    private bool _told;
    private ParameterSet? _config;
    private CheckpointRef _checkpoint;

    /// <summary>Reads one line, without its line feed.</summary>
    /// <exception cref="FormatException">The line is damaged, or is none that the journal writes.</exception>
    public JournalEntry Read(long number, ReadOnlySpan<byte> line)
    {
        if (!JournalChecksum.IsIntact(line))
        {
            throw new FormatException("its checksum does not fit");
        }

        Reset();
        try
        {
            var reader = new Utf8JsonReader(line);
            Next(ref reader, JsonTokenType.StartObject);
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                ReadField(ref reader);
            }

            var happened = MakeEvent();
            happened.Lasted = _lasted;
            return new(number, happened, [.. _commands]);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            throw new FormatException(e.Message, e);
        }
    }

    private void Reset()
    {
        _metrics.Clear();
        _commands.Clear();
        _longer.Clear();
        _lasted = null;
        (_kind, _word, _reason, _number, _basis, _rules, _config, _told) = (null, null, null, null, 0, DecisionRules.First, null, false);
    }

    private void ReadField(ref Utf8JsonReader reader)
    {
        var name = reader.ValueSpan.Length == 1 ? reader.ValueSpan[0] : (byte)0;
        reader.Read();
        switch (name)
        {
            case (byte)'e':
                _kind = reader.GetString();
                break;
            case (byte)'t':
                _at = new DateTimeOffset(DateTimeOffset.UnixEpoch.Ticks + reader.GetInt64(), TimeSpan.Zero);
                break;
            case (byte)'l':
                _lasted = new(reader.GetInt64());
                break;
            case (byte)'i':
                _trial = new(reader.GetInt32());
                break;
            case (byte)'n':
                _number = reader.GetInt64();
                break;
            case (byte)'b':
                _basis = reader.GetInt64();
                break;
            case (byte)'v':
                _rules = reader.GetInt32();
                break;
            case (byte)'w':
                _word = reader.GetString();
                break;
            case (byte)'r':
                _reason = reader.GetString();
                break;
            case (byte)'s':
                _timeTotal = Real(ref reader);
                break;
            case (byte)'d':
                _timeThis = Real(ref reader);
                break;
            case (byte)'g':
                _digest = Convert.ToUInt64(reader.GetString(), 16);
                break;
            case (byte)'f':
                _told = reader.GetBoolean();
                break;
            case (byte)'o':
                _config = Parameters(ref reader);
                break;
            case (byte)'p':
                reader.Read();
                _checkpoint = Checkpoint(ref reader);
                Next(ref reader, JsonTokenType.EndArray);
                break;
            case (byte)'y':
                while (reader.Read() && reader.TokenType == JsonTokenType.Number)
                {
                    _longer.Add(reader.GetInt32());
                }

                break;
            case (byte)'k':
                while (reader.Read() && reader.TokenType == JsonTokenType.String)
                {
                    names.Add(reader.GetString()!);
                }

                break;
            case (byte)'m':
                ReadMetrics(ref reader);
                break;
            case (byte)'c':
                while (reader.Read() && reader.TokenType == JsonTokenType.StartArray)
                {
                    _commands.Add(ReadCommand(ref reader));
                }

                break;
            default:
                reader.Skip(); // the checksum
                break;
        }
    }

    private ExperimentEvent MakeEvent() => _kind switch
    {
        "report" => new ExperimentEvent.Reported(new TrialReport(_trial, (int)_number!.Value, _at, _timeTotal, _timeThis, MakeMetrics()) { IsTold = _told },
            _digest),
        "suggestion" => new ExperimentEvent.SuggestionReady(_at, _number!.Value, MakeSuggestion(), _basis),
        "checkpoint" => new ExperimentEvent.CheckpointSaved(_at, _checkpoint),
        "ended" => new ExperimentEvent.SegmentEnded(_at, _trial, _word == "completed" ? SegmentEnd.Completed : SegmentEnd.AsAnswered),
        "failed" => new ExperimentEvent.SegmentFailed(_at, _trial, _reason!, _word == "retry"),
        "started" => new ExperimentEvent.Started(_at),
        "resumed" => new ExperimentEvent.Resumed(_at, new ExperimentExtension
        {
            NumSamples = (int?)_number,
            AddSamples = (int)_basis,
            Errored = JournalWords.ToErrored(_word),
            Longer = [.. _longer],
            Changes = _reason
        })
        { Rules = _rules },
        "stop" => new ExperimentEvent.StopRequested(_at, _reason!),
        "asked" => new ExperimentEvent.Asked(_at),
        "time" => new ExperimentEvent.TimePassed(_at),
        _ => throw new FormatException($"'{_kind}' is no event of this format"),
    };

    // ["word",trial,…]
    private ExperimentCommand ReadCommand(ref Utf8JsonReader reader)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        var items = document.RootElement;
        var length = items.GetArrayLength();
        return (length == 0 ? null : Text(0), length) switch
        {
            ("answer", 6) => new ExperimentCommand.Answer(Trial(1), Whole(2), JournalWords.ToVerdict(Text(3)), items[4].GetBoolean(), Text(5))
            { IsPruning = Text(3) == JournalWords.Prune },
            ("create", 3) => new ExperimentCommand.CreateTrial(Trial(1), items[2].GetInt64(),
                _config ?? throw new FormatException("a trial without a configuration")),
            ("create", 4) => new ExperimentCommand.CreateTrial(Trial(1), items[2].GetInt64(), ParameterSet.FromJson(items[3])),
            ("start", 2) => new ExperimentCommand.StartTrial(Trial(1), null),
            ("start", 3) => new ExperimentCommand.StartTrial(Trial(1), null, Text(2)),
            ("start", 5) => new ExperimentCommand.StartTrial(Trial(1), Checkpoint(2)),
            ("start", 6) => new ExperimentCommand.StartTrial(Trial(1), Checkpoint(2), Text(5)),
            ("end", 4) => new ExperimentCommand.EndTrial(Trial(1), Text(2) == "failed" ? TrialStatus.Failed : TrialStatus.Terminated, Text(3)!),
            ("delete", 4) => new ExperimentCommand.DeleteCheckpoint(Checkpoint(1)),
            ("redirect", 4) => new ExperimentCommand.Redirect(Trial(1), JournalWords.ToVerdict(Text(2)), Text(3)!),
            ("exploit", 4) => new ExperimentCommand.PlanExploit(Trial(1), Trial(2), ParameterSet.FromJson(items[3])),
            ("adopt", 5) => new ExperimentCommand.AdoptCheckpoint(Trial(1), Checkpoint(2)),
            ("abandon", 3) => new ExperimentCommand.AbandonExploit(Trial(1), Text(2)!),
            ("save", 3) => new ExperimentCommand.RequestSave(Trial(1), Text(2)!),
            ("retry", 4) => new ExperimentCommand.RetryTrial(Trial(1), Whole(2), Text(3)!),
            ("retry", 5) => new ExperimentCommand.RetryTrial(Trial(1), Whole(2), Text(3)!, new(items[4].GetInt64())),
            ("stop", 2) => new ExperimentCommand.StopExperiment(Text(1)!),
            ("stop", 3) => new ExperimentCommand.StopExperiment(Text(1)!, items[2].GetBoolean()),
            ("finish", 2) => new ExperimentCommand.FinishExperiment(Text(1)!),
            ("finish", 3) => new ExperimentCommand.FinishExperiment(Text(1)!, items[2].GetBoolean()),
            ("suspend", 2) => new ExperimentCommand.SuspendExperiment(Text(1)!),
            _ => throw new FormatException($"{items.GetRawText()} is no command of this format"),
        };

        string? Text(int at) => items[at].GetString();

        int Whole(int at) => items[at].GetInt32();

        TrialId Trial(int at) => new(Whole(at));

        CheckpointRef Checkpoint(int at) => new(Trial(at), Whole(at + 1), Whole(at + 2));
    }

    private Suggestion MakeSuggestion() => _word switch
    {
        "configure" => new Suggestion.Configure(_config!, _reason!),
        "invalid" => new Suggestion.Invalid(_config!, _reason!),
        "wait" => new Suggestion.Wait(),
        "exhausted" => new Suggestion.Exhausted(_reason!),
        _ => throw new FormatException($"'{_word}' is no suggestion"),
    };

    private Metrics MakeMetrics()
    {
        var metrics = new Metrics(_metrics.Count);
        foreach (var (name, value) in _metrics)
        {
            metrics[name] = value;
        }

        return metrics;
    }

    private void ReadMetrics(ref Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.Number)
        {
            var name = names[reader.GetInt32()];
            reader.Read();
            MetricValue value = reader.TokenType switch
            {
                JsonTokenType.String => reader.GetString()!,
                JsonTokenType.True => true,
                JsonTokenType.False => false,
                JsonTokenType.Null => double.NaN,
                _ when reader.ValueSpan.IndexOfAny((byte)'.', (byte)'e', (byte)'E') < 0 => reader.GetInt64(),
                _ => Real(ref reader),
            };
            _metrics.Add(new(name, value));
        }
    }

    private static double Real(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.Null => double.NaN,
        _ when reader.ValueSpan.SequenceEqual("1e999"u8) => double.PositiveInfinity,
        _ when reader.ValueSpan.SequenceEqual("-1e999"u8) => double.NegativeInfinity,
        _ => reader.GetDouble(),
    };

    private static CheckpointRef Checkpoint(ref Utf8JsonReader reader)
    {
        var trial = reader.GetInt32();
        reader.Read();
        var number = reader.GetInt32();
        reader.Read();
        return new(new(trial), number, reader.GetInt32());
    }

    private static ParameterSet Parameters(ref Utf8JsonReader reader)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return ParameterSet.FromJson(document.RootElement);
    }

    private static void Next(ref Utf8JsonReader reader, JsonTokenType expected)
    {
        if (!reader.Read() || reader.TokenType != expected)
        {
            throw new FormatException($"{expected} expected, {Encoding.UTF8.GetString(reader.ValueSpan)} found");
        }
    }
}
