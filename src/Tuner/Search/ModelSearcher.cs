namespace Tuning.Search;

/// <summary>
/// What search algorithms that learn have in common: given points first, a start-up of random or quasi-random points, coordinates,
/// constraints, no point twice, and a cache that follows the history. An algorithm says how it makes a row of coordinates.
/// </summary>
/// <remarks>
/// Pure: what is kept between suggestions is derived from the history alone. Safe for use by any thread, one suggestion at a time.
/// </remarks>
internal abstract class ModelSearcher : IWholeSearcher
{
    // How often an algorithm is asked for another row, and how often one is drawn after that.
    private const int MostProposals = 20, MostDraws = 10_000;

    private readonly Lock _lock = new();
    private readonly GivenPoints _presets;

    /// <param name="name">The short name.</param>
    /// <param name="context">What it is made for.</param>
    /// <param name="options">The options that all have.</param>
    /// <param name="mostObjectives">How many objectives it can take; 0 for any number.</param>
    /// <exception cref="ArgumentException">Space, objectives or points do not fit; the message says how.</exception>
    protected ModelSearcher(string name, SearcherContext context, ModelSearcherOptions options, int mostObjectives)
    {
        (Name, Context) = (name, context);
        Codec = new(context.Space, context.Constraints);
        if (context.Objectives.IsEmpty)
        {
            throw new ArgumentException(
                $"The search algorithm '{name}' learns from results, so it needs to know what is optimised: give tune.metric and tune.mode.");
        }

        if (mostObjectives > 0 && context.Objectives.Length > mostObjectives)
        {
            throw new ArgumentException($"The search algorithm '{name}' optimises " +
                $"{(mostObjectives == 1 ? "one objective" : $"up to {mostObjectives} objectives")}; there are {context.Objectives.Length}: " +
                $"{string.Join(", ", context.Objectives)}. Use nsga2, motpe or auto.");
        }

        Searchable.Require(name, Codec);

        _presets = new(Codec, options.PointsToEvaluate);
        Archive = new(Codec, context.Objectives, context.WarmStart);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public bool IsImmediate => false;

    /// <inheritdoc/>
    public bool SeesPending => true;

    /// <inheritdoc/>
    public virtual bool NeedsCurves => false;

    /// <summary>What it is made for.</summary>
    protected SearcherContext Context { get; }

    /// <summary>The coordinates.</summary>
    protected ParameterCodec Codec { get; }

    /// <summary>The trials so far.</summary>
    protected TrialArchive Archive { get; }

    /// <inheritdoc/>
    public long SuggestionsFor(long samples) => samples;

    /// <inheritdoc/>
    public Suggestion Suggest(SearchHistory history, long number, RandomStream random)
    {
        ArgumentNullException.ThrowIfNull(history);
        ArgumentNullException.ThrowIfNull(random);
        lock (_lock)
        {
            Archive.Follow(history);
            return number < _presets.Count ? _presets.Suggest((int)number, random) : Search(number, random);
        }
    }

    /// <summary>Makes a row from <see cref="Archive"/>. Need not be settled. Called again with <paramref name="attempt"/> 1, 2 … when the one before was tried
    /// already or breaks a constraint.</summary>
    /// <param name="number">The number of the suggestion.</param>
    /// <param name="attempt">How many rows were refused.</param>
    /// <param name="random">The suggestion's stream, which goes on between attempts.</param>
    protected abstract Proposal Propose(long number, int attempt, RandomStream random);

    /// <summary>Whether the row of a proposal may be one that was tried: only algorithms that measure noise by repeating say yes.</summary>
    protected virtual bool MayRepeat(Proposal proposal) => proposal.IsRepetition;

    private Suggestion Search(long number, RandomStream random)
    {
        for (var attempt = 0; attempt < MostProposals; attempt++)
        {
            var proposal = Propose(number, attempt, random);
            var keeps = Codec.Settle(proposal.Row, random);
            if (keeps && (MayRepeat(proposal) || !Archive.TryFind(proposal.Row, out _)))
            {
                return Suggestion.Of(Codec.Decode(proposal.Row, out var fault), proposal.Reason, fault);
            }
        }

        return Drawn(random);
    }

    private Suggestion Drawn(RandomStream random)
    {
        var row = new double[Codec.Axes.Length];
        var keptOne = false;
        for (var draw = 0; draw < MostDraws; draw++)
        {
            Codec.Sample(random, row);
            if (Codec.HasConstraints && !Codec.Settle(row, random))
            {
                continue;
            }

            keptOne = true;
            if (!Archive.TryFind(row, out _))
            {
                return Suggestion.Of(Codec.Decode(row, out var fault),
                    $"drawn at random: what the search algorithm '{Name}' would try was tried already, or breaks a constraint", fault);
            }
        }

        return keptOne
            ? new Suggestion.Exhausted(Invariant(
                $"all configurations of the space were tried: {MostDraws:N0} draws brought none but the {Archive.Count} known ones"))
            : throw Codec.Tally(random, MostDraws).ToException();
    }
}

/// <summary>A row that an algorithm would try.</summary>
/// <param name="Row">The coordinates; taken over.</param>
/// <param name="Reason">How it came about, for a person, with the numbers that led to it.</param>
internal sealed record Proposal(double[] Row, string Reason)
{
    /// <summary>Whether a configuration that was tried is tried again on purpose, to measure noise.</summary>
    public bool IsRepetition { get; init; }
}
