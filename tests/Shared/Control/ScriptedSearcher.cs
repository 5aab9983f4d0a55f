using Tuning.Randomness;
using Tuning.Search;

namespace Tuning.Testing;

/// <summary>A searcher that proposes <c>{x: number}</c>, or what a test tells it to.</summary>
public sealed class ScriptedSearcher : ISearcher
{
    public string Name => "scripted";

    public bool IsImmediate { get; init; } = true;

    /// <summary>Suggestions per sample, as the cells of a grid.</summary>
    public long PerSample { get; init; } = 1;

    /// <summary>What to answer, null for what it answers else; must be pure.</summary>
    public Func<SearchHistory, long, RandomStream, Suggestion?>? Answer { get; init; }

    public long SuggestionsFor(long samples) => samples > long.MaxValue / PerSample ? long.MaxValue : samples * PerSample;

    public Suggestion Suggest(SearchHistory history, long number, RandomStream random) =>
        Answer?.Invoke(history, number, random) ?? new Suggestion.Configure(ParameterSet.Empty.With("x", number), $"number {number}");
}
