namespace Tuning.Search.QuasiRandom;

/// <summary>
/// Goes through a quasi-random sequence, leaving out points that break a constraint and configurations that it gave before. Which
/// these are follows from the seed alone, so that a suggestion is a function of its number.
/// </summary>
/// <remarks>Safe for use by any thread; remembers which points it left out.</remarks>
internal sealed class QuasiRandomSearch : IWholeSearcher
{
    // Spaces with more configurations are not held to be exhausted, and their points not compared.
    private const long MostCompared = 1 << 20;
    private const int MostMisses = 10_000;

    private readonly Lock _lock = new();
    private readonly ParameterCodec _codec;
    private readonly QuasiRandomSequence _sequence;
    private readonly GivenPoints _presets;
    private readonly bool _leavesOut, _compares;
    private readonly SequenceKind _kind;
    private readonly SeedPath _seed;
    private readonly List<long> _kept = [];
    private readonly HashSet<ParameterSet> _seen = [];
    private long _next;

    public QuasiRandomSearch(SearcherContext context, SequenceKind kind, ImmutableArray<ParameterSet> points)
    {
        _kind = kind;
        _codec = new(context.Space, context.Constraints);
        Searchable.Require(Name, _codec);

        _seed = (context.Seed ?? SeedPath.Of(0)) / "points";
        _sequence = QuasiRandomSequence.Create(_kind, _codec.Axes.Length, _seed.Seed);
        _presets = new(_codec, points);
        _compares = _codec.Size <= MostCompared;
        _leavesOut = _compares || _codec.HasConstraints;
        if (_compares)
        {
            _seen.UnionWith(context.WarmStart.Select(t => t.Config));
            _seen.UnionWith(Enumerable.Range(0, _presets.Count).Select(i => ConfigOf(Given(i))));
        }
    }

    /// <inheritdoc/>
    public string Name => _kind == SequenceKind.Sobol ? "sobol" : "halton";

    /// <inheritdoc/>
    public bool IsImmediate => true;

    /// <inheritdoc/>
    public long SuggestionsFor(long samples) => samples;

    /// <inheritdoc/>
    public Suggestion Suggest(SearchHistory history, long number, RandomStream random)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        if (number < _presets.Count)
        {
            return Given((int)number);
        }

        var index = number - _presets.Count;
        if (_leavesOut)
        {
            lock (_lock)
            {
                if (!Find(index))
                {
                    return new Suggestion.Exhausted(string.Create(CultureInfo.InvariantCulture,
                        $"all configurations of the space were tried: {MostMisses:N0} further points of the {Name} sequence brought none but the " +
                        $"{_seen.Count} known ones"));
                }

                index = _kept[(int)index];
            }
        }

        var row = new double[_codec.Axes.Length];
        Make(index, row);
        var reason = Invariant($"point {index} of the scrambled {Name} sequence in {row.Length} dimensions");
        return Suggestion.Of(_codec.Decode(row, out var fault), reason, fault);
    }

    // Goes on until the point of a place is known.
    private bool Find(long place)
    {
        var row = new double[_codec.Axes.Length];
        for (var misses = 0; _kept.Count <= place;)
        {
            var keeps = Make(_next, row);
            if (keeps && (!_compares || _seen.Add(_codec.Decode(row, out _))))
            {
                _kept.Add(_next);
                misses = 0;
            }
            else if (++misses >= MostMisses)
            {
                _next -= misses - 1;
                return _seen.Count > 0 || _kept.Count > 0
                    ? false
                    : throw _codec.Tally((_seed / "tally").Stream(), MostMisses).ToException();
            }

            _next++;
        }

        return true;
    }

    private bool Make(long index, Span<double> row)
    {
        _sequence.Row(index, _codec.Axes, row);

        return _codec.Settle(row, (_seed / "settle" / index).Stream());
    }

    private static ParameterSet ConfigOf(Suggestion given) => given is Suggestion.Invalid invalid ? invalid.Config : ((Suggestion.Configure)given).Config;

    private Suggestion Given(int number) => _presets.Suggest(number, (_seed / "given" / number).Stream());
}
