using Quartz;

namespace Tuning.Execution.Jobs;

/// <summary>Gives segments threads as firings of a Quartz job: in memory, one scheduler per experiment, a thread of its own for each segment.</summary>
/// <remarks>Used by one thread.</remarks>
/// <param name="name">The scheduler's name, unique within the process.</param>
/// <param name="failed">Told when the machine has no thread at all.</param>
internal sealed class SegmentScheduler(string name, Action<MachineFault>? failed = null) : IAsyncDisposable
{
    private static readonly JobKey _job = new("segment", "trials");

    private static readonly Lazy<Task> _warmUp = new(() => Task.Run(RunNothingAsync));

    private readonly SegmentThreads _threads = new(failed);
    private StandaloneSchedulerFactory? _factory;
    private IScheduler? _scheduler;
    private long _segments;

    /// <summary>
    /// Lets the runtime compile the scheduler on another thread, once in a process, while the caller reads its experiment: the
    /// first trial starts earlier by that. Returns at once.
    /// </summary>
    public static void WarmUp() => _ = _warmUp.Value;

    /// <summary>Starts the scheduler.</summary>
    /// <param name="run">Runs the segment of a trial on the calling thread; the value returned completes when it has ended. Never throws.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask StartAsync(Func<TrialId, ValueTask> run, CancellationToken cancellationToken)
    {
        _factory = QuartzSchedulerBuilder.Create(quartz => quartz
            .ConfigureScheduler(options =>
            {
                options.InstanceName = name;
                options.MaxBatchSize = 64;
                options.PropagateTraceContext = false;
                options.ShutdownJobInterruption = ShutdownJobInterruption.Never;
            })
            .ConfigureOptions<ThreadPoolOptions>(options => options.MaxConcurrency = _threads.PoolSize)
            .UseThreadPool(_threads)
            .UseJobFactory(new SegmentJob(run))
            .UseInMemoryStore(options => options.MisfireThreshold = TimeSpan.FromDays(1))).Build();
        _scheduler = await _factory.GetScheduler(cancellationToken).ConfigureAwait(false);

        // One stored job for all segments; each firing's trigger is gone when it has fired, so nothing of a trial stays in memory.
        var job = JobBuilder.Create<SegmentJob>().WithIdentity(_job).StoreDurably().Build();
        await _scheduler.AddJob(job, cancellationToken: cancellationToken).ConfigureAwait(false);
        await _scheduler.Start(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Lets the segment of a trial run, soon. Returns at once.</summary>
    /// <param name="trial">The trial.</param>
    /// <param name="resourceClass">What it asks of the machine, as a name: <c>cpu-1</c>.</param>
    public void Schedule(TrialId trial, string resourceClass)
    {
        var trigger = TriggerBuilder.Create()
            .WithIdentity(Invariant($"{trial}-{Interlocked.Increment(ref _segments)}"), "segments")
            .ForJob(_job)
            .WithExecutionGroup(resourceClass)
            .UsingJobData(SegmentJob.Trial, trial.Number)
            .StartNow()
            .Build();

        // The store is in memory: this completes at once.
        var scheduled = _scheduler!.ScheduleJob(trigger);
        if (!scheduled.IsCompletedSuccessfully)
        {
            scheduled.AsTask().GetAwaiter().GetResult();
        }

        _threads.Scheduled();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_scheduler is not null)
        {
            await _scheduler.Shutdown(waitForJobsToComplete: false).ConfigureAwait(false);
        }

        if (_factory is not null)
        {
            await _factory.DisposeAsync().ConfigureAwait(false);
        }

        _threads.Dispose();
    }

    private static async Task RunNothingAsync()
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var scheduler = new SegmentScheduler("warm-up");
        await using (scheduler.ConfigureAwait(false))
        {
            await scheduler.StartAsync(
                _ =>
                {
                    done.SetResult();
                    return ValueTask.CompletedTask;
                },
                CancellationToken.None).ConfigureAwait(false);
            scheduler.Schedule(default, "cpu-1");
            await done.Task.ConfigureAwait(false);
        }
    }
}
