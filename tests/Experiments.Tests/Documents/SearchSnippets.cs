using Tuning.Search;

namespace Tuning.Tests.Documents;

/// <summary>What docs/search-algorithms.md shows.</summary>
internal static class SearchSnippets
{
    public static TuneConfig Repeated()
    {
        var tune = new TuneConfig
        {
            Metric = "loss",
            Mode = Mode.Min,
            Samples = 30,
            SearchAlgorithm = new RepeaterOptions { Searcher = new RandomSearchOptions(), Repeat = 3 },
        };
        return tune;
    }
}
