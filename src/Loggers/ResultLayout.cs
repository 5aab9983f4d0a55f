using System.Text.Encodings.Web;

namespace Tuning.Loggers;

/// <summary>
/// How a set of metric names becomes one nested JSON object, <c>a/b</c> inside <c>a</c>: computed once per set of names, since a
/// trainable reports the same ones again and again. Immutable.
/// </summary>
internal sealed class ResultLayout
{
    private readonly string[] _keys;
    private readonly Step[] _steps;

    private ResultLayout(string[] keys, Step[] steps) => (_keys, _steps) = (keys, steps);

    private enum StepKind
    {
        Open,
        Value,
        Close,
    }

    /// <summary>Which of the automatic fields the trainable reported itself, so that they are not written twice.</summary>
    public required AutomaticFields Own { get; init; }

    public static ResultLayout For(Metrics metrics)
    {
        var keys = new List<string>(metrics.Count);
        var root = new Branch();
        for (var i = 0; i < metrics.Entries.Length; i++)
        {
            var (key, value) = metrics.Entries[i];
            if (value.Kind == MetricKind.Array)
            {
                continue;
            }

            keys.Add(key);
            if (!AutoFields.IsReserved(key))
            {
                root.Add(key, key, keys.Count - 1, isTop: true);
            }
        }

        var steps = new List<Step>();
        root.Write(steps);
        var own = AutomaticFields.None;
        foreach (var key in keys)
        {
            own |= key switch
            {
                AutoMetrics.TrainingIteration => AutomaticFields.TrainingIteration,
                AutoMetrics.TimeTotal => AutomaticFields.TimeTotal,
                AutoMetrics.TimeThisIteration => AutomaticFields.TimeThisIteration,
                AutoMetrics.Timestamp => AutomaticFields.Timestamp,
                AutoFields.Date => AutomaticFields.Date,
                AutoFields.ProcessId => AutomaticFields.ProcessId,
                AutoFields.HostName => AutomaticFields.HostName,
                AutoFields.Config => AutomaticFields.Config,
                _ => AutomaticFields.None,
            };
        }

        return new([.. keys], [.. steps]) { Own = own };
    }

    /// <summary>Whether these metrics have the names of this layout, in the same order; arrays do not count.</summary>
    public bool Fits(Metrics metrics)
    {
        var at = 0;
        foreach (ref readonly var entry in metrics.Entries)
        {
            if (entry.Value.Kind == MetricKind.Array)
            {
                continue;
            }

            if (at == _keys.Length || (!ReferenceEquals(_keys[at], entry.Key) && _keys[at] != entry.Key))
            {
                return false;
            }

            at++;
        }

        return at == _keys.Length;
    }

    /// <summary>Writes the members of the object.</summary>
    public void Write(Utf8JsonWriter writer, Metrics metrics)
    {
        var entries = metrics.Entries;
        var hasArrays = entries.Length != _keys.Length;
        foreach (ref readonly var step in _steps.AsSpan())
        {
            switch (step.Kind)
            {
                case StepKind.Open:
                    writer.WriteStartObject(step.Name);
                    break;
                case StepKind.Close:
                    writer.WriteEndObject();
                    break;
                default:
                    writer.WritePropertyName(step.Name);
                    var value = entries[step.Entry].Value;
                    if (hasArrays)
                    {
                        metrics.TryGet(_keys[step.Entry], out value);
                    }

                    WriteValue(writer, value);
                    break;
            }
        }
    }

    /// <summary>Writes a number, with null for what JSON has no number for.</summary>
    public static void WriteNumber(Utf8JsonWriter writer, double number)
    {
        if (double.IsFinite(number))
        {
            writer.WriteNumberValue(number);
        }
        else
        {
            writer.WriteNullValue();
        }
    }

    private static void WriteValue(Utf8JsonWriter writer, MetricValue value)
    {
        switch (value.Kind)
        {
            case MetricKind.Text:
                writer.WriteStringValue(value.Text);
                break;
            case MetricKind.Flag:
                writer.WriteBooleanValue(value.Flag!.Value);
                break;
            default:
                if (value.IsWhole)
                {
                    writer.WriteNumberValue((long)value.Number!.Value);
                }
                else
                {
                    WriteNumber(writer, value.Number!.Value);
                }

                break;
        }
    }

    private readonly record struct Step(StepKind Kind, JsonEncodedText Name, int Entry);

    private sealed class Branch
    {
        private readonly List<(string Name, int Entry, Branch? Inner)> _members = [];

        public void Add(string path, string fullPath, int entry, bool isTop = false)
        {
            var slash = path.IndexOf('/', StringComparison.Ordinal);
            if (slash <= 0 || slash == path.Length - 1 || (isTop && AutoFields.IsTop(path[..slash])))
            {
                // A value and a branch of one name cannot both be the member: the value that comes later gets a slash.
                var free = path;
                while (_members.Exists(m => m.Name == free))
                {
                    free += "/";
                }

                _members.Add((free, entry, null));
                return;
            }

            var name = path[..slash];
            var at = _members.FindIndex(m => m.Name == name);
            if (at < 0)
            {
                var inner = new Branch();
                _members.Add((name, -1, inner));
                inner.Add(path[(slash + 1)..], fullPath, entry);
            }
            else if (_members[at].Inner is { } inner)
            {
                inner.Add(path[(slash + 1)..], fullPath, entry);
            }
            else
            {
                // The value came first: what would be inside the branch keeps its whole path as its name.
                _members.Add((fullPath, entry, null));
            }
        }

        public void Write(List<Step> steps)
        {
            foreach (var (name, entry, inner) in _members)
            {
                var encoded = JsonEncodedText.Encode(name, JavaScriptEncoder.UnsafeRelaxedJsonEscaping);
                if (inner is null)
                {
                    steps.Add(new(StepKind.Value, encoded, entry));
                    continue;
                }

                steps.Add(new(StepKind.Open, encoded, -1));
                inner.Write(steps);
                steps.Add(new(StepKind.Close, default, -1));
            }
        }
    }
}

/// <summary>Automatic fields, as a set.</summary>
[Flags]
internal enum AutomaticFields
{
    None = 0,
    TrainingIteration = 1,
    TimeTotal = 2,
    TimeThisIteration = 4,
    Timestamp = 8,
    Date = 16,
    ProcessId = 32,
    HostName = 64,
    Config = 128,
}
