namespace Tuning.Search.Tpe;

/// <summary>Densities of good and bad trials at the latest training iteration that enough of them have reached; see <see cref="BohbOptions"/>.</summary>
internal sealed class BohbSearcher : ModelSearcher
{
    private readonly BohbOptions _options;
    private readonly TpeSettings _settings;
    private readonly TpeModel _model;
    private readonly TpeStartup _startup;
    private readonly TpeSplit _split = new();
    private readonly BohbBudget _budget;
    private readonly int _leastPoints;
    private bool _isModelled;

    /// <param name="context">What it is made for.</param>
    /// <param name="options">How it searches.</param>
    public BohbSearcher(SearcherContext context, BohbOptions options)
        : base("bohb", context, options, 1)
    {
        _options = options;
        _leastPoints = options.MinPointsInModel ?? Math.Max(2, Codec.Axes.Length + 1);
        _settings = new()
        {
            StartupTrials = _leastPoints,
            Candidates = options.Candidates,
            Grouping = Grouping.Together,
            CountsRunning = false,
            Share = options.TopPercent / 100.0,
            MostBest = int.MaxValue,
            WeighsByRank = false,
            Spread = options.BandwidthFactor,
            PriorWeight = 1,
            WidthFactor = 1,
            LeastWidth = options.MinBandwidth,
        };
        _model = new(Codec, Archive, _settings.Grouping);
        _startup = new(Codec, context.Seed);
        _budget = new(Archive, context.Objectives[0]);
    }

    /// <inheritdoc/>
    public override bool NeedsCurves => true;

    /// <inheritdoc/>
    protected override Proposal Propose(long number, int attempt, RandomStream random)
    {
        if (attempt == 0)
        {
            _isModelled = random.NextDouble() >= _options.RandomFraction && Build();
        }

        if (_isModelled)
        {
            return _model.Propose(random, Invariant($"the best {_split.Best.Length} of {_budget.Order.Count} trials at iteration {_budget.Iteration}"));
        }

        return _startup.Propose(number, attempt, random, _budget.Order.Count < _leastPoints + 2 && attempt == 0 && !_budget.Choose(_leastPoints + 2)
            ? Invariant($"a model needs {_leastPoints + 2} trials with values")
            : Invariant($"as {100 * _options.RandomFraction:F0} % of the suggestions are"));
    }

    // Equation 2 and 3 of the paper: at least so many good ones, and at least so many bad ones, which may overlap.
    private bool Build()
    {
        if (!_budget.Choose(_leastPoints + 2))
        {
            return false;
        }

        var order = _budget.Order;
        var good = Math.Max(_leastPoints, (int)(_settings.Share * order.Count));
        var bad = Math.Max(_leastPoints, order.Count - good);
        var places = order.ToArray();
        _split.Set(Archive.Count, places.AsSpan(0, good), places.AsSpan(places.Length - bad), _settings);
        _model.Build(_split, _settings);
        return true;
    }
}
