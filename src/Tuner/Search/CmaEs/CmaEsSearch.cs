namespace Tuning.Search.CmaEs;

/// <summary>
/// CMA-ES: the state is a fold over the ended trials, and a suggestion is a draw from it with the suggestion's stream. So trials in
/// parallel, failures and trials that others suggested need no tags; those from afar are clipped (<see cref="CmaDistribution"/>).
/// </summary>
internal sealed class CmaEsSearch : ModelSearcher
{
    private readonly CmaEsOptions _options;
    private readonly SeedPath _seed;
    private readonly int _population, _prior, _first;
    private CmaState? _state;
    private int _generation;

    /// <param name="name">The short name.</param>
    /// <param name="context">What it is made for.</param>
    /// <param name="options">The options.</param>
    /// <param name="prior">How many of the first ended trials are the distribution to begin with instead of generations, because others suggested them; those
    /// of earlier experiments always are.</param>
    public CmaEsSearch(string name, SearcherContext context, CmaEsOptions options, int prior)
        : base(name, context, options, 1)
    {
        (_options, _prior) = (options, prior);
        _population = options.PopulationSize ?? CmaParameters.DefaultPopulation(Codec.Axes.Length, context.Budget);
        _first = options.PointsToEvaluate.Length;
        _seed = (context.Seed ?? SeedPath.Of(0)) / "cma_es";
    }

    /// <summary>What it knows now.</summary>
    internal CmaState State => Current();

    /// <inheritdoc/>
    protected override Proposal Propose(long number, int attempt, RandomStream random)
    {
        var state = Current();
        var row = new double[Codec.Axes.Length];
        if (number == _first && attempt == 0 && Archive.Ended.IsEmpty && _prior == 0)
        {
            Array.Fill(row, 0.5);
            Choose(state, row, random);
            return new(row, "the middle of the space, where the search begins");
        }

        if (state.Distribution is { } distribution)
        {
            Draw(state, distribution, row, random);
        }

        Choose(state, row, random);
        return new(row, Reason(state));
    }

    private static void Choose(CmaState state, double[] row, RandomStream random)
    {
        for (var i = 0; i < state.Choices.Length; i++)
        {
            row[state.Categories[i].Index] = state.Choices[i].Draw(random);
        }
    }

    private static void Draw(CmaState state, CmaDistribution distribution, double[] row, RandomStream random)
    {
        var n = distribution.Dimensions;
        Span<double> normal = stackalloc double[Vector512Math.Padded(n)];
        Span<double> x = stackalloc double[n];
        normal.Clear();
        for (var i = 0; i < n; i++)
        {
            normal[i] = random.NextGaussian();
        }

        distribution.Sample(normal, x);
        for (var i = 0; i < n; i++)
        {
            row[state.Numbers[i].Index] = Inside(x[i], state.Numbers[i].Kind == Spaces.AxisKind.Ordinal);
        }
    }

    // Beyond a bound a number is mirrored at it; the first and the last step take what lies beyond them.
    private static double Inside(double x, bool isStep)
    {
        if (isStep || x is >= 0 and <= 1)
        {
            return Math.Clamp(x, 0, 1);
        }

        x -= 2 * Math.Floor(x / 2);
        return x > 1 ? 2 - x : x;
    }

    private CmaState Current()
    {
        if (_state is null || _generation != Archive.Generation)
        {
            (_state, _generation) = (null, Archive.Generation);
            var state = new CmaState(Codec, _options, _population, _seed, _prior == 0 && Archive.WarmCount == 0 ? _first : -1);
            var prior = Math.Max(_prior, Archive.WarmCount);
            if (prior > 0)
            {
                if (Archive.Ended.Length < prior)
                {
                    return state; // asked before what it is to begin with has ended
                }

                state.Begin(Archive, prior, _prior <= Archive.WarmCount);
            }

            _state = state;
        }

        _state.Follow(Archive);
        return _state;
    }

    private string Reason(CmaState state)
    {
        var around = state.Leader < 0 ? "around the middle of the space"
            : state.Generation == 0 && state.Prior > 0 ? Invariant(
                $"around the best of {state.Prior} earlier trials, the best of all being trial {Archive[state.Leader].Trial}")
            : state.Generation == 0 ? "around a random point"
            : $"from around the neighbourhood of trial {Archive[state.Leader].Trial}, the best of the generation before";
        var restart = state.Restarts == 0 ? "" : Invariant($" after restart {state.Restarts} ({state.RestartReason})");
        return state.Distribution is { } distribution
            ? string.Create(CultureInfo.InvariantCulture, $"generation {state.Generation + 1} of {state.Population} trials each{restart}, step size " +
                $"{NumberText.Of(distribution.StepSize, 2)}, drawn {around}")
            : Invariant($"generation {state.Generation + 1} of {state.Population} trials each{restart}, drawn {around}");
    }
}
