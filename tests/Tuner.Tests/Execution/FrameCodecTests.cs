using Microsoft.Extensions.Logging;
using Tuning.Control;
using Tuning.Execution;
using Tuning.Execution.Remote;
using Tuning.Trials;

namespace Tuning.Tests.Execution;

/// <summary>Messages of segments as bytes: each comes back as it was, and what is none is refused.</summary>
public sealed class FrameCodecTests
{
    private static readonly SegmentId _segment = new(new(7), 1L << 40);
    private static readonly CheckpointRef _checkpoint = new(new(7), 3, 12);

    private static readonly object[] _messages =
    [
        new RemoteSetup("{}", "/somewhere/ü", ulong.MaxValue, 2, true),
        new RemoteReady(17, null),
        new RemoteReady(17, "no such trainable"),
        new SegmentCommand.Start(_segment, ParameterSet.Parse("""{"lr": 1e-300, "layers": [1, 2], "name": "a\nb"}"""), _checkpoint, 4, 1,
            new(13, 20, [1, 2, ulong.MaxValue], new(new(7), 20, Verdict.Pause, true, "others first") { IsPruning = true }, [15, 18], 1.25)),
        new SegmentCommand.Start(_segment, ParameterSet.Empty, null, 0, 0, new(1, 0, [], null, [], 0)),
        new SegmentCommand.Start(_segment, ParameterSet.Empty, null, 0, 0, new(1, 0, [], null, [], 0))
        {
            Share = new(3, [4, 5], [("gpu", ["GPU-1", "2"]), ("license", [])]) { Memory = 1L << 40, MaxProcesses = 7 },
        },
        new SegmentCommand.Start(_segment, ParameterSet.Empty, null, 0, 0, new(1, 0, [], null, [], 0)) { Share = new(0, [], []) },
        new SegmentCommand.Answer(_segment, 20, Verdict.Exploit, true, "better"),
        new SegmentCommand.Answer(_segment, 20, Verdict.Continue, false, null),
        new SegmentCommand.Cancel(_segment),
        new RemoteSuspend("stop"),
        new RemoteAbort(),
        Report(1),
        Report(2),
        new SegmentEvent.CheckpointWritten(_segment, _checkpoint),
        new SegmentEvent.Ended(_segment, SegmentEnd.AsAnswered),
        new SegmentEvent.Failed(_segment, "why", Retry: false),
        new SegmentEvent.Damaged(_segment, _checkpoint, "a digest differs"),
        new RemoteLog("Tuning.Trials", LogLevel.Warning, 1200, "two\nlines"),
        new RemoteAlive(_segment),
        new RemoteFault("no threads"),
    ];

    [Fact]
    public void Every_message_comes_back_as_it_was()
    {
        var (to, from) = (new FrameCodec(), new FrameCodec());
        using var stream = new MemoryStream();
        foreach (var message in _messages)
        {
            stream.SetLength(0);
            to.Write(stream, message);
            var read = from.Read(new MemoryStream(stream.ToArray()));
            Assert.Equal(Text(message), Text(read));
        }
    }

    [Fact]
    public void A_fault_of_the_machine_is_one_on_the_other_side()
    {
        using var stream = new MemoryStream();
        new FrameCodec().Write(stream, new SegmentEvent.Failed(_segment, "full", Retry: true) { Machine = MachineFault.Told("the disk is full") });

        var read = Assert.IsType<SegmentEvent.Failed>(new FrameCodec().Read(new MemoryStream(stream.ToArray())));

        Assert.Equal("the disk is full", read.Machine!.Message);
    }

    [Fact]
    public void A_name_of_a_metric_is_sent_once()
    {
        var codec = new FrameCodec();
        using var stream = new MemoryStream();
        codec.Write(stream, Report(1));
        var first = stream.Length;
        codec.Write(stream, Report(2));

        Assert.True(stream.Length - first < first - 40, $"{first} and then {stream.Length - first} bytes");
    }

    [Fact]
    public void A_report_that_is_too_long_is_refused_and_leaves_the_connection_as_it_was()
    {
        using var stream = new MemoryStream();
        var connection = new FrameConnection(stream, longest: 400);
        Assert.True(connection.Send(Report(1)));
        var refused = Assert.Throws<TrialConfigurationException>(() =>
            connection.Send(Report(2) with { Metrics = new() { ["new name"] = 1, ["big"] = new float[1000] } }));
        Assert.Contains("at most 400 can be told", refused.Message);
        Assert.True(connection.Send(Report(3) with { Metrics = new() { ["other"] = 1, ["new name"] = 2 } }));

        stream.Position = 0;
        var other = new FrameConnection(stream, longest: 400);
        Assert.Equal(Text(Report(1)), Text(other.Read()!));
        Assert.Equal(2, Assert.IsType<SegmentEvent.Reported>(other.Read()).Metrics.Number("new name"));
        Assert.Null(other.Read());
    }

    [Fact]
    public void Damaged_frames_are_refused_and_ask_for_no_memory()
    {
        var random = new Random(20261201);
        using var stream = new MemoryStream();
        foreach (var message in _messages)
        {
            stream.SetLength(0);
            new FrameCodec().Write(stream, message);
            for (var round = 0; round < 200; round++)
            {
                var bytes = stream.ToArray();
                if (round % 2 == 0)
                {
                    bytes = bytes[..random.Next(bytes.Length)];
                }
                else
                {
                    bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                }

                var before = GC.GetAllocatedBytesForCurrentThread();
                _ = Record.Exception(() => new FrameCodec().Read(new MemoryStream(bytes))) is { } e ? Assert.IsType<InvalidDataException>(e) : null;
                Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
            }
        }
    }

    private static SegmentEvent.Reported Report(int number) => new(_segment, number, 2.5, 0.5, new Metrics
    {
        ["loss"] = double.NaN,
        ["a long name of a metric/below another"] = -0.0,
        ["whole"] = long.MaxValue,
        ["flag"] = true,
        ["text"] = "zwölf",
        ["histogram"] = new[] { 1f, float.PositiveInfinity },
    }, 0xdeadbeef);

    private static string Text(object message) => message switch
    {
        SegmentCommand.Start s => $"{s with { CatchUp = null! }} {s.CatchUp with { Digests = [], SaveAfter = [] }} {string.Join(' ', s.CatchUp.Digests)} "
            + string.Join(' ', s.CatchUp.SaveAfter),
        SegmentEvent.Reported r => $"{r with { Metrics = new() }} " + string.Join(' ', r.Metrics.Select(m =>
            $"{m.Key}={m.Value.Kind} {m.Value.IsWhole} {(m.Value.Number is { } n ? BitConverter.DoubleToInt64Bits(n) : 0)} {m.Value} {string.Join(' ',
                m.Value.Array.ToArray())}")),
        _ => message.ToString()!,
    };
}
