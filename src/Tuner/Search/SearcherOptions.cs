using System.Collections.Immutable;
using Tuning.Randomness;

namespace Tuning.Search;

/// <summary>
/// The options of a search algorithm, and how it is made. One record serves C# (<c>SearchAlg = new MyOptions { … }</c>) and files
/// (<c>search_alg: {type: mine, …}</c>): its properties in PascalCase are the options in snake_case, their initial values the
/// defaults. Immutable; compared by content.
/// </summary>
public abstract record SearcherOptions
{
    /// <summary>Makes the search algorithm.</summary>
    /// <exception cref="ArgumentException">The options contradict each other or the search space; the message says how.</exception>
    public abstract ISearcher Create(SearcherContext context);
}

/// <summary>What a search algorithm is made for. Immutable.</summary>
/// <param name="Space">Constants and domains.</param>
/// <param name="Objectives">What is optimised, the first being the main one; empty when nothing is.</param>
public sealed record SearcherContext(SearchSpace Space, ImmutableArray<Objective> Objectives)
{
    /// <summary>Conditions over parameters that every configuration fulfils, in the expression language.</summary>
    public ImmutableArray<string> Constraints { get; init; } = [];

    /// <summary>The searcher's place in the tree of seeds, for draws that several suggestions share; null where there is none yet, as in validation.</summary>
    public SeedPath? Seed { get; init; }
}
