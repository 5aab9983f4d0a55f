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
    /// Whether a suggestion looks at the trials of the suggestions before it, also at those that run. If so the searcher is asked for one
    /// at a time, so that it sees them; else for as many at once as slots are free.
    /// </summary>
    bool SeesPending => false;

    /// <summary>Whether it wants the <see cref="SearchObservation.Curve"/> of each trial, which costs memory by report.</summary>
    bool NeedsCurves => false;

    /// <summary>
    /// How many suggestions <paramref name="samples"/> samples are: a grid multiplies them. At most <see cref="long.MaxValue"/>.
    /// </summary>
    long SuggestionsFor(long samples);

    /// <summary>Suggestion <paramref name="number"/> (0, 1, 2 …).</summary>
    /// <param name="history">What is known of the trials up to some event.</param>
    /// <param name="number">How many suggestions were made before.</param>
    /// <param name="random">The stream of this number, at its beginning.</param>
    /// <returns>
    /// A configuration that names what the searcher wants to set: parameters that it leaves out are drawn, constants, conditions and computed
    /// values follow. What does not fit the space, and an exception, fail the trial of this suggestion.
    /// </returns>
    Suggestion Suggest(SearchHistory history, long number, RandomStream random);
}

/// <summary>What a searcher answers.</summary>
public abstract record Suggestion
{
    private Suggestion()
    {
    }

    /// <summary>The suggestion of a configuration that was made, which cannot be tried when something in it has no value.</summary>
    internal static Suggestion Of(ParameterSet config, string reason, string? fault) => fault is null ? new Configure(config, reason)
        : new Invalid(config, fault);

    /// <summary>A configuration to try.</summary>
    /// <param name="Config">The configuration: what the searcher sets; see <see cref="ISearcher.Suggest"/>.</param>
    /// <param name="Reason">How it came about, for a person: <c>random sample 3, grid cell 2 of 4</c>.</param>
    public sealed record Configure(ParameterSet Config, string Reason) : Suggestion;

    /// <summary>A configuration that cannot be tried. Its trial fails at once; the experiment goes on.</summary>
    /// <param name="Config">The configuration as far as it is known.</param>
    /// <param name="Reason">Why it cannot be tried: what the trial fails with.</param>
    public sealed record Invalid(ParameterSet Config, string Reason) : Suggestion;

    /// <summary>Ask again after the next result.</summary>
    public sealed record Wait : Suggestion;

    /// <summary>There is nothing more to try.</summary>
    /// <param name="Reason">Why, for a person.</param>
    public sealed record Exhausted(string Reason) : Suggestion;
}
