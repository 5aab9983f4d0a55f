using Tuning.Search.CmaEs;
using Tuning.Search.Tpe;

namespace Tuning.Search.Auto;

/// <summary>Lets other searchers make the suggestions: which one, <see cref="AutoPolicy"/> says.</summary>
/// <remarks>Pure: the choice is a function of history and number, and so are the searchers. Safe for use by any thread, one suggestion at a time.</remarks>
internal sealed class AutoSearch : IWholeSearcher
{
    private readonly Lock _lock = new();
    private readonly SearcherContext _context;
    private readonly AutoOptions _options;
    private readonly AutoFacts _facts;
    private readonly ParameterCodec _codec;
    private readonly TrialArchive _archive;
    private readonly SignalReader _signals;
    private readonly Dictionary<AutoEngine, ISearcher> _engines = [];
    private readonly AutoEngine _any;
    private readonly int _given;

    public AutoSearch(SearcherContext context, AutoOptions options)
    {
        (_context, _options) = (context, options);
        _codec = new(context.Space, context.Constraints);
        Searchable.Require(Name, _codec);
        _facts = AutoFacts.Of(context, _codec);
        _any = _facts.Objectives > 1 ? AutoEngine.Motpe : AutoEngine.Tpe;
        Engine(_any); // it takes all that the others take: what is wrong is said now
        _archive = new(_codec, context.Objectives, context.WarmStart);
        _signals = new(new(_codec));
        _given = options.PointsToEvaluate.Length;
    }

    /// <inheritdoc/>
    public string Name => "auto";

    /// <inheritdoc/>
    public bool IsImmediate => false;

    /// <inheritdoc/>
    public bool SeesPending => true;

    /// <inheritdoc/>
    public long SuggestionsFor(long samples) => samples;

    /// <inheritdoc/>
    public Suggestion Suggest(SearchHistory history, long number, RandomStream random)
    {
        ArgumentNullException.ThrowIfNull(history);
        ArgumentNullException.ThrowIfNull(random);
        lock (_lock)
        {
            _archive.Follow(history);
            if (number < _given)
            {
                return Engine(_any).Suggest(history, number, random);
            }

            if (number == _given && _archive.WarmCount == 0 && Middle(random) is { } middle)
            {
                return middle;
            }

            var signals = _facts.Objectives == 1 ? _signals.Read(_archive) : AutoSignals.None;
            var choice = AutoPolicy.Choose(_facts, signals, _archive.Ended.Length, number);
            var searcher = Engine(choice.Engine);
            var suggestion = searcher.Suggest(history, number, random);
            return suggestion is Suggestion.Configure configure
                ? configure with { Reason = $"by {searcher.Name}, {choice.Why}: {configure.Reason}" }
                : suggestion;
        }
    }

    // Where ranges are chosen with care, the best is oftener near their middles than near their ends.
    private Suggestion? Middle(RandomStream random)
    {
        var row = new double[_codec.Axes.Length];
        _codec.Sample(random, row);
        foreach (var axis in _codec.Axes)
        {
            row[axis.Index] = axis.Kind == AxisKind.Category ? row[axis.Index] : 0.5;
        }

        return _codec.Settle(row, random) && !_archive.TryFind(row, out _)
            ? Suggestion.Of(_codec.Decode(row, out var fault), "the middle of the space, to begin with", fault) : null;
    }

    private ISearcher Engine(AutoEngine engine)
    {
        if (!_engines.TryGetValue(engine, out var searcher))
        {
            _engines[engine] = searcher = Make(engine, _context with { Seed = (_context.Seed ?? SeedPath.Of(0)) / engine.ToString() });
        }

        return searcher;
    }

    private ISearcher Make(AutoEngine engine, SearcherContext context) => engine switch
    {
        // A quarter of the trials at most is spent before anything is learnt.
        AutoEngine.GaussianProcess => new GaussianProcessOptions
        {
            PointsToEvaluate = _options.PointsToEvaluate,
            StartupTrials = Math.Clamp((_context.Budget ?? 40) / 4, 3, 10)
        }.Create(context),
        AutoEngine.Tpe => new TpeOptions { PointsToEvaluate = _options.PointsToEvaluate }.Create(context),
        AutoEngine.Motpe => new MotpeOptions { PointsToEvaluate = _options.PointsToEvaluate }.Create(context),
        AutoEngine.CmaEs => new CmaEsSearch("cma_es", context, new() { PointsToEvaluate = _options.PointsToEvaluate },
            Math.Max(AutoPolicy.MostForProcess, context.WarmStart.Length)),
        AutoEngine.Nsga2 => new Nsga2Options { PointsToEvaluate = _options.PointsToEvaluate }.Create(context),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
