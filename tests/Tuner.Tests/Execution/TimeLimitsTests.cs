using Microsoft.Extensions.Logging.Abstractions;
using Tuning.Control;
using Tuning.Execution;
using Tuning.Testing;

namespace Tuning.Tests.Execution;

/// <summary>Segments that take too long fail, and only those.</summary>
public sealed class TimeLimitsTests : IDisposable
{
    private static readonly SegmentId _segment = new(new(0), 5), _next = new(new(0), 9);
    private static readonly TimeSpan _ofTrial = TimeSpan.FromSeconds(100), _ofReport = TimeSpan.FromSeconds(10);

    private readonly TemporaryFolder _folder = new();
    private readonly ManualTimeProvider _time = new();
    private readonly Inner _inner = new();
    private readonly Mailbox _mailbox = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_segment_that_reports_nothing_for_too_long_is_given_up_and_heard_no_more()
    {
        await using var limits = await StartAsync(_ofTrial, _ofReport);
        Begin(limits, _segment);
        Advance(9);
        Assert.Empty(_mailbox.Messages);

        Advance(2);

        var failed = Assert.IsType<SegmentEvent.Failed>(Assert.Single(_mailbox.Messages));
        Assert.StartsWith("It reported nothing for 1", failed.Message);
        Assert.EndsWith("report_timeout allows 10 s.", failed.Message);
        Assert.True(failed.Retry);
        Assert.Equal(_segment, Assert.Single(_inner.GivenUp));
        Assert.Contains("report_timeout", await File.ReadAllTextAsync(Path.Combine(_folder.Path, "trial_00000", "error.txt")));

        // The one that follows it is heard, it itself is not.
        Begin(limits, _next);
        ((ISegmentMailbox)limits).Post(new SegmentEvent.Ended(_segment, SegmentEnd.Completed));
        ((ISegmentMailbox)limits).Post(new SegmentEvent.Ended(_next, SegmentEnd.Completed));
        Assert.Equal([failed, new SegmentEvent.Ended(_next, SegmentEnd.Completed)], _mailbox.Messages);
        Advance(20);
        Assert.Equal(2, _mailbox.Messages.Count);
    }

    [Fact]
    public async Task Waiting_for_a_place_or_an_answer_and_repeating_reports_take_no_time()
    {
        await using var limits = await StartAsync(null, _ofReport);
        limits.Send(new SegmentCommand.Start(_segment, ParameterSet.Empty, null, 0, 0, new(1, 0, [], null, [], 0)));
        Advance(30);
        ((ISegmentMailbox)limits).Alive(_segment);
        Advance(8);
        ((ISegmentMailbox)limits).Alive(_segment);
        Advance(8);
        ((ISegmentMailbox)limits).Post(new SegmentEvent.Reported(_segment, 1, 1, 1, [], 0));
        Advance(60);
        limits.Send(new SegmentCommand.Answer(_segment, 1, Verdict.Continue, false, null));
        Advance(8);

        Assert.IsType<SegmentEvent.Reported>(Assert.Single(_mailbox.Messages));
        Advance(4);
        Assert.IsType<SegmentEvent.Failed>(_mailbox.Messages[^1]);
    }

    [Fact]
    public async Task A_trial_that_trained_for_too_long_over_its_segments_fails_for_good()
    {
        await using var limits = await StartAsync(_ofTrial, null);
        limits.Send(new SegmentCommand.Start(_segment, ParameterSet.Empty, null, 0, 0, new(1, 0, [], null, [], 95)));
        ((ISegmentMailbox)limits).Alive(_segment);
        Advance(4);
        Assert.Empty(_mailbox.Messages);

        Advance(2);

        var failed = Assert.IsType<SegmentEvent.Failed>(Assert.Single(_mailbox.Messages));
        Assert.EndsWith("trial_timeout allows 100 s.", failed.Message);
        Assert.False(failed.Retry);
    }

    private static void Begin(TimeLimits limits, SegmentId segment)
    {
        limits.Send(new SegmentCommand.Start(segment, ParameterSet.Empty, null, 0, 0, new(1, 0, [], null, [], 0)));
        ((ISegmentMailbox)limits).Alive(segment);
    }

    private async Task<TimeLimits> StartAsync(TimeSpan? ofTrial, TimeSpan? ofReport)
    {
        Directory.CreateDirectory(Path.Combine(_folder.Path, "trial_00000"));
        var limits = new TimeLimits(_inner, ofTrial, ofReport, _folder.Path, _time, NullLogger.Instance);
        await limits.StartAsync(_mailbox, CancellationToken.None);
        return limits;
    }

    private void Advance(int seconds)
    {
        for (var i = 0; i < seconds; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
        }
    }

    private sealed class Mailbox : ISegmentMailbox
    {
        public List<SegmentEvent> Messages { get; } = [];

        public void Post(SegmentEvent message) => Messages.Add(message);
    }

    private sealed class Inner : ITrialExecutor
    {
        public List<SegmentId> GivenUp { get; } = [];

        public ValueTask StartAsync(ISegmentMailbox mailbox, CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public void Send(SegmentCommand command)
        {
        }

        public bool GiveUp(SegmentId segment, string reason)
        {
            GivenUp.Add(segment);
            return false;
        }

        public void Suspend(string reason)
        {
        }

        public void Abort()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
