namespace Tuning.Execution.Jobs;

/// <summary>Runs segments in this process, each on a thread of its own that the scheduler gives it.</summary>
/// <param name="name">A name that is unique within the process.</param>
/// <param name="resourceClass">What a segment asks of the machine, as a name: <c>cpu-1</c>.</param>
/// <param name="environment">What all segments share.</param>
internal sealed class JobTrialExecutor(string name, string resourceClass, SegmentEnvironment environment) : InProcessExecutor(environment)
{
    private SegmentScheduler? _scheduler;

    /// <inheritdoc/>
    public override async ValueTask StartAsync(ISegmentMailbox mailbox, CancellationToken cancellationToken)
    {
        _scheduler = new(name, mailbox.Failed);
        await base.StartAsync(mailbox, cancellationToken).ConfigureAwait(false);
        await _scheduler.StartAsync(RunAsync, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        StopPlacing();
        if (_scheduler is not null)
        {
            await _scheduler.DisposeAsync().ConfigureAwait(false);
        }

        await base.DisposeAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override void Place(TrialId trial) => _scheduler!.Schedule(trial, resourceClass);
}
