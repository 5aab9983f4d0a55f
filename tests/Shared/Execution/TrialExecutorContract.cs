using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Tuning.Control;
using Tuning.Execution;
using Tuning.Randomness;
using Xunit;

namespace Tuning.Testing;

/// <summary>What every executor does with the messages of a session, wherever it runs segments.</summary>
public abstract class TrialExecutorContract : IAsyncDisposable
{
    private static readonly CatchUp _nothing = new(1, 0, [], null, [], 0);
    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(1);

    private readonly string _directory = Directory.CreateTempSubdirectory("executor").FullName;
    private readonly Mailbox _mailbox = new();
    private ITrialExecutor? _executor;

    [Fact]
    public async Task Segment_reports_waits_for_its_answer_saves_and_ends()
    {
        var executor = await StartedAsync();
        var segment = new SegmentId(new(0), 5);
        executor.Send(new SegmentCommand.Start(segment, ParameterSet.Empty.With("reports", 3), null, 4, 0, _nothing));

        Assert.Equal(1, Reported(await _mailbox.NextAsync(segment)).Number);
        Assert.True(_mailbox.IsEmpty(segment));
        executor.Send(new SegmentCommand.Answer(segment, 1, Verdict.Continue, Save: true, null));
        Assert.Equal(new SegmentEvent.CheckpointWritten(segment, new(new(0), 4, 1)), await _mailbox.NextAsync(segment));
        var second = Reported(await _mailbox.NextAsync(segment));
        Assert.Equal((2, 2.0), (second.Number, second.Metrics.Number("loss")));
        Assert.Equal(ReportDigest.Of(second.Metrics), second.Digest);
        executor.Send(new SegmentCommand.Answer(segment, 2, Verdict.Stop, false, "enough"));
        Assert.Equal(new SegmentEvent.Ended(segment, SegmentEnd.AsAnswered), await _mailbox.NextAsync(segment));
    }

    [Fact]
    public async Task Next_segment_of_a_trial_starts_from_a_checkpoint_and_repeats_what_is_recorded()
    {
        var executor = await StartedAsync();
        var first = new SegmentId(new(0), 5);
        executor.Send(new SegmentCommand.Start(first, ParameterSet.Empty.With("reports", 9), null, 0, 0, _nothing));
        await _mailbox.NextAsync(first);
        executor.Send(new SegmentCommand.Answer(first, 1, Verdict.Pause, Save: true, "others go first"));
        var saved = Assert.IsType<SegmentEvent.CheckpointWritten>(await _mailbox.NextAsync(first)).Checkpoint;
        Assert.Equal(new SegmentEvent.Ended(first, SegmentEnd.AsAnswered), await _mailbox.NextAsync(first));

        var second = new SegmentId(new(0), 8);
        executor.Send(new SegmentCommand.Start(second, ParameterSet.Empty.With("reports", 4), saved, 1, 1, new(2, 3, [0, 0], null, [], 7)));
        var report = Reported(await _mailbox.NextAsync(second));
        Assert.Equal((4, 4.0), (report.Number, report.Metrics.Number("loss")));
        Assert.True(report.TimeTotal >= 7);
        executor.Send(new SegmentCommand.Answer(second, 4, Verdict.Continue, false, null));
        Assert.Equal(new SegmentEvent.Ended(second, SegmentEnd.Completed), await _mailbox.NextAsync(second));
    }

    [Fact]
    public async Task Many_segments_run_beside_each_other_and_a_failure_is_its_own()
    {
        var executor = await StartedAsync();
        var segments = Enumerable.Range(0, 8).Select(i => new SegmentId(new(i), i)).ToList();
        segments.ForEach(s => executor.Send(new SegmentCommand.Start(s, ParameterSet.Empty.With("reports", s.Trial.Number == 3 ? -1 : 1), null, 0, 0,
            _nothing)));
        foreach (var segment in segments.Where(s => s.Trial.Number != 3))
        {
            Assert.Equal(1, Reported(await _mailbox.NextAsync(segment)).Number);
        }

        Assert.Equal(new SegmentEvent.Failed(segments[3], "cannot train", true), await _mailbox.NextAsync(segments[3]));
        foreach (var segment in segments.Where(s => s.Trial.Number != 3).Reverse())
        {
            executor.Send(new SegmentCommand.Answer(segment, 1, Verdict.Continue, false, null));
            Assert.Equal(new SegmentEvent.Ended(segment, SegmentEnd.Completed), await _mailbox.NextAsync(segment));
        }
    }

    [Fact]
    public async Task Suspended_executor_has_segments_leave_what_they_repeat_to_another_session()
    {
        var executor = await StartedAsync();
        executor.Suspend("the process stops");
        var segment = new SegmentId(new(0), 5);
        executor.Send(new SegmentCommand.Start(segment, ParameterSet.Empty.With("reports", 9), null, 0, 0, new(1, 5, [], null, [], 0)));

        Assert.Equal(new SegmentEvent.Ended(segment, SegmentEnd.AsAnswered), await _mailbox.NextAsync(segment));
    }

    [Fact]
    public async Task Segment_that_is_cancelled_ends_without_a_report()
    {
        var executor = await StartedAsync();
        var segment = new SegmentId(new(0), 5);
        executor.Send(new SegmentCommand.Start(segment, ParameterSet.Empty.With("reports", 2), null, 0, 0, _nothing));
        await _mailbox.NextAsync(segment);
        executor.Send(new SegmentCommand.Cancel(segment));
        executor.Send(new SegmentCommand.Answer(segment, 1, Verdict.Continue, false, null));

        Assert.Equal(new SegmentEvent.Ended(segment, SegmentEnd.AsAnswered), await _mailbox.NextAsync(segment));
    }

    [Fact]
    public async Task Segment_is_not_cancelled_for_one_that_is_over()
    {
        var executor = await StartedAsync();
        foreach (var start in (long[])[5, 8])
        {
            var segment = new SegmentId(new(0), start);
            executor.Send(new SegmentCommand.Start(segment, ParameterSet.Empty.With("reports", 2), null, 0, 0, _nothing));
            foreach (var number in (int[])[1, 2])
            {
                Assert.Equal(number, Reported(await _mailbox.NextAsync(segment)).Number);
                executor.Send(new SegmentCommand.Answer(segment, number, Verdict.Continue, false, null));
            }

            Assert.Equal(new SegmentEvent.Ended(segment, SegmentEnd.Completed), await _mailbox.NextAsync(segment));
            executor.Send(new SegmentCommand.Cancel(segment));
        }
    }

    [Fact]
    public async Task Aborted_executor_ends_segments_at_once()
    {
        var executor = await StartedAsync();
        executor.Abort();
        var segment = new SegmentId(new(0), 5);
        executor.Send(new SegmentCommand.Start(segment, ParameterSet.Empty.With("reports", 9), null, 0, 0, _nothing));

        Assert.Equal(new SegmentEvent.Ended(segment, SegmentEnd.AsAnswered), await _mailbox.NextAsync(segment));
    }

    public async ValueTask DisposeAsync()
    {
        if (_executor is not null)
        {
            await _executor.DisposeAsync();
        }

        Directory.Delete(_directory, recursive: true);
        GC.SuppressFinalize(this);
    }

    private protected abstract ITrialExecutor Make(SegmentEnvironment environment);

    private static SegmentEvent.Reported Reported(SegmentEvent message) => Assert.IsType<SegmentEvent.Reported>(message);

    private async Task<ITrialExecutor> StartedAsync()
    {
        _executor = Make(new SegmentEnvironment
        {
            Trainable = ContractTrainable.Trainable,
            Services = new ServiceCollection().BuildServiceProvider(),
            Time = TimeProvider.System,
            Directory = _directory,
            Seed = SeedPath.Of(1),
            DurableCheckpoints = false,
            Logger = NullLogger.Instance,
        });
        await _executor.StartAsync(_mailbox, TestContext.Current.CancellationToken);
        return _executor;
    }

    private sealed class Mailbox : ISegmentMailbox
    {
        private readonly ConcurrentDictionary<SegmentId, BlockingCollection<SegmentEvent>> _messages = new();

        public void Post(SegmentEvent message) => Of(message.Segment).Add(message);

        public bool IsEmpty(SegmentId segment) => Of(segment).Count == 0;

        public async Task<SegmentEvent> NextAsync(SegmentId segment) =>
            await Task.Run(() => Of(segment).TryTake(out var message, (int)_limit.TotalMilliseconds, TestContext.Current.CancellationToken) ? message
                : throw new TimeoutException());

        private BlockingCollection<SegmentEvent> Of(SegmentId segment) => _messages.GetOrAdd(segment, _ => []);
    }
}
