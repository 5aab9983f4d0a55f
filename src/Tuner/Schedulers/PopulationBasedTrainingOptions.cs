namespace Tuning.Schedulers;

/// <summary>
/// Population based training (Jaderberg et al., 2017). All trials train at once; from time to time the worst take over weights and
/// configuration of the best, and change some parameters by chance. What comes out is not a configuration but a schedule. In files
/// <c>scheduler: {type: pbt, …}</c>; names and defaults are Ray Tune's.
/// </summary>
/// <remarks>
/// For trainables that checkpoint. Use it where the best value of a parameter changes during training, with 8 to 40 trials that all run
/// to the end; where a value is good or bad from the start, ASHA needs less. With random or grid search only: the configurations change,
/// so there is nothing that a model could learn from. The schedules that
/// it found are in <c>pbt_policy_&lt;trial&gt;.txt</c>; <see cref="PopulationBasedTrainingReplayOptions"/> runs one again. Use <see cref="Pb2Options"/> for few
/// trials and continuous parameters. Values stay in their domains: a product is brought back to the nearest bound, multiples of a step and whole numbers are
/// rounded and move by at least one, choices stay choices.
/// </remarks>
public sealed record PopulationBasedTrainingOptions : PopulationOptions, IHoldsCode
{
    /// <summary>
    /// What is perturbed: for each parameter a domain, or a list of values in an order that means something, in maps as the parameters
    /// are. A parameter that the search space says nothing of is drawn from here for each trial.
    /// </summary>
    /// <value>Default none; required unless there is a <see cref="CustomExplore"/>.</value>
    [JsonPropertyName("hyperparam_mutations")]
    public SearchSpace HyperparameterMutations { get; init; } = new();

    /// <summary>Earlier name of <see cref="HyperparameterMutations"/>.</summary>
    [Obsolete("Use HyperparameterMutations."), JsonIgnore]
    public SearchSpace HyperparamMutations { get => HyperparameterMutations; init => HyperparameterMutations = value; }

    /// <summary>The probability with which a parameter is drawn anew instead of perturbed.</summary>
    /// <value>Default 0.25; from 0 to 1.</value>
    [Between(0, 1)]
    public double ResampleProbability { get; init; } = 0.25;

    /// <summary>The factors by one of which a number is multiplied.</summary>
    /// <value>Default 1.2 and 0.8; above 0.</value>
    [MoreThan(0)]
    public ImmutableArray<double> PerturbationFactors { get; init => field = value.IsDefault ? [] : value; } = [1.2, 0.8];

    /// <summary>
    /// A function that changes the configuration once more after everything else, such as to keep a sum at 1. Pure: it is called again in
    /// verification. From C# only; an experiment that is resumed must be given it again.
    /// </summary>
    /// <value>Default null.</value>
    [JsonIgnore, JsonPropertyName("custom_explore_fn")]
    public Func<ParameterSet, ParameterSet>? CustomExplore { get; init; }

    /// <summary>Earlier name of <see cref="CustomExplore"/>.</summary>
    [Obsolete("Use CustomExplore."), JsonIgnore]
    public Func<ParameterSet, ParameterSet>? CustomExploreFn { get => CustomExplore; init => CustomExplore = value; }

    /// <summary>
    /// Whether to do as Ray where it is not right: values leave their domain, whole numbers are cut off, a trial whose score is not its
    /// own yet can be a source, of equal scores the younger trial's is better, the source's clock counts after an exploit.
    /// </summary>
    /// <value>Default none.</value>
    public SchedulerCompatibility Compatibility { get; init; }

    private const string Mutations = "hyperparam_mutations";

    bool IHoldsCode.HoldsCode => CustomExplore is not null;

    /// <inheritdoc/>
    public override ITrialScheduler Create(SchedulerContext context)
    {
        var isRay = Compatibility == SchedulerCompatibility.Ray;
        var rules = Rules(isRay);
        if (PerturbationFactors.IsDefaultOrEmpty)
        {
            throw new ArgumentException("perturbation_factors: is empty; give numbers above 0, such as [1.2, 0.8].");
        }

        var mutations = MutationReader.Read(HyperparameterMutations, Mutations);
        if (mutations.Count == 0 && CustomExplore is null)
        {
            throw new ArgumentException(
                "hyperparam_mutations: is empty, so nothing would be explored; give each parameter a domain or a list: {lr: {loguniform: [1e-5, 1e-3]}}.");
        }

        var explorer = new MutationExplorer(mutations, new(ResampleProbability, PerturbationFactors, isRay), CustomExplore);
        return new PopulationScheduler("pbt", rules, ObjectiveOf(context), explorer, context, Explored);
    }

    internal override ExploredParameters? Explored =>
        MutationReader.TryRead(HyperparameterMutations, Mutations, []) is { } mutations
            ? new(Mutations, [.. mutations.Select(m => KeyValuePair.Create(m.Path, m.Domain))]) : null;

    /// <inheritdoc/>
    public bool Equals(PopulationBasedTrainingOptions? other) => base.Equals(other) && Content.Equals(other.Content)
        && PerturbationFactors.AsSpan().SequenceEqual(other.PerturbationFactors.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(base.GetHashCode(), Content);

    private (SearchSpace, double, SchedulerCompatibility, Func<ParameterSet, ParameterSet>?) Content =>
        (HyperparameterMutations, ResampleProbability, Compatibility, CustomExplore);
}
