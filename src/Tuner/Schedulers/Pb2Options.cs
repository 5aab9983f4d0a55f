namespace Tuning.Schedulers;

/// <summary>
/// PB2, population based bandits (Parker-Holder et al., 2020): PBT whose new values are chosen by a model of what improved the objective, not
/// by chance. In files <c>scheduler: {type: pb2, …}</c>; names and defaults are Ray Tune's.
/// </summary>
/// <remarks>
/// For few trials (4 to 8) and continuous parameters; use <see cref="PopulationBasedTrainingOptions"/> for many, or for choices. The model
/// knows the last 1,000 intervals. A decision that explores takes milliseconds, with 1,000 intervals about a second. Needs trainables that
/// checkpoint, and random or grid search. A report without objective leads to no comparison.
/// </remarks>
public sealed record Pb2Options : PopulationOptions
{
    private const string Bounds = "hyperparam_bounds";

    /// <summary>
    /// The bounds of each parameter, both included, in maps as the parameters are: <c>{lr: [1e-5, 1e-3]}</c>. A parameter that the search
    /// space says nothing of is drawn between them; one with whole values is rounded.
    /// </summary>
    /// <value>Required.</value>
    [JsonPropertyName("hyperparam_bounds")]
    public ParameterSet HyperparameterBounds { get; init; } = ParameterSet.Empty;

    /// <summary>Earlier name of <see cref="HyperparameterBounds"/>.</summary>
    [Obsolete("Use HyperparameterBounds."), JsonIgnore]
    public ParameterSet HyperparamBounds { get => HyperparameterBounds; init => HyperparameterBounds = value; }

    internal override ExploredParameters? Explored
    {
        get
        {
            try
            {
                return new(Bounds, [.. Parameters().Select(p => KeyValuePair.Create<string, Domain>(p.Path, Domain.Uniform(p.Lower, p.Upper)))]);
            }
            catch (ArgumentException)
            {
                // Said by Create.
                return null;
            }
        }
    }

    /// <inheritdoc/>
    public override ITrialScheduler Create(SchedulerContext context)
    {
        var rules = Rules(isRay: false);
        var parameters = Parameters();
        return parameters.Count > 0
            ? new PopulationScheduler("pb2", rules, ObjectiveOf(context), new BanditExplorer(parameters, PerturbationInterval), context, Explored)
            : throw new ArgumentException("hyperparam_bounds: is empty, so nothing would be explored; give each parameter its bounds: {lr: [1e-5, 1e-3]}.");
    }

    private List<BoundedParameter> Parameters() => [.. HyperparameterBounds.Flatten().Select(p => p.Value switch
    {
        ParameterList { Count: 2 } bounds when Number(bounds[0]) is { } lower && Number(bounds[1]) is { } upper && lower < upper =>
            new BoundedParameter(p.Key, lower, upper),
        var other => throw new ArgumentException($"hyperparam_bounds.{p.Key}: is {Domain.Text(other)}; it must be two finite numbers, the lower bound first: " +
            $"[1e-5, 1e-3]. PB2 is for numbers; use pbt for choices."),
    })];

    private static double? Number(object? value) => value switch
    {
        long whole => whole,
        double real when double.IsFinite(real) => real,
        _ => null,
    };
}
