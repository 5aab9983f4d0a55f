using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Tuning.Callbacks;
using Tuning.Control;
using Tuning.Running;
using Tuning.Search;

namespace Tuning.Experiments.Studies;

/// <summary>What a study is made of.</summary>
internal sealed record StudyParts
{
    /// <summary>Decides. From here on the study's alone.</summary>
    public required ExperimentController Controller { get; init; }

    /// <summary>The searcher that the controller asks.</summary>
    public required ISearcher Searcher { get; init; }

    /// <summary>Records; null in memory.</summary>
    public EventJournal? Journal { get; init; }

    /// <summary>What callbacks are told of the study.</summary>
    public required ExperimentInfo Info { get; init; }

    /// <summary>Observers in order.</summary>
    public ImmutableArray<TunerCallback> Callbacks { get; init; } = [];

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>The log.</summary>
    public required ILogger Logger { get; init; }

    /// <summary>How the study differs from before; null for a new one.</summary>
    public ExperimentExtension? Resume { get; init; }

    /// <summary>Brings loggers up to date; null for a new study.</summary>
    public Action<IReadOnlyList<CallbackQueue>>? Recover { get; init; }

    /// <summary>What is to be closed with the study, in order.</summary>
    public ImmutableArray<IDisposable> Owned { get; init; } = [];
}
