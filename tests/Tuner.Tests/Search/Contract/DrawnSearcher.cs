using Tuning.Randomness;
using Tuning.Search;

namespace Tuning.Tests.Search.Contract;

/// <summary>What every search algorithm that learns inherits, and nothing else.</summary>
internal sealed record DrawnOptions : ModelSearcherOptions
{
    public override ISearcher Create(SearcherContext context) => new DrawnSearcher(context, this);
}

internal sealed class DrawnSearcher(SearcherContext context, DrawnOptions options) : ModelSearcher("drawn", context, options, 0)
{
    /// <summary>How many trials it was shown at last.</summary>
    public int Seen { get; private set; }

    /// <summary>The archive, to look at.</summary>
    public TrialArchive Known => Archive;

    protected override Proposal Propose(long number, int attempt, RandomStream random)
    {
        Seen = Archive.Count;
        var row = new double[Codec.Axes.Length];
        Codec.Sample(random, row);
        return new(row, "drawn");
    }
}
