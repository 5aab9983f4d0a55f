using Quartz;
using Quartz.Extensibility;

namespace Tuning.Execution.Jobs;

/// <summary>The one job there is, and what hands it to the scheduler: a firing's data holds the number of a trial and nothing else.</summary>
/// <param name="run">Runs the segment of a trial.</param>
internal sealed class SegmentJob(Func<TrialId, ValueTask> run) : IJob, IJobFactory
{
    /// <summary>The name of the number in the job's data.</summary>
    public const string Trial = "trial";

    /// <inheritdoc/>
    public ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) =>
        run(new TrialId(context.Trigger.JobDataMap.GetInt(Trial)));

    /// <inheritdoc/>
    public ValueTask<JobScope> CreateJob(TriggerFiredBundle bundle, IScheduler scheduler, CancellationToken cancellationToken = default) =>
        new(new JobScope(this, null));

    /// <inheritdoc/>
    public ValueTask ReturnJob(JobScope scope, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;
}
