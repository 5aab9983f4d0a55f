namespace Tuning.Search.Tpe;

/// <summary>The densities of all groups of parameters, and the row that they say is best.</summary>
/// <param name="codec">The space.</param>
/// <param name="archive">The trials.</param>
/// <param name="grouping">Which parameters are modelled together.</param>
internal sealed class TpeModel(ParameterCodec codec, TrialArchive archive, Grouping grouping)
{
    // Groups are chosen one by one, so that g groups of n candidates come to the best of n to the g points: many of each would be the peak of
    // every density again and again, and nothing else would be explored.
    private const int MostOfManyGroups = 4;

    private readonly AxisGroups _groups = new(codec, archive, grouping);
    private ParzenPair[] _pairs = [];
    private int _candidates;
    private double _spread;

    /// <summary>Makes the densities.</summary>
    /// <param name="split">What they are made of.</param>
    /// <param name="settings">How wide they are, and how candidates are drawn from them.</param>
    public void Build(TpeSplit split, TpeSettings settings)
    {
        (_candidates, _spread) = (settings.Candidates, settings.Spread);
        if (_groups.Follow())
        {
            _pairs = [.. codec.Axes.GroupBy(a => _groups.GroupOf[a.Index]).Select(g => new ParzenPair([.. g], codec.Axes.Length))];
        }

        foreach (var pair in _pairs)
        {
            pair.Build(archive, split, settings);
        }
    }

    /// <summary>Draws candidates for each group and takes the likeliest.</summary>
    /// <param name="random">What is drawn from.</param>
    /// <param name="near">What the candidates are drawn near, for the reason.</param>
    public Proposal Propose(RandomStream random, string near)
    {
        var row = new double[codec.Axes.Length];
        var logRatio = 0.0;
        var candidates = _pairs.Length == 1 ? _candidates : Math.Min(_candidates, MostOfManyGroups);
        foreach (var pair in _pairs)
        {
            logRatio += pair.Choose(candidates, _spread, random, row);
        }

        var text = Invariant($"likeliest of {candidates} candidates drawn near {near} (density ratio {NumberText.Of(Math.Exp(Math.Min(logRatio, 700)), 3)})");
        var places = new List<int>();
        _pairs.MaxBy(p => p.Best.Length)!.Nearest(row, places, 2);
        return new(row, places.Count == 0 ? text
            : $"{text}: close to {(places.Count == 1 ? "trial" : "trials")} {string.Join(" and ", places.Select(p => archive[p].Trial))}");
    }
}
