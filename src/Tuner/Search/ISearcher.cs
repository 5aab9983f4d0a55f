using Tuning.Randomness;

namespace Tuning.Search;

/// <summary>
/// Proposes configurations. A pure function of history, number and random stream: the same three give the same answer, also
/// from an empty cache, in another process, and in verification. No clock, no files.
/// </summary>
public interface ISearcher
{
    /// <summary>The short name, as in <c>search_alg: {type: random}</c>.</summary>
    string Name { get; }

    /// <summary>Whether it answers in microseconds and without history. If so it is asked on the experiment's loop, else beside it.</summary>
    bool IsImmediate { get; }

    /// <summary>
    /// How many suggestions <paramref name="samples"/> samples are: a grid multiplies them. At most <see cref="long.MaxValue"/>.
    /// </summary>
    long SuggestionsFor(long samples);

    /// <summary>Suggestion <paramref name="number"/> (0, 1, 2 …).</summary>
    /// <param name="history">What is known of the trials up to some event.</param>
    /// <param name="number">How many suggestions were made before.</param>
    /// <param name="random">The stream of this number, at its beginning.</param>
    Suggestion Suggest(SearchHistory history, long number, RandomStream random);
}

/// <summary>What a searcher answers.</summary>
public abstract record Suggestion
{
    private Suggestion()
    {
    }

    /// <summary>A configuration to try.</summary>
    /// <param name="Config">The configuration, all parameters resolved.</param>
    /// <param name="Reason">How it came about, for a person: <c>random sample 3, grid cell 2 of 4</c>.</param>
    public sealed record Configure(ParameterSet Config, string Reason) : Suggestion;

    /// <summary>Ask again after the next result.</summary>
    public sealed record Wait : Suggestion;

    /// <summary>There is nothing more to try.</summary>
    /// <param name="Reason">Why, for a person.</param>
    public sealed record Exhausted(string Reason) : Suggestion;
}

/// <summary>One trial in a <see cref="SearchHistory"/>.</summary>
/// <param name="Trial">The trial.</param>
/// <param name="Suggestion">The number of the suggestion that created it.</param>
/// <param name="Config">Its configuration when it was created.</param>
/// <param name="Status">Where it stood.</param>
/// <param name="Objective">The first objective at its last report; null when it has none.</param>
/// <param name="Reports">How many reports it had made.</param>
public sealed record SearchObservation(TrialId Trial, long Suggestion, ParameterSet Config, TrialStatus Status, double? Objective, int Reports);

/// <summary>What a searcher may know: the trials as they stood after one event. Immutable, safe on any thread.</summary>
/// <param name="Basis">How many events the experiment had handled.</param>
/// <param name="Observations">The trials, oldest first.</param>
public sealed record SearchHistory(long Basis, IReadOnlyList<SearchObservation> Observations)
{
    /// <summary>Before the first trial.</summary>
    public static SearchHistory Empty { get; } = new(0, []);
}
