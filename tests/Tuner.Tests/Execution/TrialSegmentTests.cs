using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Tuning.Control;
using Tuning.Execution;
using Tuning.Randomness;
using Tuning.Testing;
using Tuning.Trials;

namespace Tuning.Tests.Execution;

/// <summary>One segment of a trial, with a loop that answers as a test tells it to.</summary>
public sealed class TrialSegmentTests : IDisposable
{
    private static readonly CatchUp _nothing = new(1, 0, [], null, [], 0);

    private readonly string _directory = Directory.CreateTempSubdirectory("session").FullName;
    private readonly SegmentSignals _signals = new();

    public void Dispose()
    {
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task Function_that_returns_has_completed()
    {
        var mailbox = await RunAsync(async trial =>
        {
            await trial.ReportAsync(new() { ["x"] = 1 });
            await trial.ReportAsync(new() { ["x"] = 2 });
        });

        Assert.Equal(["report 1", "report 2", "ended Completed"], mailbox.Said);
    }

    [Theory]
    [InlineData(nameof(Verdict.Stop))]
    [InlineData(nameof(Verdict.Pause))]
    [InlineData(nameof(Verdict.Exploit))]
    [InlineData(nameof(Verdict.Interrupt))]
    public async Task Report_that_is_answered_with_an_end_throws_and_finally_blocks_run(string answer)
    {
        var released = false;
        TrialEndedException? thrown = null;
        var mailbox = await RunAsync(
            async trial =>
            {
                try
                {
                    await trial.ReportAsync(new() { ["x"] = 1 });
                }
                catch (TrialEndedException e)
                {
                    thrown = e;
                    throw;
                }
                finally
                {
                    released = true;
                }
            },
            _ => (Enum.Parse<Verdict>(answer), false, "enough of it"));

        Assert.True(released);
        Assert.Contains("enough of it", thrown!.Message, StringComparison.Ordinal);
        Assert.Equal(["report 1", "ended AsAnswered"], mailbox.Said);
    }

    [Fact]
    public async Task Function_that_swallows_the_end_has_ended_all_the_same_and_reports_no_more()
    {
        var thrown = 0;
        var mailbox = await RunAsync(
            async trial =>
            {
                for (var i = 0; i < 3; i++)
                {
                    try
                    {
                        await trial.ReportAsync(new() { ["x"] = i });
                    }
                    catch (TrialEndedException)
                    {
                        thrown++;
                    }
                }
            },
            _ => (Verdict.Stop, false, "enough"));

        Assert.Equal(3, thrown);
        Assert.Equal(["report 1", "ended AsAnswered"], mailbox.Said);
    }

    [Fact]
    public async Task End_that_comes_out_of_wrappers_is_still_an_end()
    {
        var mailbox = await RunAsync(
            async trial =>
            {
                try
                {
                    await trial.ReportAsync(new() { ["x"] = 1 });
                }
                catch (TrialEndedException e)
                {
                    throw new InvalidOperationException("training was interrupted", new AggregateException(e));
                }
            },
            _ => (Verdict.Stop, false, "enough"));

        Assert.Equal(["report 1", "ended AsAnswered"], mailbox.Said);
        Assert.False(File.Exists(Path.Combine(_directory, "trial_00000", "error.txt")));
    }

    [Fact]
    public async Task End_that_nobody_asked_for_is_a_failure()
    {
        var mailbox = await RunAsync(_ => throw new TrialEndedException("I am done"));

        Assert.Equal(["failed I am done, again True"], mailbox.Said);
    }

    [Fact]
    public async Task Error_while_cleaning_up_after_an_end_is_a_failure()
    {
        var mailbox = await RunAsync(
            async trial =>
            {
                try
                {
                    await trial.ReportAsync(new() { ["x"] = 1 });
                }
                finally
                {
                    throw new InvalidOperationException("cannot\nclose");
                }
            },
            _ => (Verdict.Stop, false, "enough"));

        Assert.Equal(["report 1", "failed cannot close, again True"], mailbox.Said);
        var text = File.ReadAllText(Path.Combine(_directory, "trial_00000", "error.txt"));
        Assert.Contains("System.InvalidOperationException: cannot\nclose", text, StringComparison.Ordinal);
        Assert.Contains(nameof(Error_while_cleaning_up_after_an_end_is_a_failure), text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Error_of_configuration_is_not_to_be_tried_again()
    {
        var mailbox = await RunAsync(_ => throw new AggregateException(new TrialConfigurationException("lr is missing")));

        Assert.Equal(["failed lr is missing, again False"], mailbox.Said);
    }

    [Fact]
    public async Task Cancellation_is_an_end_only_when_the_process_aborts()
    {
        var cancelled = await RunAsync(_ => throw new OperationCanceledException("by the user's own token"));
        Assert.Equal(["failed by the user's own token, again True"], cancelled.Said);

        var aborted = await RunAsync(_ =>
        {
            _signals.Abort();
            throw new OperationCanceledException();
        });
        Assert.Equal(["ended AsAnswered"], aborted.Said);
    }

    [Fact]
    public async Task Checkpoint_is_written_when_it_is_due_and_before_the_trial_goes_on()
    {
        var calls = new List<string>();
        var mailbox = await RunAsync(
            async trial =>
            {
                for (var i = 1; i <= 3; i++)
                {
                    await trial.ReportAsync(new() { ["x"] = i }, dir =>
                    {
                        calls.Add($"save {i}");
                        dir.WriteJson("x.json", i);
                    });
                    calls.Add($"after {i}");
                }
            },
            number => (Verdict.Continue, number == 2, null),
            nextCheckpoint: 5);

        Assert.Equal(["after 1", "save 2", "after 2", "after 3"], calls);
        Assert.Equal(["report 1", "report 2", "saved trial_00000/checkpoint_000005 after 2", "report 3", "ended Completed"], mailbox.Said);
        Assert.True(File.Exists(Path.Combine(_directory, "trial_00000", "checkpoint_000005", "x.json")));
    }

    [Fact]
    public async Task Save_that_throws_fails_the_trial_and_leaves_no_half_checkpoint()
    {
        var mailbox = await RunAsync(
            async trial => await trial.ReportAsync(new() { ["x"] = 1 }, dir =>
            {
                dir.WriteJson("x.json", 1);
                throw new IOException("the disk is full");
            }),
            _ => (Verdict.Continue, true, null));

        Assert.Equal(["report 1", "failed the disk is full, again True"], mailbox.Said);
        Assert.Equal(["error.txt"], Directory.EnumerateFileSystemEntries(Path.Combine(_directory, "trial_00000")).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Checkpoint_to_start_from_that_does_not_exist_is_told()
    {
        var mailbox = await RunAsync(_ => Task.CompletedTask, from: new CheckpointRef(new(0), 3, 7));

        Assert.Contains("checkpoint_000003", Assert.Single(mailbox.Said), StringComparison.Ordinal);
        Assert.StartsWith("damaged ", mailbox.Said[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Blocking_report_does_what_the_other_one_does()
    {
        var mailbox = await RunAsync(
            trial =>
            {
                trial.Report(new() { ["x"] = 1 });
                trial.Report(new() { ["x"] = 2 });
                throw new InvalidOperationException("not reached");
            },
            number => (number == 2 ? Verdict.Stop : Verdict.Continue, false, "enough"));

        Assert.Equal(["report 1", "report 2", "ended AsAnswered"], mailbox.Said);
    }

    private async Task<Mailbox> RunAsync(
        Func<TrialContext<ParameterSet>, Task> train,
        Func<int, (Verdict Verdict, bool Save, string? Reason)>? answer = null,
        int nextCheckpoint = 0,
        CheckpointRef? from = null)
    {
        var mailbox = new Mailbox(answer ?? (_ => (Verdict.Continue, false, null)));
        await using var services = new ServiceCollection().BuildServiceProvider();
        var environment = new SegmentEnvironment
        {
            Trainable = Trainable.FromFunction<ParameterSet>("t", (trial, _) => train(trial), checkpoints: true),
            Services = services,
            Time = new ManualTimeProvider(),
            Directory = _directory,
            Seed = SeedPath.Of(1),
            DurableCheckpoints = false,
            Logger = NullLogger.Instance,
        };
        var start = new SegmentCommand.Start(new(new(0), 3), ParameterSet.Empty, from, nextCheckpoint, 0, _nothing);
        mailbox.Segment = new TrialSegment(start, environment, mailbox, _signals) { ContinuesInline = true };
        await mailbox.Segment.RunAsync();
        return mailbox;
    }

    private sealed class Mailbox(Func<int, (Verdict Verdict, bool Save, string? Reason)> answer) : ISegmentMailbox
    {
        public List<string> Said { get; } = [];

        public TrialSegment Segment { get; set; } = null!;

        public void Post(SegmentEvent message)
        {
            Assert.Equal(new SegmentId(new(0), 3), message.Segment);
            Said.Add(message switch
            {
                SegmentEvent.Reported r => $"report {r.Number}",
                SegmentEvent.CheckpointWritten w => $"saved {w.Checkpoint} after {w.Checkpoint.AfterReport}",
                SegmentEvent.Ended e => $"ended {e.End}",
                SegmentEvent.Failed f => $"failed {f.Message}, again {f.Retry}",
                SegmentEvent.Damaged d => $"damaged {d.Checkpoint}: {d.Message}",
                _ => "something else",
            });
            if (message is SegmentEvent.Reported { Number: var number })
            {
                var (verdict, save, reason) = answer(number);
                Segment.Answer(new(message.Segment, number, verdict, save, reason));
            }
        }
    }
}
