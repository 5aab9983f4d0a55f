using Tuning.Randomness;
using Tuning.Search;
using Tuning.Spaces;

namespace Tuning.Tests.Search.Contract;

/// <summary>Trials drawn at random, for tests of what search algorithms make of them.</summary>
internal sealed class DrawnTrials
{
    private readonly SearcherContext _context;

    public DrawnTrials(SearchSpace space, int count, int objectives = 1, ulong seed = 1)
    {
        _context = ContractSpaces.Context(space, objectives);
        Codec = new(space, []);
        Run = new(new DrawnOptions().Create(_context), SeedPath.Of(seed));
        for (var i = 0; i < count; i++)
        {
            Run.Ask();
        }
    }

    /// <summary>The trials, to be told about.</summary>
    public SearchRun Run { get; }

    /// <summary>The coordinates.</summary>
    public ParameterCodec Codec { get; }

    /// <summary>The first objective.</summary>
    public Objective Objective => _context.Objectives[0];

    /// <summary>The trials as they are now, by coordinates.</summary>
    public TrialArchive Archive()
    {
        var archive = new TrialArchive(Codec, _context.Objectives, []);
        archive.Follow(Run.History);
        return archive;
    }
}
