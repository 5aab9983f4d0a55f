using System.Diagnostics;

namespace Tuning.Execution.Remote;

/// <summary>
/// Messages as bytes: a byte that says which, then its fields as <see cref="BinaryWriter"/> writes them. Names of metrics are sent once for each direction
/// of a connection, later as their numbers. Whoever changes a message changes <see cref="Version"/>.
/// </summary>
/// <remarks>One for each direction of a connection, used by one thread at a time.</remarks>
internal sealed class FrameCodec
{
    /// <summary>The first byte of a setup and of its answer: both sides are of one version.</summary>
    public const byte Version = 2;

    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly List<string> _names = [];
    private readonly List<string> _fresh = [];
    private BinaryWriter? _to;

    private enum Kind : byte
    {
        Setup, Start, Answer, Cancel, Suspend, Abort, Ready, Reported, Checkpoint, Ended, Failed, Damaged, Log, Fault, Alive,
    }

    /// <summary>What was written last is not sent: the other side does not hear of its names.</summary>
    public void Forget() => _fresh.ForEach(n => _numbers.Remove(n));

    /// <summary>Writes a message at the end of a stream.</summary>
    public void Write(MemoryStream stream, object message)
    {
        _fresh.Clear();
        var to = _to ??= new(stream, Encoding.UTF8, leaveOpen: true);
        switch (message)
        {
            case RemoteSetup m:
                Begin(Kind.Setup).Write(Version);
                to.Write(m.Experiment);
                to.Write(m.Directory);
                to.Write(m.Seed);
                to.Write(m.Cpus);
                to.Write(m.SaveAtEnd);
                break;
            case SegmentCommand.Start m:
                Begin(Kind.Start, m.Segment).Write(m.Config.ToString()!);
                Checkpoint(m.From);
                to.Write(m.NextCheckpoint);
                to.Write(m.Failures);
                Write(m.CatchUp);
                Write(m.Share);
                break;
            case SegmentCommand.Answer m:
                Begin(Kind.Answer, m.Segment).Write(m.Report);
                to.Write((byte)m.Verdict);
                to.Write(m.Save);
                Text(m.Reason);
                break;
            case SegmentCommand.Cancel m:
                Begin(Kind.Cancel, m.Segment);
                break;
            case RemoteSuspend m:
                Begin(Kind.Suspend).Write(m.Reason);
                break;
            case RemoteAbort:
                Begin(Kind.Abort);
                break;
            case RemoteReady m:
                Begin(Kind.Ready).Write(Version);
                to.Write(m.Process);
                Text(m.Refusal);
                break;
            case SegmentEvent.Reported m:
                Begin(Kind.Reported, m.Segment).Write(m.Number);
                to.Write(m.TimeTotal);
                to.Write(m.TimeThisIteration);
                to.Write(m.Digest);
                Write(m.Metrics);
                break;
            case SegmentEvent.CheckpointWritten m:
                Begin(Kind.Checkpoint, m.Segment);
                Checkpoint(m.Checkpoint);
                break;
            case SegmentEvent.Ended m:
                Begin(Kind.Ended, m.Segment).Write((byte)m.End);
                break;
            case SegmentEvent.Failed m:
                Begin(Kind.Failed, m.Segment).Write(m.Message);
                to.Write(m.Retry);
                Text(m.Machine?.Message);
                break;
            case SegmentEvent.Damaged m:
                Begin(Kind.Damaged, m.Segment).Write(m.Message);
                Checkpoint(m.Checkpoint);
                break;
            case RemoteLog m:
                Begin(Kind.Log).Write(m.Category);
                to.Write((byte)m.Level);
                to.Write(m.Id);
                to.Write(m.Text);
                break;
            case RemoteAlive m:
                Begin(Kind.Alive, m.Segment);
                break;
            case RemoteFault m:
                Begin(Kind.Fault).Write(m.Message);
                break;
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>Reads the content of a frame.</summary>
    /// <exception cref="InvalidDataException">It is no message of this version.</exception>
    public object Read(MemoryStream content)
    {
        using var from = new BinaryReader(content, Encoding.UTF8);
        try
        {
            return Read(from);
        }
        catch (Exception e) when (e is EndOfStreamException or FormatException or ArgumentException or OverflowException or JsonException)
        {
            throw new InvalidDataException($"a frame that holds no message ({e.Message})", e);
        }
    }

    private object Read(BinaryReader from)
    {
        var kind = (Kind)from.ReadByte();
        if (kind is Kind.Setup or Kind.Ready && from.ReadByte() is var version and not Version)
        {
            throw new InvalidDataException($"a message of version {version}; this is version {Version}");
        }

        return kind switch
        {
            Kind.Setup => new RemoteSetup(from.ReadString(), from.ReadString(), from.ReadUInt64(), from.ReadInt32(), from.ReadBoolean()),
            Kind.Start => new SegmentCommand.Start(Segment(from), ParameterSet.Parse(from.ReadString()), Checkpoint(from), from.ReadInt32(), from.ReadInt32(),
                CatchUp(from))
            { Share = Share(from) },
            Kind.Answer => new SegmentCommand.Answer(Segment(from), from.ReadInt32(), Word<Verdict>(from), from.ReadBoolean(), Text(from)),
            Kind.Cancel => new SegmentCommand.Cancel(Segment(from)),
            Kind.Suspend => new RemoteSuspend(from.ReadString()),
            Kind.Abort => new RemoteAbort(),
            Kind.Ready => new RemoteReady(from.ReadInt32(), Text(from)),
            Kind.Reported => Reported(from),
            Kind.Checkpoint => new SegmentEvent.CheckpointWritten(Segment(from), Checkpoint(from) ?? throw new FormatException("no checkpoint")),
            Kind.Ended => new SegmentEvent.Ended(Segment(from), Word<SegmentEnd>(from)),
            Kind.Failed => Failed(from),
            Kind.Damaged => Damaged(from),
            Kind.Log => new RemoteLog(from.ReadString(), Word<LogLevel>(from), from.ReadInt32(), from.ReadString()),
            Kind.Alive => new RemoteAlive(Segment(from)),
            Kind.Fault => new RemoteFault(from.ReadString()),
            _ => throw new FormatException($"kind {(byte)kind}"),
        };
    }

    private SegmentEvent.Reported Reported(BinaryReader from)
    {
        var (segment, number, total, iteration, digest) = (Segment(from), from.ReadInt32(), from.ReadDouble(), from.ReadDouble(), from.ReadUInt64());
        return new(segment, number, total, iteration, Metrics(from), digest);
    }

    private static SegmentEvent.Failed Failed(BinaryReader from)
    {
        var (segment, message, retry) = (Segment(from), from.ReadString(), from.ReadBoolean());
        return new(segment, message, retry) { Machine = Text(from) is { } fault ? MachineFault.Told(fault) : null };
    }

    private static SegmentEvent.Damaged Damaged(BinaryReader from)
    {
        var (segment, message) = (Segment(from), from.ReadString());
        return new(segment, Checkpoint(from) ?? throw new FormatException("no checkpoint"), message);
    }

    private BinaryWriter Begin(Kind kind)
    {
        _to!.Write((byte)kind);
        return _to;
    }

    private BinaryWriter Begin(Kind kind, SegmentId segment)
    {
        Begin(kind).Write(segment.Trial.Number);
        _to!.Write(segment.Start);
        return _to;
    }

    private static SegmentId Segment(BinaryReader from) => new(new(from.ReadInt32()), from.ReadInt64());

    private static T Word<T>(BinaryReader from)
        where T : struct, Enum
    {
        var word = (T)Enum.ToObject(typeof(T), from.ReadByte());
        return Enum.IsDefined(word) ? word : throw new FormatException($"no {typeof(T).Name}");
    }

    private void Text(string? text)
    {
        _to!.Write(text is not null);
        if (text is not null)
        {
            _to.Write(text);
        }
    }

    private static string? Text(BinaryReader from) => from.ReadBoolean() ? from.ReadString() : null;

    private void Checkpoint(CheckpointRef? checkpoint)
    {
        _to!.Write(checkpoint is not null);
        if (checkpoint is { } at)
        {
            _to.Write(at.Trial.Number);
            _to.Write(at.Number);
            _to.Write(at.AfterReport);
        }
    }

    private static CheckpointRef? Checkpoint(BinaryReader from) =>
        from.ReadBoolean() ? new(new(from.ReadInt32()), from.ReadInt32(), from.ReadInt32()) : null;

    private void Write(CatchUp c)
    {
        _to!.Write(c.FirstReport);
        _to.Write(c.RecordedReports);
        _to.Write(c.Digests.Length);
        foreach (var digest in c.Digests)
        {
            _to.Write(digest);
        }

        _to.Write(c.LastAnswer is not null);
        if (c.LastAnswer is { } last)
        {
            _to.Write(last.Trial.Number);
            _to.Write(last.Report);
            _to.Write((byte)last.Verdict);
            _to.Write(last.Save);
            Text(last.Reason);
            _to.Write(last.IsPruning);
        }

        _to.Write(c.SaveAfter.Length);
        foreach (var report in c.SaveAfter)
        {
            _to.Write(report);
        }

        _to.Write(c.TimeTotal);
    }

    private static CatchUp CatchUp(BinaryReader from)
    {
        var (first, recorded) = (from.ReadInt32(), from.ReadInt32());
        var digests = Items(from, sizeof(ulong), from.ReadUInt64);
        var last = from.ReadBoolean()
            ? new ExperimentCommand.Answer(new(from.ReadInt32()), from.ReadInt32(), Word<Verdict>(from), from.ReadBoolean(), Text(from))
            {
                IsPruning = from.ReadBoolean()
            }
            : null;
        return new(first, recorded, digests, last, Items(from, sizeof(int), from.ReadInt32), from.ReadDouble());
    }

    private void Write(TrialShare? share)
    {
        _to!.Write(share is not null);
        if (share is null)
        {
            return;
        }

        _to.Write(share.Lane);
        _to.Write(share.Memory ?? -1);
        _to.Write(share.MaxProcesses ?? -1);
        _to.Write(share.Processors.Length);
        foreach (var processor in share.Processors)
        {
            _to.Write(processor);
        }

        _to.Write(share.Devices.Length);
        foreach (var (name, devices) in share.Devices)
        {
            _to.Write(name);
            _to.Write(devices.Length);
            foreach (var device in devices)
            {
                _to.Write(device);
            }
        }
    }

    private static TrialShare? Share(BinaryReader from)
    {
        if (!from.ReadBoolean())
        {
            return null;
        }

        var (lane, memory, processes) = (from.ReadInt32(), from.ReadInt64(), from.ReadInt32());
        var processors = Items(from, sizeof(int), from.ReadInt32);
        return new(lane, processors, Items(from, 2, () => (from.ReadString(), Items(from, 1, from.ReadString))))
        {
            Memory = memory < 0 ? null : memory,
            MaxProcesses = processes < 0 ? null : processes,
        };
    }

    private static ImmutableArray<T> Items<T>(BinaryReader from, int bytesEach, Func<T> read)
    {
        var items = new T[Count(from, bytesEach)];
        foreach (ref var item in items.AsSpan())
        {
            item = read();
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(items);
    }

    private void Write(Metrics metrics)
    {
        _to!.Write7BitEncodedInt(metrics.Count);
        foreach (var (name, value) in metrics.Entries)
        {
            if (_numbers.TryGetValue(name, out var number))
            {
                _to.Write7BitEncodedInt(number);
            }
            else
            {
                _to.Write7BitEncodedInt(_numbers.Count);
                _to.Write(name);
                _numbers[name] = _numbers.Count;
                _fresh.Add(name);
            }

            _to.Write((byte)(value.IsWhole ? 1 + (int)MetricKind.Array : (int)value.Kind));
            switch (value.Kind)
            {
                case MetricKind.Number:
                    _to.Write(value.Number!.Value);
                    break;
                case MetricKind.Flag:
                    _to.Write(value.Flag!.Value);
                    break;
                case MetricKind.Text:
                    _to.Write(value.Text!);
                    break;
                default:
                    _to.Write(value.Array.Length);
                    _to.Write(MemoryMarshal.AsBytes(value.Array));
                    break;
            }
        }
    }

    private Metrics Metrics(BinaryReader from)
    {
        var count = Count(from.Read7BitEncodedInt(), from, 2);
        var metrics = new Metrics(count);
        while (metrics.Count < count)
        {
            var number = from.Read7BitEncodedInt();
            if (number == _names.Count)
            {
                _names.Add(from.ReadString());
            }

            metrics[_names[number]] = from.ReadByte() switch
            {
                (byte)MetricKind.Number => from.ReadDouble(),
                (byte)MetricKind.Flag => from.ReadBoolean(),
                (byte)MetricKind.Text => from.ReadString(),
                (byte)MetricKind.Array => Floats(from),
                1 + (byte)MetricKind.Array => (long)from.ReadDouble(),
                var kind => throw new FormatException($"a value of kind {kind}"),
            };
        }

        return metrics;
    }

    private static float[] Floats(BinaryReader from)
    {
        var values = new float[Count(from, sizeof(float))];
        from.BaseStream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }

    private static int Count(BinaryReader from, int bytesEach) => Count(from.ReadInt32(), from, bytesEach);

    // No more than can follow: a damaged number asks for no memory.
    private static int Count(int count, BinaryReader from, int bytesEach) =>
        count >= 0 && count <= (from.BaseStream.Length - from.BaseStream.Position) / bytesEach ? count : throw new FormatException($"{count} items");
}
