namespace Tuning.Search;

/// <summary>What all search algorithms that learn from results have in common.</summary>
public abstract record ModelSearcherOptions : SearcherOptions
{
    /// <summary>
    /// Configurations to begin with, whole or in part; parameters that one does not name are drawn. Each is one of the experiment's
    /// samples.
    /// </summary>
    /// <value>Default none. A name that the space does not search, and a value that never comes out of its domain, are errors.</value>
    public ImmutableArray<ParameterSet> PointsToEvaluate { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>
    /// Directories of earlier experiments to learn from. Their trials count as results of this one where their configurations belong to the
    /// search space and they reported the objectives; others are left out, with a notice. They are copied into the experiment's record, so
    /// that it can be resumed when the directories are gone.
    /// </summary>
    /// <value>Default none.</value>
    public ImmutableArray<string> WarmStart { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <inheritdoc/>
    [JsonIgnore]
    public sealed override ImmutableArray<string> WarmStartDirectories => WarmStart;
}
