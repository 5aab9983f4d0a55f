namespace Tuning.Search.CmaEs;

/// <summary>When the search has converged, where it starts again.</summary>
public enum RestartStrategy
{
    /// <summary>It goes on where it is.</summary>
    None,

    /// <summary>From a random point, with twice as many trials per generation each time (Auger and Hansen, 2005).</summary>
    Ipop,

    /// <summary>In turns with twice as many trials per generation, and with few and a small step, whichever was given fewer trials (Hansen, 2009).</summary>
    Bipop,
}

/// <summary>
/// Covariance matrix adaptation: generations of trials around a moving mean, whose shape follows the function's valleys. In files
/// <c>{type: cma_es}</c>, or Optuna's <c>CmaEsSampler</c>.
/// </summary>
/// <remarks>
/// For numbers, from about 50 trials per parameter on, and for spaces with some steps and categories: steps keep a margin of probability for their
/// neighbours (Hamano et al., 2022), categories have a distribution of their own with a margin (as in CatCMA, Hamano et al., 2024). A
/// parameter that is absent in a trial is imputed by a draw from the distribution, so that the trial says nothing about it. Trials may end in any order: a
/// generation is so many trials as they end. Failed trials count as worse than infeasible ones, these by violation as worse than feasible ones, and pruned
/// ones as worse than complete ones. Choose <c>tpe</c> where conditions or categories rule, <c>gp</c> for fewer trials.
/// </remarks>
public sealed record CmaEsOptions : ModelSearcherOptions
{
    /// <summary>Trials per generation.</summary>
    /// <value>From 3 to 100,000. Default null: 4 + ⌊3 ln n⌋ for n parameters; with fewer than 14 times as many samples a fourteenth of them, but no less
    /// than 6.</value>
    [Between(3, 100_000, Because = "so that the better half says something")]
    public int? PopulationSize { get; init; }

    /// <summary>The standard deviation of the first generation, as a share of each parameter's range.</summary>
    /// <value>Above 0, at most 1. Default 1/6.</value>
    [Between(0, 1, ExceptLeast = true, Because = "as a share of each parameter's range"), JsonPropertyName("sigma0")]
    public double InitialSigma { get; init; } = 1.0 / 6;

    /// <summary>Earlier name of <see cref="InitialSigma"/>.</summary>
    [Obsolete("Use InitialSigma."), JsonIgnore]
    public double Sigma0 { get => InitialSigma; init => InitialSigma = value; }

    /// <summary>Where the search starts again when it has converged.</summary>
    /// <value>Default <see cref="RestartStrategy.Bipop"/>.</value>
    public RestartStrategy Restarts { get; init; } = RestartStrategy.Bipop;

    /// <summary>
    /// Whether the speed of learning follows the ratio of signal to noise (LRA-CMA-ES, Nomura et al., 2023): for values with much noise and
    /// rugged functions, with many trials.
    /// </summary>
    /// <value>Default false.</value>
    public bool LearningRateAdaptation { get; init; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">An option is out of range, there are several objectives, or the space does not fit.</exception>
    public override ISearcher Create(SearcherContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        OptionSchema.Require(this);
        return new CmaEsSearch("cma_es", context, this, 0);
    }

    /// <inheritdoc/>
    public override string ToString() => OptionText.Of(this);
}
