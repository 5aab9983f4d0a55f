namespace Tuning.Search.Tpe;

/// <summary>
/// The tree-structured Parzen estimator for several objectives: the best trials are those of the first Pareto fronts, and within a front
/// those that together dominate most (Ozaki et al., "Multiobjective tree-structured Parzen estimator", JAIR 2022). In files
/// <c>{type: motpe}</c>.
/// </summary>
/// <remarks><see cref="TpeOptions"/> does the same when there are several objectives; the defaults here are for them. With one objective it is that.</remarks>
public sealed record MotpeOptions : ModelSearcherOptions
{
    /// <inheritdoc cref="TpeOptions.StartupTrials"/>
    [AtLeast(1), JsonPropertyName("n_startup_trials")]
    public int StartupTrials { get; init; } = 10;

    /// <summary>Earlier name of <see cref="StartupTrials"/>.</summary>
    [Obsolete("Use StartupTrials."), JsonIgnore]
    public int NStartupTrials { get => StartupTrials; init => StartupTrials = value; }

    /// <summary>How many candidates are drawn near the best trials, as <see cref="TpeOptions.Candidates"/> says.</summary>
    /// <value>From 1 to 1,000,000. Default 24.</value>
    [Between(1, 1_000_000), JsonPropertyName("n_ei_candidates")]
    public int Candidates { get; init; } = 24;

    /// <summary>Earlier name of <see cref="Candidates"/>.</summary>
    [Obsolete("Use Candidates."), JsonIgnore]
    public int NEiCandidates { get => Candidates; init => Candidates = value; }

    /// <inheritdoc cref="TpeOptions.Multivariate"/>
    public bool Multivariate { get; init; } = true;

    /// <inheritdoc cref="TpeOptions.ConstantLiar"/>
    public bool ConstantLiar { get; init; } = true;

    /// <inheritdoc cref="TpeOptions.Gamma"/>
    [Between(0, 1, ExceptLeast = true, ExceptMost = true)]
    public double Gamma { get; init; } = 0.1;

    /// <summary>The most trials that are modelled as the best.</summary>
    /// <value>At least 1. Default 100.</value>
    [AtLeast(1)]
    public int MaxBest { get; init; } = 100;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">An option is out of its range, or points or constraints do not fit the space.</exception>
    public override ISearcher Create(SearcherContext context) => new TpeOptions
    {
        StartupTrials = StartupTrials,
        Candidates = Candidates,
        Multivariate = Multivariate,
        ConstantLiar = ConstantLiar,
        Gamma = Gamma,
        MaxBest = MaxBest,
    }.Create("motpe", context, this);

    /// <inheritdoc/>
    public override string ToString() => OptionText.Of(this);
}
