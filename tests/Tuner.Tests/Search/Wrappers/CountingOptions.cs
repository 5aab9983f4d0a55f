using Tuning.Randomness;
using Tuning.Search;

namespace Tuning.Tests.Search.Wrappers;

/// <summary>A searcher that says what it was shown: <c>2 of 3 ended</c>.</summary>
internal sealed record CountingOptions : SearcherOptions
{
    public override ISearcher Create(SearcherContext context) => new Counting();

    private sealed class Counting : ISearcher
    {
        public string Name => "counting";

        public bool IsImmediate => false;

        public bool NeedsCurves => true;

        public long SuggestionsFor(long samples) => samples;

        public Suggestion Suggest(SearchHistory history, long number, RandomStream random) =>
            new Suggestion.Configure(ParameterSet.Empty.With("x", random.NextDouble()),
                $"{history.Observations.Count(o => o.IsEnded)} of {history.Observations.Count} ended");
    }
}
