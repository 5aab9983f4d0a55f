namespace Tuning.Training;

/// <summary>
/// One segment of one trial. Everything trainable comes down to this: a function over a <see cref="TrialContext"/>; class
/// trainables and algorithms are adapters that step and report.
/// </summary>
/// <remarks>
/// Made anew for every segment and disposed of at its end when it implements <see cref="IDisposable"/> or
/// <see cref="IAsyncDisposable"/>. Runs on a thread of its own.
/// </remarks>
public interface ITrainable
{
    /// <summary>Trains until it is done or <c>TrialContext.ReportAsync</c> throws <see cref="TrialEndedException"/>.</summary>
    /// <param name="trial">The trial.</param>
    /// <param name="cancellationToken">Cancelled when the trial is to stop and is not told so at a report: a time budget is over, the scheduler ended it, the
    /// process aborts or, where there are no checkpoints to write, is asked to stop.</param>
    ValueTask RunAsync(TrialContext trial, CancellationToken cancellationToken);
}
