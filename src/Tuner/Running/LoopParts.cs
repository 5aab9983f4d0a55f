using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Tuning.Control;
using Tuning.Execution;
using Tuning.Search;

namespace Tuning.Running;

/// <summary>What a loop is made of.</summary>
internal sealed record LoopParts
{
    /// <summary>Decides. From here on the loop's alone.</summary>
    public required ExperimentController Controller { get; init; }

    /// <summary>The searcher that the controller asks; says where it is asked.</summary>
    public required ISearcher Searcher { get; init; }

    /// <summary>Records. From here on the loop's alone.</summary>
    public required EventJournal Journal { get; init; }

    /// <summary>Runs segments.</summary>
    public required ITrialExecutor Executor { get; init; }

    /// <summary>What all segments share; the loop puts itself in as their mailbox.</summary>
    public required Func<ISessionMailbox, CancellationToken, SessionEnvironment> Environment { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>The log.</summary>
    public required ILogger Logger { get; init; }

    /// <summary>What callbacks are told of the experiment.</summary>
    public required ExperimentInfo Info { get; init; }

    /// <summary>Observers in order.</summary>
    public ImmutableArray<TunerCallback> Callbacks { get; init; } = [];

    /// <summary>How many calls wait for a callback before trials wait for it.</summary>
    public int CallbackCapacity { get; init; } = Tuning.Callbacks.CallbackPipeline.DefaultCapacity;

    /// <summary>Writes the schedules of a population; null where there is none.</summary>
    public ExploitSchedules? Schedules { get; init; }

    /// <summary>What a trial asks of the machine, as a name.</summary>
    public string ResourceClass { get; init; } = "cpu-1";

    /// <summary>How the experiment differs from before; null for a new one.</summary>
    public ExperimentExtension? Resume { get; init; }

    /// <summary>Told the metrics of the session's first report.</summary>
    public Action<Metrics>? FirstReport { get; init; }

    /// <summary>Whether user code continues on the loop's thread; for executors without threads.</summary>
    public bool IsInline { get; init; }
}

/// <summary>How a loop ended.</summary>
/// <param name="Finished">Whether the experiment has finished; if not, it can be resumed.</param>
/// <param name="Reason">Why it ended.</param>
internal sealed record LoopResult(bool Finished, string Reason)
{
    /// <summary>Whether it finished because it could not go on.</summary>
    public bool Failed { get; init; }

    /// <summary>Whether it left at once, without waiting for trials.</summary>
    public bool Aborted { get; init; }

    /// <summary>What went wrong outside of any trial; null when nothing did.</summary>
    public Exception? Error { get; init; }
}
