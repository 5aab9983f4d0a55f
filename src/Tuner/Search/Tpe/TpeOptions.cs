namespace Tuning.Search.Tpe;

/// <summary>
/// The tree-structured Parzen estimator: models where the best trials are and where the others are, each as a density, and tries what is
/// likeliest to be among the best (Bergstra et al., "Algorithms for Hyper-Parameter Optimization", 2011; multivariate kernels as in
/// BOHB, Falkner et al. 2018). Any space, any number of trials, several objectives. In files <c>{type: tpe}</c>.
/// </summary>
/// <remarks>
/// Differs from Optuna's in that it begins with quasi-random points, that the best trials weigh by their rank, and that their kernels are as
/// wide as they lie apart, so that the search narrows as they draw together. With several objectives it is <see cref="MotpeOptions"/>.
/// </remarks>
public sealed record TpeOptions : ModelSearcherOptions
{
    /// <summary>How many results there must be before anything is modelled; until then points are quasi-random.</summary>
    /// <value>At least 1. Default 10.</value>
    [AtLeast(1), JsonPropertyName("n_startup_trials")]
    public int StartupTrials { get; init; } = 10;

    /// <summary>Earlier name of <see cref="StartupTrials"/>.</summary>
    [Obsolete("Use StartupTrials."), JsonIgnore]
    public int NStartupTrials { get => StartupTrials; init => StartupTrials = value; }

    /// <summary>How many candidates are drawn near the best trials, of which the likeliest is tried. Where parameters are not all modelled together, at most 4
    /// for each group of them, since groups are chosen one by one.</summary>
    /// <value>From 1 to 1,000,000. Default 48.</value>
    [Between(1, 1_000_000), JsonPropertyName("n_ei_candidates")]
    public int Candidates { get; init; } = 48;

    /// <summary>Earlier name of <see cref="Candidates"/>.</summary>
    [Obsolete("Use Candidates."), JsonIgnore]
    public int NEiCandidates { get => Candidates; init => Candidates = value; }

    /// <summary>Whether parameters are modelled together, so that it is seen which values go with which; else each alone.</summary>
    /// <value>Default true.</value>
    public bool Multivariate { get; init; } = true;

    /// <summary>
    /// Whether conditional parameters are modelled together with those that are there whenever they are; else each conditional one alone.
    /// Matters only where parameters have conditions.
    /// </summary>
    /// <value>Default true. Ignored when <see cref="Multivariate"/> is false.</value>
    public bool Group { get; init; } = true;

    /// <summary>Whether trials that run count as bad ones, so that trials at the same time are not alike.</summary>
    /// <value>Default true.</value>
    public bool ConstantLiar { get; init; } = true;

    /// <summary>Which share of the trials is modelled as the best.</summary>
    /// <value>Above 0, below 1. Default 0.1.</value>
    [Between(0, 1, ExceptLeast = true, ExceptMost = true)]
    public double Gamma { get; init; } = 0.1;

    /// <summary>The most trials that are modelled as the best.</summary>
    /// <value>At least 1. Default 25.</value>
    [AtLeast(1)]
    public int MaxBest { get; init; } = 25;

    /// <summary>How much the uniform distribution weighs in both densities, where a trial weighs about 1: how much is explored.</summary>
    /// <value>Above 0. Default 1.</value>
    [MoreThan(0)]
    public double PriorWeight { get; init; } = 1;

    /// <summary>What the width of the kernels by Scott's rule is multiplied with: smaller searches nearer to the best trials.</summary>
    /// <value>Above 0. Default 0.7.</value>
    [MoreThan(0)]
    public double BandwidthFactor { get; init; } = 0.7;

    /// <summary>The least width of a kernel, as a share of the parameter's range.</summary>
    /// <value>Above 0, at most 1. Default 0.01.</value>
    [Between(0, 1, ExceptLeast = true, ExceptMost = true)]
    public double MinBandwidth { get; init; } = 0.01;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">An option is out of its range, or points or constraints do not fit the space.</exception>
    public override ISearcher Create(SearcherContext context) => Create("tpe", context, this);

    /// <summary>Makes the searcher under another name, as the options that a user gave say.</summary>
    internal ISearcher Create(string name, SearcherContext context, ModelSearcherOptions given)
    {
        ArgumentNullException.ThrowIfNull(context);
        OptionSchema.Require(this);
        return new TpeSearcher(name, context, given, new()
        {
            StartupTrials = StartupTrials,
            Candidates = Candidates,
            Grouping = !Multivariate ? Grouping.Alone : Group ? Grouping.Together : Grouping.ConditionalAlone,
            CountsRunning = ConstantLiar,
            Share = Gamma,
            MostBest = MaxBest,
            WeighsByRank = context.Objectives.Length == 1,
            PriorWeight = PriorWeight,
            WidthFactor = BandwidthFactor,
            LeastWidth = MinBandwidth,
        });
    }

    /// <inheritdoc/>
    public override string ToString() => OptionText.Of(this);
}
