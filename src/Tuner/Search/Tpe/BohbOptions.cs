namespace Tuning.Search.Tpe;

/// <summary>
/// The search half of BOHB (Falkner, Klein and Hutter, "BOHB: Robust and Efficient Hyperparameter Optimization at Scale", 2018): densities of
/// good and bad trials as in <see cref="TpeOptions"/>, but of values at the same point of training, the latest that enough trials have reached.
/// Goes with the scheduler <c>hb_bohb</c>, and with any that ends or pauses trials early. In files <c>{type: bohb}</c>.
/// </summary>
/// <remarks>
/// A budget is a training iteration; the model is that of the latest one that enough trials have reached, whether they run, are paused or have
/// ended. Where there are no reports on the way, it is that of the last values.
/// </remarks>
public sealed record BohbOptions : ModelSearcherOptions
{
    /// <summary>How many trials a model needs, at least.</summary>
    /// <value>At least 2; null for one more than there are parameters. Default null.</value>
    [AtLeast(2)]
    public int? MinPointsInModel { get; init; }

    /// <summary>Which share of the trials in the model is good, in percent.</summary>
    /// <value>From 1 to 99. Default 15.</value>
    [Between(1, 99), JsonPropertyName("top_n_percent")]
    public int TopPercent { get; init; } = 15;

    /// <summary>Earlier name of <see cref="TopPercent"/>.</summary>
    [Obsolete("Use TopPercent."), JsonIgnore]
    public int TopNPercent { get => TopPercent; init => TopPercent = value; }

    /// <summary>How many candidates are drawn near the good ones, of which the likeliest is tried.</summary>
    /// <value>From 1 to 1,000,000. Default 64.</value>
    [Between(1, 1_000_000), JsonPropertyName("num_samples")]
    public int Candidates { get; init; } = 64;

    /// <summary>Earlier name of <see cref="Candidates"/>.</summary>
    [Obsolete("Use Candidates."), JsonIgnore]
    public int NumSamples { get => Candidates; init => Candidates = value; }

    /// <summary>Which share of the suggestions is drawn at random, whatever the model says.</summary>
    /// <value>From 0 to 1. Default 1/3.</value>
    [Between(0, 1)]
    public double RandomFraction { get; init; } = 1 / 3.0;

    /// <summary>What the widths of kernels are multiplied with for drawing candidates, so that they differ from what is known.</summary>
    /// <value>Above 0. Default 3.</value>
    [MoreThan(0)]
    public double BandwidthFactor { get; init; } = 3;

    /// <summary>The least width of a kernel, as a share of the parameter's range.</summary>
    /// <value>Above 0, below 1. Default 0.001.</value>
    [Between(0, 1, ExceptLeast = true, ExceptMost = true)]
    public double MinBandwidth { get; init; } = 0.001;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">An option is out of its range, or points or constraints do not fit the space.</exception>
    public override ISearcher Create(SearcherContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        OptionSchema.Require(this);
        return new BohbSearcher(context, this);
    }

    /// <inheritdoc/>
    public override string ToString() => OptionText.Of(this);
}
