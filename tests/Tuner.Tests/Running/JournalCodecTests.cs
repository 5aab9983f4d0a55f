using FsCheck;
using FsCheck.Fluent;
using Tuning.Control;
using Tuning.Randomness;
using Tuning.Running;
using Tuning.Trials;

namespace Tuning.Tests.Running;

public sealed class JournalCodecTests
{
    public static TheoryData<string> EventCases => [.. JournalCases.Events.Select(t => t.Name)];

    public static TheoryData<string> CommandCases => [.. JournalCases.Commands.Select(t => t.Name)];

    [Theory]
    [MemberData(nameof(EventCases))]
    public void Line_of_each_event_reads_back_as_it_was(string name)
    {
        var type = JournalCases.Events.Single(t => t.Name == name);
        Prop.ForAll<int>(seed =>
        {
            var written = JournalCases.Event(type, new RandomStream((ulong)seed));
            var read = RoundTrip(written, []);
            AssertSame(written, read.Event);
            Assert.Empty(read.Commands);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(100).WithReplay(1, 1));
    }

    [Theory]
    [MemberData(nameof(CommandCases))]
    public void Line_of_each_command_reads_back_as_it_was(string name)
    {
        var type = JournalCases.Commands.Single(t => t.Name == name);
        Prop.ForAll<int>(seed =>
        {
            var random = new RandomStream((ulong)seed);
            ExperimentCommand[] written = [JournalCases.Command(type, random), JournalCases.Command(type, random)];
            var read = RoundTrip(new ExperimentEvent.TimePassed(DateTimeOffset.UnixEpoch), written);
            Assert.Equal(written.Where(c => c.IsRecorded), read.Commands);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(100).WithReplay(1, 1));
    }

    [Theory]
    [InlineData(DecisionRules.First, false)]
    [InlineData(7, true)]
    public void Rules_of_a_resumed_session_read_back_and_the_first_are_not_written(int rules, bool isWritten)
    {
        var resumed = new ExperimentEvent.Resumed(DateTimeOffset.UnixEpoch, new()) { Rules = rules };
        var buffer = new JournalBuffer();
        new JournalEncoder(buffer, new MetricNames()).Write(resumed, []);

        Assert.Equal(isWritten, System.Text.Encoding.UTF8.GetString(buffer.Written).Contains("\"v\":", StringComparison.Ordinal));
        Assert.Equal(resumed, RoundTrip(resumed, []).Event);
    }

    [Fact]
    public void Configuration_of_a_suggestion_is_written_once()
    {
        var config = ParameterSet.Empty.With("lr", 0.25);
        var ready = new ExperimentEvent.SuggestionReady(DateTimeOffset.UnixEpoch, 3, new Tuning.Search.Suggestion.Configure(config, "random"), 7);
        ExperimentCommand create = new ExperimentCommand.CreateTrial(new(0), 3, config);

        var buffer = new JournalBuffer();
        new JournalEncoder(buffer, new MetricNames()).Write(ready, [create]);

        Assert.Equal(1, System.Text.Encoding.UTF8.GetString(buffer.Written).Split("\"lr\"").Length - 1);
        Assert.Equal([create], RoundTrip(ready, [create]).Commands);
    }

    [Fact]
    public void Line_with_any_changed_byte_is_refused()
    {
        var buffer = new JournalBuffer();
        new JournalEncoder(buffer, new MetricNames()).Write(JournalCases.Event(typeof(ExperimentEvent.Reported), new RandomStream(5)), []);
        var line = buffer.Written[..^1].ToArray();

        for (var i = 0; i < line.Length; i++)
        {
            var damaged = (byte[])line.Clone();
            damaged[i] ^= 4;
            Assert.Throws<FormatException>(() => new JournalDecoder(new MetricNames()).Read(2, damaged));
        }
    }

    [Fact]
    public void Metric_names_are_written_once()
    {
        var buffer = new JournalBuffer();
        var names = new MetricNames();
        var encoder = new JournalEncoder(buffer, names);
        for (var i = 1; i <= 3; i++)
        {
            var report = new TrialReport(new(0), i, DateTimeOffset.UnixEpoch, 1, 1, new Metrics { ["accuracy"] = 0.5 });
            encoder.Write(new ExperimentEvent.Reported(report, 1), []);
        }

        Assert.Equal(1, System.Text.Encoding.UTF8.GetString(buffer.Written).Split("accuracy").Length - 1);
    }

    private static JournalEntry RoundTrip(ExperimentEvent happened, ExperimentCommand[] commands)
    {
        var buffer = new JournalBuffer();
        using var encoder = new JournalEncoder(buffer, new MetricNames());
        encoder.Write(happened, commands);
        var line = buffer.Written;
        Assert.Equal((byte)'\n', line[^1]);
        Assert.Equal(line.Length - 1, line.IndexOf((byte)'\n'));
        return new JournalDecoder(new MetricNames()).Read(2, line[..^1]);
    }

    private static void AssertSame(ExperimentEvent expected, ExperimentEvent actual)
    {
        if (expected is not ExperimentEvent.Reported reported)
        {
            Assert.Equal(expected, actual);
            return;
        }

        var read = Assert.IsType<ExperimentEvent.Reported>(actual);
        Assert.Equal(reported.Digest, read.Digest);
        Assert.Equal(reported.Report with { Metrics = read.Report.Metrics }, read.Report);
        Assert.Equal(reported.Report.Metrics.Where(m => m.Value.Kind != MetricKind.Array), read.Report.Metrics);
    }
}

