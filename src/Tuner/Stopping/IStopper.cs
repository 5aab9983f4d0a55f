namespace Tuning.Stopping;

/// <summary>
/// A criterion that ends trials or the experiment. <see cref="Check"/> and <see cref="CheckTime"/> are pure; state changes only in
/// <see cref="Observe"/>. On resume the recorded reports are observed again and nothing is checked.
/// </summary>
/// <remarks>Called by one thread.</remarks>
public interface IStopper
{
    /// <summary>Whether this report, not yet observed, ends its trial or the experiment; null when neither.</summary>
    StopVerdict? Check(TrialReport report, TrialBoard board);

    /// <summary>Whether the experiment's time is up. Asked at every report and at <see cref="Deadline"/>.</summary>
    StopVerdict? CheckTime(TimeSpan elapsed) => null;

    /// <summary>The running time of the experiment at which <see cref="CheckTime"/> will say stop; null when time does not matter.</summary>
    TimeSpan? Deadline => null;

    /// <summary>Takes note of a report. The only place where state changes.</summary>
    void Observe(TrialReport report);

    /// <summary>A trial has ended; what was kept for it can be forgotten.</summary>
    void Forget(TrialId trial)
    {
    }
}

/// <summary>What a stop criterion ends, and why.</summary>
/// <param name="WholeExperiment">Whether it ends all trials, or the reporting one.</param>
/// <param name="Reason">Why, for a person: <c>loss is 0.009, at most 0.01 was asked for</c>.</param>
public sealed record StopVerdict(bool WholeExperiment, string Reason);
