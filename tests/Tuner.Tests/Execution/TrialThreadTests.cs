using Tuning.Execution;
using Tuning.Execution.Jobs;

namespace Tuning.Tests.Execution;

public sealed class TrialThreadTests
{
    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Code_after_an_await_goes_on_on_the_trials_own_thread()
    {
        using var pool = new SegmentThreads();
        var seen = new List<TrialThread?>();
        await RunAsync(pool, async () =>
        {
            seen.Add(TrialThread.OfCaller);
            await Task.Yield();
            seen.Add(TrialThread.OfCaller);
            await Task.Run(() => { });
            seen.Add(TrialThread.OfCaller);
            await Task.Run(() => { }).ConfigureAwait(false);
            seen.Add(TrialThread.OfCaller);
        });

        Assert.NotNull(seen[0]);
        Assert.Same(seen[0], seen[1]);
        Assert.Same(seen[0], seen[2]);
        Assert.NotSame(seen[0], seen[3]);
    }

    [Fact]
    public async Task Threads_are_reused_one_after_the_other_and_apart_at_once()
    {
        using var pool = new SegmentThreads();
        var threads = new HashSet<TrialThread>();
        for (var i = 0; i < 20; i++)
        {
            await RunAsync(pool, () =>
            {
                threads.Add(TrialThread.OfCaller!);
                return Task.CompletedTask;
            });
        }

        // The thread says that it is free after its work has ended, so that the next may find it still busy once in a while.
        Assert.InRange(threads.Count, 1, 3);

        using var both = new CountdownEvent(2);
        var first = RunAsync(pool, () => Meet(both));
        var second = RunAsync(pool, () => Meet(both));
        await first;
        await second;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Answer_that_comes_before_the_wait_is_not_lost(bool awake)
    {
        using var pool = new SegmentThreads();
        using var done = new ManualResetEventSlim();
        Assert.True(await pool.TryRunWithState(
            _ =>
            {
                for (var i = 0; i < 1000; i++)
                {
                    TrialThread.OfCaller!.Answer();
                    TrialThread.OfCaller.WaitForAnswer(awake);
                }

                done.Set();
                return ValueTask.CompletedTask;
            },
            this));
        Assert.True(done.Wait(_limit, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Answer_reaches_who_waits_awake_at_once_or_late(int milliseconds)
    {
        // A millisecond is longer than anybody stays awake.
        using var pool = new SegmentThreads();
        using var done = new ManualResetEventSlim();
        using var asked = new SemaphoreSlim(0);
        TrialThread? thread = null;
        Assert.True(await pool.TryRunWithState(
            _ =>
            {
                thread = TrialThread.OfCaller!;
                for (var i = 0; i < 20; i++)
                {
                    asked.Release();
                    thread.WaitForAnswer(awake: true);
                }

                done.Set();
                return ValueTask.CompletedTask;
            },
            this));
        for (var i = 0; i < 20; i++)
        {
            Assert.True(asked.Wait(_limit, TestContext.Current.CancellationToken));
            Thread.Sleep(milliseconds);
            thread!.Answer();
        }

        Assert.True(done.Wait(_limit, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Pool_that_was_closed_takes_no_work()
    {
        var pool = new SegmentThreads();
        pool.Dispose();
        Assert.False(await pool.TryRunWithState(_ => ValueTask.CompletedTask, this, TestContext.Current.CancellationToken));
    }

    private static Task Meet(CountdownEvent both)
    {
        both.Signal();
        Assert.True(both.Wait(_limit, TestContext.Current.CancellationToken));
        return Task.CompletedTask;
    }

    private static async Task RunAsync(SegmentThreads pool, Func<Task> work)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Assert.True(await pool.TryRunWithState(
            async _ =>
            {
                try
                {
                    await work();
                    done.SetResult();
                }
                catch (Exception e)
                {
                    done.SetException(e);
                }
            },
            pool));
        await done.Task.WaitAsync(_limit, TestContext.Current.CancellationToken);
    }
}
