namespace Tuning.Search.Tpe;

/// <summary>
/// The tree-structured Parzen estimator for several objectives: the best trials are those of the first Pareto fronts, and within a front
/// those that together dominate most (Ozaki et al., "Multiobjective tree-structured Parzen estimator", JAIR 2022). In files
/// <c>{type: motpe}</c>.
/// </summary>
/// <remarks><see cref="TpeOptions"/> does the same when there are several objectives; the defaults here are for them. With one objective it is that.</remarks>
public sealed record MotpeOptions : ModelSearcherOptions
{
    /// <inheritdoc cref="TpeOptions.NStartupTrials"/>
    [AtLeast(1)]
    public int NStartupTrials { get; init; } = 10;

    /// <summary>How many candidates are drawn near the best trials, as <see cref="TpeOptions.NEiCandidates"/> says.</summary>
    /// <value>At least 1. Default 24.</value>
    [AtLeast(1)]
    public int NEiCandidates { get; init; } = 24;

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
        NStartupTrials = NStartupTrials,
        NEiCandidates = NEiCandidates,
        Multivariate = Multivariate,
        ConstantLiar = ConstantLiar,
        Gamma = Gamma,
        MaxBest = MaxBest,
    }.Create("motpe", context, this);
}
