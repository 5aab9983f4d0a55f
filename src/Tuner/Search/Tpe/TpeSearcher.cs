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
    private readonly ITpeRanking _ranking;
    private readonly TpeSplit _split = new();
    private readonly TpeModel _model;
    private readonly TpeStartup _startup;

    /// <param name="name">The short name.</param>
    /// <param name="context">What it is made for.</param>
    /// <param name="options">What all options have in common.</param>
    /// <param name="settings">How it searches.</param>
    public TpeSearcher(string name, SearcherContext context, ModelSearcherOptions options, TpeSettings settings)
        : base(name, context, options, 0)
    {
        _settings = settings;
        _ranking = context.Objectives.Length == 1 ? new TpeRanking(Archive) : new ParetoRanking(Archive, context.Objectives.Length);
        _startup = new(Codec, context.Seed);
        _model = new(Codec, Archive, settings);
    }

    /// <inheritdoc/>
    protected override Proposal Propose(long number, int attempt, RandomStream random)
    {
        _ranking.Follow();
        var results = _ranking.Count;
        if (results < _settings.StartupTrials)
        {
            return _startup.Propose(number, attempt, random, string.Create(CultureInfo.InvariantCulture, $"{results} of the {_settings.StartupTrials} results to begin with are there"));
        }

        if (attempt == 0)
        {
            _split.Set(Archive, _ranking.Best(TpeSplit.CountOfBest(results, _settings)), _settings);
            _model.Build(_split);
        }

        return _model.Propose(random, string.Create(CultureInfo.InvariantCulture, $"the best {_split.Best.Length} of {results} trials"));
    }
}
