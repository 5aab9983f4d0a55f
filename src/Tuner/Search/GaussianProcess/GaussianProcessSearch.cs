namespace Tuning.Search.GaussianProcess;

/// <summary>The search algorithm <c>gp</c>: see <see cref="GaussianProcessOptions"/>.</summary>
internal sealed class GaussianProcessSearch : ModelSearcher
{
    private const int MostObjectives = 3;

    private readonly GaussianProcessOptions _options;
    private readonly CodecSpace _space;
    private readonly SobolSequence _start;
    private readonly double[]?[] _weights;
    private readonly GaussianProcessEngine?[] _engines;
    private int _generation = -1;
    private RankedCandidates? _decision;
    private Evidence? _evidence;
    private int[] _places = [];

    public GaussianProcessSearch(SearcherContext context, GaussianProcessOptions options)
        : base("gp", context, options, MostObjectives)
    {
        (_options, _space) = (options, new(Codec));
        _start = new(Codec.Axes.Length, ((context.Seed ?? SeedPath.Of(0)) / "start").Seed);
        _weights = context.Objectives.Length == 1 ? new double[]?[1] : Scalarisation.Weights(context.Objectives.Length);
        _engines = new GaussianProcessEngine?[_weights.Length];
    }

    /// <inheritdoc/>
    protected override Proposal Propose(long number, int attempt, RandomStream random)
    {
        if (attempt == 0)
        {
            _decision = Decide(number, random);
        }

        if (_decision is null)
        {
            var point = attempt == 0 ? number : number + ((long)attempt << 24);
            return new(CandidatePoints.Anywhere(_space, _start, point),
                $"point {point} of the scrambled sobol sequence, to begin with: {_evidence!.Valued.Length} of {Archive.Count} trials have a value");
        }

        if (attempt >= _decision.Ranked.Count)
        {
            var row = new double[Codec.Axes.Length];
            Codec.Sample(random, row);
            return new(row, "drawn at random: all that were likely to improve were tried");
        }

        var chosen = _decision.Ranked[attempt];
        return new((double[])chosen.Row.Clone(), Explanation.Of(this, _decision, chosen));
    }

    /// <summary>A loss as the objective's value.</summary>
    internal double Value(double loss) => Context.Objectives[0].Mode == Mode.Max ? -loss : loss;

    /// <summary>The path of a parameter.</summary>
    internal string Path(int dimension) => Codec.Axes[dimension].Path;

    /// <summary>The trial at a place of the evidence.</summary>
    internal SearchObservation Trial(int index) => Archive[_places[index]];

    /// <summary>The weights that the last decision followed; null for one objective.</summary>
    internal double[]? Weights => _evidence?.Weights;

    private RankedCandidates? Decide(long number, RandomStream random)
    {
        var scheme = (int)(Mix((ulong)number) % (ulong)_weights.Length);
        Look(scheme);
        return number + Archive.WarmCount < _options.StartupTrials || _evidence!.Valued.Length < 2 ? null : Engine(scheme).Suggest(_evidence, random);
    }

    private GaussianProcessEngine Engine(int scheme) => _engines[scheme] ??= new(_space, _options.Candidates);

    private void Look(int scheme)
    {
        if (_generation != Archive.Generation)
        {
            _generation = Archive.Generation;
            Array.Clear(_engines);
        }

        _places = Archive.Ended.ToArray();
        var pending = Enumerable.Range(0, Archive.Count).Where(p => Archive.State(p) == ArchiveState.Running).Select(p => Archive.Row(p).ToArray());
        _evidence = new(
            [.. _places.Select(p => Archive.Row(p).ToArray())],
            [.. _places.Select(LossesOf)],
            [.. _places.Select(p => double.IsNaN(Archive.Violation(p)) ? 1 : Archive.Violation(p))],
            [.. pending])
        {
            Weights = _weights[scheme],
        };
    }

    private double[] LossesOf(int place) => Archive.State(place) == ArchiveState.Failed
        ? [.. Context.Objectives.Select(_ => double.NaN)]
        : Archive.Losses(place).ToArray();

    // Which weights a suggestion follows: all equally often, in no order.
    private static ulong Mix(ulong number) => new RandomStream(number).NextUInt64();
}
