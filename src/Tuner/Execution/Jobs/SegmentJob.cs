using Quartz;
using Quartz.Extensibility;

namespace Tuning.Execution.Jobs;

/// <summary>A segment as a job: its data holds the trial's number and nothing else.</summary>
internal sealed class SegmentJob(SegmentRunner runner) : IJob
{
    /// <summary>The name of the number in the job's data.</summary>
    public const string Trial = "trial";

    /// <inheritdoc/>
    public ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) =>
        runner(new TrialId(context.Trigger.JobDataMap.GetInt(Trial)));
}

/// <summary>Hands the scheduler the one job there is; it has no state.</summary>
internal sealed class SegmentJobFactory(SegmentRunner runner) : IJobFactory
{
    private readonly JobScope _scope = new(new SegmentJob(runner), null);

    /// <inheritdoc/>
    public ValueTask<JobScope> CreateJob(TriggerFiredBundle bundle, IScheduler scheduler, CancellationToken cancellationToken = default) => new(_scope);

    /// <inheritdoc/>
    public ValueTask ReturnJob(JobScope scope, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;
}
