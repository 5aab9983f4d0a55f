namespace Tuning.Search.Tpe;

/// <summary>
/// The tree-structured Parzen estimator (Bergstra et al., 2011): of candidates drawn from the density of the best trials, the one where
/// it exceeds the density of the others most, which is where the expected improvement is largest.
/// </summary>
/// <remarks>Under noise, which a Gaussian process tells from a rough function, the best few are the luckiest few, and their density would gather around luck:
/// then it is made of twice as many, and twice as wide.</remarks>
internal sealed class TpeSearcher : ModelSearcher
{
    private readonly TpeSettings _settings;
    private readonly ITpeRanking _ranking;
    private readonly TpeSplit _split = new();
    private readonly TpeModel _model;
    private readonly TpeStartup _startup;
    private readonly NoiseGauge? _noise;

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
        _model = new(Codec, Archive, settings.Grouping);
        _noise = context.Objectives.Length == 1 ? new(Codec, Archive) : null;
    }

    /// <inheritdoc/>
    protected override Proposal Propose(long number, int attempt, RandomStream random)
    {
        _ranking.Follow();
        var results = _ranking.Count;
        if (results < _settings.StartupTrials)
        {
            return _startup.Propose(number, attempt, random,
                Invariant($"{results} of the {_settings.StartupTrials} results to begin with are there"));
        }

        var isNoisy = _noise?.SeesNoise() == true;
        var settings = isNoisy ? _settings.UnderNoise() : _settings;
        if (attempt == 0)
        {
            _split.Set(Archive, _ranking.Best(TpeSplit.CountOfBest(results, settings)), settings);
            _model.Build(_split, settings);
        }

        return _model.Propose(random, Invariant(
            $"the best {_split.Best.Length} of {results} trials{(isNoisy ? ", twice as many as usual since results are noisy" : "")}"));
    }
}
