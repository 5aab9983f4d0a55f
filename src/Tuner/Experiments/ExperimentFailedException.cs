namespace Tuning;

/// <summary>An experiment ended by an error: a trial failed for good and <see cref="FailureConfig.FailFast"/> is set, or something outside of its trials
/// did.</summary>
/// <param name="message">What failed, and how to go on.</param>
/// <param name="results">What became of the trials.</param>
/// <param name="innerException">The error; null for that of a trial, which is in the message and in <see cref="ResultGrid.Errors"/>.</param>
public sealed class ExperimentFailedException(string message, ResultGrid results, Exception? innerException = null)
    : InvalidOperationException(message, innerException)
{
    /// <summary>What became of the trials; those that had not ended go on when the experiment is resumed.</summary>
    public ResultGrid Results { get; } = results;
}
