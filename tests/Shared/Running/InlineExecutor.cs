using Tuning.Execution;

namespace Tuning.Testing;

/// <summary>
/// Runs segments on the loop's own thread: each goes on until it waits for an answer. With a clock that stands still the whole
/// experiment is deterministic. Trainables must report with ReportAsync.
/// </summary>
internal sealed class InlineExecutor(SegmentEnvironment environment) : InProcessExecutor(environment)
{
    /// <summary>How many segments were run.</summary>
    public int Segments { get; private set; }

    protected override bool ContinuesInline => true;

    protected override void Place(TrialId trial)
    {
        Segments++;
        _ = RunAsync(trial).AsTask();
    }
}
