namespace Tuning.Reporting;

/// <summary>A way to show progress. Told after the model was.</summary>
internal abstract class ProgressView : IDisposable
{
    /// <summary>Before everything else.</summary>
    public abstract void Begin(ExperimentInfo experiment);

    /// <summary>A trial stands differently.</summary>
    /// <param name="trial">The trial.</param>
    /// <param name="what">What happened to it.</param>
    /// <param name="error">Why it failed; null when it did not.</param>
    public abstract void Changed(TrialView trial, string what, string? error);

    /// <summary>A trial has reported.</summary>
    public abstract void Reported(TrialView trial, TrialReport report);

    /// <summary>Shows a line. Any thread.</summary>
    public abstract void Say(string text);

    /// <summary>The experiment has ended; what is shown may stay where it has finished.</summary>
    public virtual void End(bool finished) => Dispose();

    /// <summary>Ends the display.</summary>
    public abstract void Dispose();
}
