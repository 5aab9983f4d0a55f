namespace Tuning.Search.Tpe;

/// <summary>
/// The tree-structured Parzen estimator for several objectives: the best trials are those of the first Pareto fronts, and within a front
/// those that together dominate most (Ozaki et al., "Multiobjective tree-structured Parzen estimator", JAIR 2022). In files
/// <c>{type: motpe}</c>.
/// </summary>
/// <remarks><see cref="TpeOptions"/> does the same when there are several objectives; the defaults here are for them. With one objective it is that.</remarks>
public sealed record MotpeOptions : ModelSearcherOptions
{
    /// <summary>How many results there must be before anything is modelled; until then points are quasi-random.</summary>
    /// <value>At least 1. Default 10.</value>
    public int NStartupTrials { get; init; } = 10;

    /// <summary>How many candidates are drawn near the best trials, of which the likeliest is tried. Where parameters are not all modelled together, at most 4 for each group of them, since groups are chosen one by one.</summary>
    /// <value>At least 1. Default 24.</value>
    public int NEiCandidates { get; init; } = 24;

    /// <summary>Whether parameters are modelled together; else each alone.</summary>
    /// <value>Default true.</value>
    public bool Multivariate { get; init; } = true;

    /// <summary>Whether trials that run count as bad ones, so that trials at the same time are not alike.</summary>
    /// <value>Default true.</value>
    public bool ConstantLiar { get; init; } = true;

    /// <summary>Which share of the trials is modelled as the best.</summary>
    /// <value>Above 0, below 1. Default 0.1.</value>
    public double Gamma { get; init; } = 0.1;

    /// <summary>The most trials that are modelled as the best.</summary>
    /// <value>At least 1. Default 100.</value>
    public int MaxBest { get; init; } = 100;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">An option is out of its range, or points or constraints do not fit the space.</exception>
    public override ISearcher Create(SearcherContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        OptionRules.AtLeast("n_startup_trials", NStartupTrials, 1);
        OptionRules.AtLeast("n_ei_candidates", NEiCandidates, 1);
        OptionRules.Share("gamma", Gamma);
        OptionRules.AtLeast("max_best", MaxBest, 1);
        return new TpeSearcher("motpe", context, this, new()
        {
            StartupTrials = NStartupTrials,
            Candidates = NEiCandidates,
            Grouping = Multivariate ? Grouping.Together : Grouping.Alone,
            CountsRunning = ConstantLiar,
            Share = Gamma,
            MostBest = MaxBest,
            WeighsByRank = context.Objectives.Length == 1,
            PriorWeight = 1,
            WidthFactor = 0.7,
            LeastWidth = 0.01,
        });
    }
}
