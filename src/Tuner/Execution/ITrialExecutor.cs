namespace Tuning.Execution;

/// <summary>
/// Gives segments a place to run. It does not decide when one may run: the controller's slots do.
/// </summary>
/// <remarks>Every executor is handed the same segments by number, and runs them through the same <see cref="SegmentRunner"/>.</remarks>
internal interface ITrialExecutor : IAsyncDisposable
{
    /// <summary>Readies the executor; called once before the first segment.</summary>
    /// <param name="runner">Runs the segment of a trial; the value returned completes when it has ended. Never throws.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask StartAsync(SegmentRunner runner, CancellationToken cancellationToken);

    /// <summary>Runs the waiting segment of a trial, soon. Returns at once.</summary>
    /// <param name="trial">The trial.</param>
    /// <param name="resourceClass">What it asks of the machine, as a name: <c>cpu-1</c>.</param>
    void Run(TrialId trial, string resourceClass);
}

/// <summary>Runs the segment of a trial that is waiting to run.</summary>
internal delegate ValueTask SegmentRunner(TrialId trial);
