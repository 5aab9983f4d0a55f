namespace Tuning.Search.MultiObjective;

/// <summary>
/// NSGA-II (Deb, Pratap, Agarwal and Meyarivan, 2002): a population whose members are crossed and mutated, ranked by fronts and by how
/// crowded they are. In files <c>{type: nsga2}</c>, or Optuna's <c>NSGAIISampler</c>.
/// </summary>
/// <remarks>
/// For several objectives and many hundreds of trials, in any space; with one objective it is a plain genetic algorithm. Feasible trials go before
/// infeasible ones, these by violation, failed ones last (constraint domination); pruned trials are infeasible ones of no violation. Trials may
/// end in any order: a generation is so many trials as they end. Choose <c>motpe</c> for fewer trials.
/// </remarks>
public sealed record Nsga2Options : ModelSearcherOptions
{
    /// <summary>How many members a population has, and trials a generation.</summary>
    /// <value>From 2 to 100,000. Default null: the root of the number of the experiment's samples, from 12 to 50; 50 without a limit.</value>
    [Between(2, 100_000, Because = "so that there are two parents")]
    public int? PopulationSize { get; init; }

    /// <summary>How likely each parameter of a child is changed by itself.</summary>
    /// <value>In [0, 1]. Default null: 1 divided by the number of parameters.</value>
    [Between(0, 1), JsonPropertyName("mutation_prob")]
    public double? MutationProbability { get; init; }

    /// <summary>Earlier name of <see cref="MutationProbability"/>.</summary>
    [Obsolete("Use MutationProbability."), JsonIgnore]
    public double? MutationProb { get => MutationProbability; init => MutationProbability = value; }

    /// <summary>How likely a child has two parents rather than one.</summary>
    /// <value>In [0, 1]. Default 0.9.</value>
    [Between(0, 1), JsonPropertyName("crossover_prob")]
    public double CrossoverProbability { get; init; } = 0.9;

    /// <summary>Earlier name of <see cref="CrossoverProbability"/>.</summary>
    [Obsolete("Use CrossoverProbability."), JsonIgnore]
    public double CrossoverProb { get => CrossoverProbability; init => CrossoverProbability = value; }

    /// <summary>How likely a parameter that two parents are crossed in changes sides.</summary>
    /// <value>In [0, 1]. Default 0.5.</value>
    [Between(0, 1), JsonPropertyName("swapping_prob")]
    public double SwappingProbability { get; init; } = 0.5;

    /// <summary>Earlier name of <see cref="SwappingProbability"/>.</summary>
    [Obsolete("Use SwappingProbability."), JsonIgnore]
    public double SwappingProb { get => SwappingProbability; init => SwappingProbability = value; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">An option is out of range, or the space does not fit.</exception>
    public override ISearcher Create(SearcherContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        OptionSchema.Require(this);
        return new Nsga2Search(context, this);
    }

    /// <inheritdoc/>
    public override string ToString() => OptionText.Of(this);
}
