using Tuning.Execution;
using Tuning.Execution.Jobs;
using Tuning.Testing;

namespace Tuning.Tests.Execution;

/// <summary>Segments on threads of their own.</summary>
public sealed class JobTrialExecutorTests : TrialExecutorContract
{
    private static int _number;

    private protected override ITrialExecutor Make(SegmentEnvironment environment) =>
        new JobTrialExecutor($"contract-{Interlocked.Increment(ref _number)}", "cpu-1", environment);
}

/// <summary>Segments on the thread that sends.</summary>
public sealed class InlineExecutorTests : TrialExecutorContract
{
    private protected override ITrialExecutor Make(SegmentEnvironment environment) => new InlineExecutor(environment);
}
