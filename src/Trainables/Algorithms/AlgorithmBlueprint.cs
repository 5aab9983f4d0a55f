namespace Tuning.Algorithms;

/// <summary>
/// What sets one algorithm apart from others, given by its configuration (<see cref="AlgorithmConfig.Blueprint"/>); everything else, from environments to
/// checkpoints, is <see cref="Algorithm"/>, the same for all.
/// </summary>
public sealed record AlgorithmBlueprint
{
    /// <summary>The options that all algorithms have.</summary>
    internal AlgorithmOptions Options { get; init; } = null!;

    /// <summary>The same by the names of experiment files.</summary>
    internal Func<ParameterSet> Parameters { get; init; } = static () => ParameterSet.Empty;

    /// <summary>The class of its learner in checkpoints.</summary>
    internal string LearnerClass { get; init; } = "";

    /// <summary>Which policy an agent follows, where a function says so; null for the mapping of the options.</summary>
    internal Func<string, Episode, string>? PolicyMapping { get; init; }

    /// <summary>The distribution over the actions of a space.</summary>
    /// <value>Default: categorical for choices, Gaussian for a box.</value>
    public Func<Space, ActionDistribution> ActionDistribution { get; init; } = Distributions.ActionDistribution.For;

    /// <summary>Makes the exploration of a runner, one instance per runner and policy.</summary>
    internal Func<Exploration> Exploration { get; init; } = static () => new StochasticExploration();

    /// <summary>Whether actions are drawn while evaluating, where the options do not say; null for as in training.</summary>
    public bool? EvaluationExplore { get; init; }

    /// <summary>Steps of each environment per training step.</summary>
    /// <value>Default: null, as many as reach <see cref="AlgorithmOptions.TrainBatchSize"/> together; else at least 1.</value>
    public int? StepsPerEnvironment { get; init; }

    /// <summary>The registered name of the module that stands for <c>default</c>.</summary>
    /// <value>Default: PPO's, a policy with a value function.</value>
    public string DefaultModule { get; init; } = ModuleRegistry.DefaultName;

    /// <summary>What else the module of a policy is to be built for.</summary>
    public Func<ModuleSpec, ModuleSpec> Specify { get; init; } = static spec => spec;

    /// <summary>Why the algorithm's own learner cannot train a module, as the end of a sentence about the module; null when it can.</summary>
    /// <value>Default: it can train all.</value>
    public Func<RlModule, string?> Refuses { get; init; } = static _ => null;

    /// <summary>Makes the learner of a policy: from its module, which it changes in place, a stream of its own, and the number of threads that it may
    /// use.</summary>
    public required Func<RlModule, RandomStream, int, Learner> Learner { get; init; }

    /// <summary>The names that its learner reports, without what stands before them.</summary>
    /// <value>Default: null, it does not say; an experiment may then name anything below <c>learners/</c>.</value>
    public IReadOnlyCollection<string>? LearnerMetrics { get; init; }

    /// <summary>The algorithm as those policies have it whose options are others.</summary>
    internal IReadOnlyDictionary<string, AlgorithmBlueprint> OfPolicies { get; init; } = new Dictionary<string, AlgorithmBlueprint>();

    /// <summary>The algorithm with the options of a policy.</summary>
    internal AlgorithmBlueprint Of(string policyId) => OfPolicies.GetValueOrDefault(policyId) ?? this;

    /// <summary>Whether a policy is trained.</summary>
    internal bool Trains(string policyId) => Options.MultiAgent?.PoliciesToTrain?.Contains(policyId) ?? true;

    /// <summary>The name of the module that the options give a policy; null for the algorithm's own.</summary>
    internal string? ModuleOf(string policyId) =>
        (Options.MultiAgent?.Policies.GetValueOrDefault(policyId)?.Module ?? Options.Module) is var name && name == ModuleRegistry.DefaultName ? null : name;

    /// <summary>The module of a policy.</summary>
    internal RlModule CreateModule(PolicyEnvironment policy, RandomStream random)
    {
        var own = Of(policy.Id);
        return ModuleRegistry.Create(
            ModuleOf(policy.Id) ?? own.DefaultModule,
            own.Specify(new(policy.ToModule.OutputSize, policy.ActionDistribution,
                Options.MultiAgent?.Policies.GetValueOrDefault(policy.Id)?.Model ?? own.Options.Model)),
            random);
    }

    /// <summary>Why a module of the user's own cannot be trained by what the options name; null when it can.</summary>
    internal string? Misfit(PolicyEnvironment policy) =>
        ModuleOf(policy.Id) is not null && Options.Learner == LearnerRegistry.DefaultName && Trains(policy.Id)
            ? Refuses(CreateModule(policy, new RandomStream(0))) : null;

    /// <summary>The learner that the options name, for the module of a policy.</summary>
    /// <param name="policyId">The policy.</param>
    /// <param name="identity">The algorithm and all its options.</param>
    /// <param name="module">What it trains, in place.</param>
    /// <param name="random">A stream of its own.</param>
    /// <param name="threads">How many threads it may use, at least 1.</param>
    internal Learner CreateLearner(string policyId, LearnerIdentity identity, RlModule module, RandomStream random, int threads)
    {
        var own = Options.Learner == LearnerRegistry.DefaultName;
        if (own && Refuses(module) is { } reason)
        {
            throw new ArgumentException($"The module {reason}.");
        }

        var plan = Of(policyId);
        var learner = own
            ? plan.Learner(module, random, threads)
            : LearnerRegistry.Create(Options.Learner, new(module, ReferenceEquals(plan, this) ? identity.Options : plan.Parameters(), random, threads));
        learner.Identity = identity;
        return learner;
    }
}
