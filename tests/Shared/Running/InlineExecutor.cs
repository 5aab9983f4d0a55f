using Tuning.Execution;

namespace Tuning.Testing;

/// <summary>
/// Runs segments on the loop's own thread: each goes on until it waits for an answer. With a clock that stands still the whole
/// experiment is deterministic. Trainables must report with ReportAsync.
/// </summary>
internal sealed class InlineExecutor : ITrialExecutor
{
    private SegmentRunner? _runner;

    /// <summary>How many segments were run.</summary>
    public int Segments { get; private set; }

    public ValueTask StartAsync(SegmentRunner runner, CancellationToken cancellationToken)
    {
        _runner = runner;
        return ValueTask.CompletedTask;
    }

    public void Run(TrialId trial, string resourceClass)
    {
        Segments++;
        _ = _runner!(trial).AsTask();
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
