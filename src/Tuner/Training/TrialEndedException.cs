namespace Tuning;

/// <summary>
/// Thrown by <c>TrialContext.ReportAsync</c> when the trial is to end here: it was stopped, paused, or sent to another
/// checkpoint. Let it pass; release what you hold in <c>finally</c>.
/// </summary>
public sealed class TrialEndedException : OperationCanceledException
{
    /// <summary>With the reason for which the trial ends.</summary>
    public TrialEndedException(string message)
        : base(message)
    {
    }

    /// <summary>Without a reason.</summary>
    public TrialEndedException()
    {
    }

    /// <summary>With a reason and a cause.</summary>
    public TrialEndedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
