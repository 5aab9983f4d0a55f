namespace Tuning.Search;

/// <summary>One trial in a <see cref="SearchHistory"/>. Immutable.</summary>
/// <param name="Trial">The trial.</param>
/// <param name="Suggestion">The number of the suggestion that created it; negative for one of an earlier experiment.</param>
/// <param name="Config">Its configuration when it was created.</param>
/// <param name="Status">Where it stood.</param>
/// <param name="Objective">The first objective at its last report; null when it has none.</param>
/// <param name="Reports">How many reports it had made.</param>
public sealed record SearchObservation(TrialId Trial, long Suggestion, ParameterSet Config, TrialStatus Status, double? Objective, int Reports)
{
    /// <summary>All objectives as they were reported last, in the experiment's order; NaN where there is none yet. Empty where there is one objective or
    /// none.</summary>
    public ImmutableArray<double> Objectives { get; init; } = [];

    /// <summary>
    /// By how much it broke the conditions for feasible trials, in total: 0 when it broke none, or runs and that is undecided; infinity when
    /// it ended undecided, such as a trial that failed before its first report.
    /// </summary>
    public double Violation { get; init; }

    /// <summary>How many trials had ended before this one; -1 while it has not.</summary>
    public int EndOrder { get; init; } = -1;

    /// <summary>Its training iteration at the last report.</summary>
    public long Iteration { get; init; }

    /// <summary>Whether a scheduler ended it before its time.</summary>
    public bool IsPruned { get; init; }

    /// <summary>The first objective by training iteration, oldest report first; empty unless the searcher needs curves.</summary>
    public ReadOnlyMemory<IntermediateValue> Curve { get; init; }

    /// <summary>Whether it has ended, for good or bad.</summary>
    public bool IsEnded => EndOrder >= 0;

    /// <summary>An objective by its place; NaN when it has no value.</summary>
    public double Value(int objective) => objective < Objectives.Length ? Objectives[objective] : objective == 0 ? Objective ?? double.NaN : double.NaN;
}

/// <summary>A point of a learning curve.</summary>
/// <param name="Iteration">The training iteration.</param>
/// <param name="Value">The first objective there.</param>
public readonly record struct IntermediateValue(long Iteration, double Value);

/// <summary>What a searcher may know: the trials as they stood after one event. Immutable, safe on any thread.</summary>
/// <param name="Basis">How many events the experiment had handled.</param>
/// <param name="Observations">The trials, oldest first.</param>
public sealed record SearchHistory(long Basis, IReadOnlyList<SearchObservation> Observations)
{
    /// <summary>Before the first trial.</summary>
    public static SearchHistory Empty { get; } = new(0, []);

    /// <summary>How many trials had not ended.</summary>
    public int Running { get => field < 0 ? Observations.Count(o => !o.IsEnded) : field; init; } = -1; // counted only where nobody did

    /// <summary>Which observations changed when, so that a cache catches up without looking at all of them; null where that is not known.</summary>
    internal ChangeLog? Changes { get; init; }
}

/// <summary>
/// The places of the observations that changed, in order, since a history began. The log of a later snapshot of the same history
/// begins with that of an earlier one. Immutable.
/// </summary>
/// <param name="History">What the snapshots of one history have in common.</param>
/// <param name="Places">The places; those from <paramref name="Count"/> on belong to later snapshots.</param>
/// <param name="Count">How many there are.</param>
internal sealed record ChangeLog(object History, int[] Places, int Count);
