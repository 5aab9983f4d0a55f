namespace Tuning.Search;

/// <summary>
/// Runs every configuration that another search algorithm suggests several times, and lets it learn the mean: for values that are noisy,
/// such as returns over seeds. Ray's <c>Repeater</c>. In files <c>{type: repeater, repeat: 3, searcher: {type: gp}}</c>.
/// </summary>
/// <remarks>
/// A sample is a configuration: <c>num_samples: 10</c> with <c>repeat: 3</c> makes 30 trials, where Ray makes 10. Failed repeats are left out
/// of the mean; a configuration has failed when all of them have.
/// </remarks>
public sealed record RepeaterOptions : WrapperOptions
{
    /// <summary>How often each configuration runs.</summary>
    /// <value>From 1 to 1,000,000.</value>
    [Between(1, 1_000_000)]
    public required int Repeat { get; init; }

    /// <summary>Whether the configuration says which repeat it is, 0, 1, 2 ….</summary>
    /// <value>Default false, where Ray's is true: a trainable that names its parameters would refuse one more.</value>
    public bool SetIndex { get; init; }

    /// <summary>Where the configuration says which repeat it is; a path such as <c>seed</c>, which the space does not search.</summary>
    /// <value>Default <c>__trial_index__</c>, as in Ray. For <see cref="SetIndex"/> only.</value>
    public string IndexParameter { get; init; } = "__trial_index__";

    /// <inheritdoc/>
    [JsonIgnore]
    internal override string? AddedParameter => SetIndex ? IndexParameter : Searcher.AddedParameter;

    /// <inheritdoc/>
    public override ISearcher Create(SearcherContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        OptionSchema.Require(this);
        if (SetIndex && string.IsNullOrEmpty(IndexParameter))
        {
            throw new ArgumentException("index_parameter: is empty; name the parameter that says which repeat it is, such as seed.");
        }

        if (SetIndex && context.Space.SearchedPaths.Contains(IndexParameter))
        {
            throw new ArgumentException($"index_parameter: is '{IndexParameter}', which the search space searches; name a constant or a new parameter.");
        }

        var inner = CreateInner(context with { Parallelism = Math.Max(1, context.Parallelism / Repeat), Stride = context.Stride * Repeat });
        return new Repeater(inner, Repeat, SetIndex ? IndexParameter : null, new(context.Space, context.Constraints));
    }
}
