namespace Tuning.Search;

/// <summary>
/// The options of a search algorithm, and how it is made. One record serves C# (<c>SearchAlgorithm = new MyOptions { … }</c>) and files
/// (<c>search_alg: {type: mine, …}</c>): its properties in PascalCase are the options in snake_case, their initial values the
/// defaults. Immutable; compared by content.
/// </summary>
public abstract record SearcherOptions
{
    /// <summary>Makes the search algorithm.</summary>
    /// <exception cref="ArgumentException">The options contradict each other or the search space; the message says how.</exception>
    public abstract ISearcher Create(SearcherContext context);

    /// <summary>Directories of earlier experiments that <see cref="SearcherContext.WarmStart"/> is to be read from.</summary>
    [JsonIgnore]
    public virtual ImmutableArray<string> WarmStartDirectories => [];

    /// <summary>A parameter that suggestions have beside those of the space; null for none.</summary>
    [JsonIgnore]
    internal virtual string? AddedParameter => null;
}

/// <summary>What a search algorithm is made for. Immutable.</summary>
/// <param name="Space">Constants and domains.</param>
/// <param name="Objectives">What is optimised, the first being the main one; empty when nothing is.</param>
public sealed record SearcherContext(SearchSpace Space, ImmutableArray<Objective> Objectives)
{
    /// <summary>Conditions over parameters that every configuration fulfils, in the expression language.</summary>
    public ImmutableArray<string> Constraints { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>The searcher's place in the tree of seeds, for draws that several suggestions share; null where there is none yet, as in validation.</summary>
    public SeedPath? Seed { get; init; }

    /// <summary>How many suggestions of the experiment are one of this searcher: suggestion k has the stream of number k times so many.</summary>
    internal long Stride { get; init; } = 1;

    /// <summary>How many samples the experiment is for; null without a limit, or where that is not known.</summary>
    public int? Budget { get; init; }

    /// <summary>How many trials run at once.</summary>
    public int Parallelism { get; init; } = 1;

    /// <summary>Whether there are conditions on metrics that tell feasible trials from others.</summary>
    public bool HasFeasibility { get; init; }

    /// <summary>What earlier experiments found, for a warm start: ended trials, with suggestion numbers below 0.</summary>
    public ImmutableArray<SearchObservation> WarmStart { get; init => field = value.IsDefault ? [] : value; } = [];
}
