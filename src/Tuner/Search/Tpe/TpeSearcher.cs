using System.Globalization;
using Tuning.Randomness;

namespace Tuning.Search.Tpe;

/// <summary>
/// The tree-structured Parzen estimator (Bergstra et al., 2011): of candidates drawn from the density of the best trials, the one where
/// it exceeds the density of the others most, which is where the expected improvement is largest.
/// </summary>
internal sealed class TpeSearcher : ModelSearcher
{
    private readonly TpeSettings _settings;
    private readonly TpeRanking _ranking;
    private readonly TpeSplit _split = new();
    private readonly AxisGroups _groups;
    private ParzenPair[] _pairs = [];

    /// <param name="name">The short name.</param>
    /// <param name="context">What it is made for.</param>
    /// <param name="options">What all options have in common.</param>
    /// <param name="settings">How it searches.</param>
    public TpeSearcher(string name, SearcherContext context, ModelSearcherOptions options, TpeSettings settings)
        : base(name, context, options, 1)
    {
        _settings = settings;
        _ranking = new(Archive);
        _groups = new(Codec, Archive, settings.Grouping);
    }

    /// <inheritdoc/>
    protected override Proposal Propose(long number, int attempt, RandomStream random)
    {
        var row = new double[Codec.Axes.Length];
        _ranking.Follow();
        var results = _ranking.Order.Length;
        if (results < _settings.StartupTrials)
        {
            Codec.Sample(random, row);
            return new(row, string.Create(CultureInfo.InvariantCulture, $"drawn at random: {results} of the {_settings.StartupTrials} results to begin with are there"));
        }

        if (attempt == 0)
        {
            Build();
        }

        var ratio = 0.0;
        foreach (var pair in _pairs)
        {
            ratio += pair.Choose(_settings.Candidates, random, row);
        }

        return new(row, Reason(row, ratio, results));
    }

    private void Build()
    {
        if (_groups.Follow())
        {
            var axes = Codec.Axes;
            var groups = new List<Spaces.Axis>[_groups.Count];
            for (var i = 0; i < axes.Length; i++)
            {
                (groups[_groups.GroupOf[i]] ??= []).Add(axes[i]);
            }

            _pairs = [.. groups.Select(g => new ParzenPair([.. g], axes.Length))];
        }

        _split.Set(Archive, _ranking.Order[..TpeSplit.CountOfBest(_ranking.Order.Length, _settings)], _settings.CountsRunning);
        foreach (var pair in _pairs)
        {
            pair.Build(Archive, _split, _settings.Smoothing);
        }
    }

    private string Reason(double[] row, double logRatio, int results)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"likeliest of {_settings.Candidates} candidates drawn near the best {_split.Best.Length} of {results} trials (density ratio {Math.Exp(Math.Min(logRatio, 700)):G3})");
        var near = new List<int>();
        var largest = _pairs.MaxBy(p => p.Best.Length)!;
        largest.Nearest(row, near, 2);
        return near.Count == 0 ? text : text + ": close to trials " + string.Join(" and ", near.Select(p => Archive[p].Trial));
    }
}
