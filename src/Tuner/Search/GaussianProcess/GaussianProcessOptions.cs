namespace Tuning.Search.GaussianProcess;

/// <summary>
/// Bayesian optimisation with a Gaussian process: proposes where the logarithm of the expected improvement is largest. In files <c>{type: gp}</c>, or
/// Optuna's <c>GPSampler</c>, or Ray's <c>BayesOptSearch</c>.
/// </summary>
/// <remarks>
/// The best choice for up to a few hundred trials that are dear, in spaces of up to 20 parameters or so of any kind; for thousands of trials use
/// <c>tpe</c> or <c>cma_es</c>. With several objectives each suggestion follows weights of its own (ParEGO).
/// </remarks>
public sealed record GaussianProcessOptions : ModelSearcherOptions
{
    /// <summary>How many quasi-random points to begin with, given points and trials of earlier experiments included.</summary>
    /// <value>Default 10; at least 2.</value>
    [AtLeast(2), JsonPropertyName("n_startup_trials")]
    public int StartupTrials { get; init; } = 10;

    /// <summary>Earlier name of <see cref="StartupTrials"/>.</summary>
    [Obsolete("Use StartupTrials."), JsonIgnore]
    public int NStartupTrials { get => StartupTrials; init => StartupTrials = value; }

    /// <summary>Among how many points a suggestion's local searches begin.</summary>
    /// <value>Default 2048; from 16 to 1,000,000.</value>
    [Between(16, 1_000_000), JsonPropertyName("n_candidates")]
    public int Candidates { get; init; } = 2048;

    /// <summary>Earlier name of <see cref="Candidates"/>.</summary>
    [Obsolete("Use Candidates."), JsonIgnore]
    public int NCandidates { get => Candidates; init => Candidates = value; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">An option is out of its range, or points, constraints or objectives do not fit.</exception>
    public override ISearcher Create(SearcherContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        OptionSchema.Require(this);
        return new GaussianProcessSearch(context, this);
    }

    /// <inheritdoc/>
    public override string ToString() => OptionText.Of(this);
}
