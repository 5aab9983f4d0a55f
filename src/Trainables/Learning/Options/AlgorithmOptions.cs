namespace Tuning;

/// <summary>
/// The parameters that all algorithms have: their names in snake_case are those of experiment files, and mean what RLlib's mean; the
/// defaults are RLlib's. Immutable.
/// </summary>
public abstract record AlgorithmOptions
{

    /// <summary>With the defaults that all algorithms share.</summary>
    protected AlgorithmOptions()
    {
    }

    /// <summary>The registered name of the environment.</summary>
    /// <value>Default: none; it must be given.</value>
    [JsonPropertyName("env")]
    public string Environment { get; init; } = "";

    /// <summary>Earlier name of <see cref="Environment"/>.</summary>
    [Obsolete("Use Environment."), JsonIgnore]
    public string Env { get => Environment; init => Environment = value; }

    /// <summary>What the environment's factory is handed; its <c>wrappers</c> go around it (<see cref="Environments.EnvironmentWrappers"/>).</summary>
    /// <value>Default: empty.</value>
    [JsonPropertyName("env_config")]
    public ParameterSet EnvironmentConfig { get; init; } = ParameterSet.Empty;

    /// <summary>Earlier name of <see cref="EnvironmentConfig"/>.</summary>
    [Obsolete("Use EnvironmentConfig."), JsonIgnore]
    public ParameterSet EnvConfig { get => EnvironmentConfig; init => EnvironmentConfig = value; }

    /// <summary>After how many steps an episode is cut off, where the environment does not end or cut it before; null leaves that to the environment.</summary>
    /// <value>Default: null; else at least 1.</value>
    [AtLeast(1)]
    public int? Horizon { get; init; }

    /// <summary>How many groups of environments there are; groups run in parallel. 0 means one, as in RLlib.</summary>
    /// <value>Default: 2; 0 to 10,000.</value>
    [Between(0, 10_000), JsonPropertyName("num_env_runners")]
    public int EnvironmentRunners { get; init; } = 2;

    /// <summary>Earlier name of <see cref="EnvironmentRunners"/>.</summary>
    [Obsolete("Use EnvironmentRunners."), JsonIgnore]
    public int NumEnvRunners { get => EnvironmentRunners; init => EnvironmentRunners = value; }

    /// <summary>How many environments each group steps together.</summary>
    /// <value>Default: 1; 1 to 100,000.</value>
    [Between(1, 100_000), JsonPropertyName("num_envs_per_env_runner")]
    public int EnvironmentsPerRunner { get; init; } = 1;

    /// <summary>Earlier name of <see cref="EnvironmentsPerRunner"/>.</summary>
    [Obsolete("Use EnvironmentsPerRunner."), JsonIgnore]
    public int NumEnvsPerEnvRunner { get => EnvironmentsPerRunner; init => EnvironmentsPerRunner = value; }

    /// <summary>
    /// Steps per environment in each piece of an iteration; null (in files <c>auto</c>) is the smallest number that reaches
    /// <see cref="TrainBatchSize"/>. A number is repeated until the batch is reached.
    /// </summary>
    /// <value>Default: null; else at least 1.</value>
    [AtLeast(1, Because = ", or auto")]
    [JsonConverter(typeof(AutoConverter<int>))]
    public int? RolloutFragmentLength { get; init; }

    /// <summary>
    /// How a sample ends: with <c>truncate_episodes</c> anywhere, and an episode goes on in the next one; with <c>complete_episodes</c> every environment plays
    /// whole episodes until it has its steps, so that a batch is larger than <see cref="TrainBatchSize"/>. Only PPO takes the latter.
    /// </summary>
    /// <value>Default: truncate_episodes.</value>
    public BatchMode BatchMode { get; init; }

    /// <summary>Whether actions are drawn from the policy's distribution; false takes the likeliest, from which little is learnt.</summary>
    /// <value>Default: true.</value>
    public bool Explore { get; init; } = true;

    /// <summary><c>NoFilter</c>, or <c>MeanStdFilter</c>: observations are standardised with their running mean and deviation.</summary>
    /// <value>Default: NoFilter.</value>
    public ObservationFilter ObservationFilter { get; init; }

    /// <summary>Registered connectors (<see cref="Connectors.ConnectorRegistry"/>) that observations pass in order, before the filter.</summary>
    /// <value>Default: none.</value>
    [JsonPropertyName("env_to_module_connectors")]
    public IReadOnlyList<string> EnvironmentToModuleConnectors { get; init; } = [];

    /// <summary>Earlier name of <see cref="EnvironmentToModuleConnectors"/>.</summary>
    [Obsolete("Use EnvironmentToModuleConnectors."), JsonIgnore]
    public IReadOnlyList<string> EnvToModuleConnectors { get => EnvironmentToModuleConnectors; init => EnvironmentToModuleConnectors = value; }

    /// <summary>Whether the policy's actions count as standardised, −1 to 1, and are stretched to the bounds of the action space.</summary>
    /// <value>Default: true.</value>
    public bool NormalizeActions { get; init; } = true;

    /// <summary>Whether actions are cut off at the bounds of the action space; of no effect beside <see cref="NormalizeActions"/>.</summary>
    /// <value>Default: false.</value>
    public bool ClipActions { get; init; }

    /// <summary>Over how many finished episodes returns and lengths are averaged.</summary>
    /// <value>Default: 100; at least 1.</value>
    [AtLeast(1), JsonPropertyName("metrics_num_episodes_for_smoothing")]
    public int SmoothingEpisodes { get; init; } = 100;

    /// <summary>Earlier name of <see cref="SmoothingEpisodes"/>.</summary>
    [Obsolete("Use SmoothingEpisodes."), JsonIgnore]
    public int MetricsNumEpisodesForSmoothing { get => SmoothingEpisodes; init => SmoothingEpisodes = value; }

    /// <summary>The learning rate: a number, or <c>[[step, value], …]</c> by lifetime steps, linear between the points.</summary>
    /// <value>Default: the algorithm's; not negative.</value>
    [AtLeast(0), JsonPropertyName("lr")]
    public Schedule LearningRate { get; init; } = 5e-5;

    /// <summary>Earlier name of <see cref="LearningRate"/>.</summary>
    [Obsolete("Use LearningRate."), JsonIgnore]
    public Schedule Lr { get => LearningRate; init => LearningRate = value; }

    /// <summary>How much a reward counts one step earlier.</summary>
    /// <value>Default: 0.99; 0 to 1.</value>
    [Between(0, 1)]
    public double Gamma { get; init; } = 0.99;

    /// <summary>Environment steps that are trained on at once: PPO's batch of an iteration, the transitions of a gradient step where there is replay.</summary>
    /// <value>Default: the algorithm's; at least 1.</value>
    [AtLeast(1)]
    public int TrainBatchSize { get; init; } = 4000;

    /// <summary>The bound of the gradients; null for none.</summary>
    /// <value>Default: null; else above 0.</value>
    [MoreThan(0, Infinite = true), JsonPropertyName("grad_clip")]
    public double? GradientClip { get; init; }

    /// <summary>Earlier name of <see cref="GradientClip"/>.</summary>
    [Obsolete("Use GradientClip."), JsonIgnore]
    public double? GradClip { get => GradientClip; init => GradientClip = value; }

    /// <summary>
    /// What <see cref="GradientClip"/> bounds: <c>global_norm</c>, the norm over all parameters that one optimizer trains; <c>norm</c>, that of each parameter
    /// by itself; <c>value</c>, each number.
    /// </summary>
    /// <value>Default: global_norm.</value>
    [JsonPropertyName("grad_clip_by")]
    public GradientClipping GradientClipBy { get; init; }

    /// <summary>Earlier name of <see cref="GradientClipBy"/>.</summary>
    [Obsolete("Use GradientClipBy."), JsonIgnore]
    public GradientClipping GradClipBy { get => GradientClipBy; init => GradientClipBy = value; }

    /// <summary>How many learners there are: 0 or 1, which is the same here.</summary>
    [Between(0, 1, Because = ": there is one learner"), JsonPropertyName("num_learners")]
    public int Learners { get; init; }

    /// <summary>Earlier name of <see cref="Learners"/>.</summary>
    [Obsolete("Use Learners."), JsonIgnore]
    public int NumLearners { get => Learners; init => Learners = value; }

    /// <summary>Environment steps that an iteration has at least; it consists of as many training steps as that takes.</summary>
    /// <value>Default: the algorithm's; 0 for one training step.</value>
    [AtLeast(0)]
    public long MinSampleTimestepsPerIteration { get; init; }

    /// <summary>After how many iterations the policy is evaluated again; null or 0 for never.</summary>
    /// <value>Default: null; else at least 0.</value>
    [AtLeast(0)]
    public int? EvaluationInterval { get; init; }

    /// <summary>
    /// How much an evaluation plays, in <see cref="EvaluationDurationUnit"/>; all environments together. Null (in files <c>auto</c>) is as many environment
    /// steps as the iteration had, in whole episodes where episodes are counted: RLlib's follows the clock.
    /// </summary>
    /// <value>Default: 10; at least 1.</value>
    [AtLeast(1, Because = ", or auto")]
    [JsonConverter(typeof(AutoConverter<int>))]
    public int? EvaluationDuration { get; init; } = 10;

    /// <summary>What <see cref="EvaluationDuration"/> counts: <c>episodes</c> or <c>timesteps</c>, which are environment steps.</summary>
    /// <value>Default: episodes.</value>
    public EvaluationUnit EvaluationDurationUnit { get; init; }

    /// <summary>How many groups of environments evaluate, beside those that collect experience. 0 means one.</summary>
    /// <value>Default: 0; 0 to 10,000.</value>
    [Between(0, 10_000), JsonPropertyName("evaluation_num_env_runners")]
    public int EvaluationEnvironmentRunners { get; init; }

    /// <summary>Earlier name of <see cref="EvaluationEnvironmentRunners"/>.</summary>
    [Obsolete("Use EvaluationEnvironmentRunners."), JsonIgnore]
    public int EvaluationNumEnvRunners { get => EvaluationEnvironmentRunners; init => EvaluationEnvironmentRunners = value; }

    /// <summary>What is different while evaluating; null for nothing.</summary>
    /// <value>Default: null.</value>
    public EvaluationConfig? EvaluationConfig { get; init; }

    /// <summary>Whether each evaluation begins with new episodes. With false those of <c>timesteps</c> go on where the last evaluation ended.</summary>
    /// <value>Default: true.</value>
    [JsonPropertyName("evaluation_force_reset_envs_before_iteration")]
    public bool EvaluationResetsEnvironments { get; init; } = true;

    /// <summary>Earlier name of <see cref="EvaluationResetsEnvironments"/>.</summary>
    [Obsolete("Use EvaluationResetsEnvironments."), JsonIgnore]
    public bool EvaluationForceResetEnvsBeforeIteration { get => EvaluationResetsEnvironments; init => EvaluationResetsEnvironments = value; }

    /// <summary>Whether iterations without an evaluation repeat the results of the last one.</summary>
    /// <value>Default: false.</value>
    public bool AlwaysAttachEvaluationResults { get; init; }

    /// <summary>Several policies; null for one that all agents follow, <c>default_policy</c>, as in RLlib.</summary>
    /// <value>Default: null.</value>
    public MultiAgentOptions? MultiAgent { get; init; }

    /// <summary>For some policies, by name, a map of options that are others for them, as <see cref="PolicyOptions.Config"/>.</summary>
    /// <value>Default: empty.</value>
    public ParameterSet AlgorithmConfigOverridesPerModule { get; init; } = ParameterSet.Empty;

    /// <summary>The registered name of the learner that trains.</summary>
    /// <value>Default: the algorithm's own.</value>
    public string Learner { get; init; } = LearnerRegistry.DefaultName;

    /// <summary>The seed of this algorithm; null derives one from the trial's place in the experiment.</summary>
    /// <value>Default: null.</value>
    public long? Seed { get; init; }

    /// <summary>The registered name of the module that is trained.</summary>
    /// <value>Default: the algorithm's own, of full layers as <see cref="Model"/> describes.</value>
    public string Module { get; init; } = ModuleRegistry.DefaultName;

    /// <summary>The networks.</summary>
    public ModelOptions Model { get; init; } = new();

    /// <summary>Whether the exploration of any policy depends on the state.</summary>
    internal bool HasGsde => Model.UseGsde || (MultiAgent?.Policies.Values.Any(p => p.Model is { UseGsde: true }) ?? false);

    /// <summary>The policies that have options of their own, with these.</summary>
    internal IEnumerable<(string Policy, ParameterSet Config)> OwnOptions =>
        from id in PolicyIds
        let own = MultiAgent?.Policies[id].Config ?? ParameterSet.Empty
        let all = AlgorithmConfigOverridesPerModule.TryGet(id, out var given) && given is ParameterSet more
            ? more.Aggregate(own, (set, p) => set.With(p.Key, p.Value)) : own
        where all.Count > 0
        select (id, all);

    /// <summary>The names of all policies.</summary>
    internal IEnumerable<string> PolicyIds => MultiAgent?.Policies.Keys ?? [Policy.DefaultId];

    /// <summary>Groups of environments, at least one.</summary>
    internal int Runners => Math.Max(1, EnvironmentRunners);

    /// <summary>Environments of all groups.</summary>
    internal int Environments => checked(Runners * EnvironmentsPerRunner);

    /// <summary>Steps of each environment that reach <see cref="TrainBatchSize"/> together, in pieces of <see cref="RolloutFragmentLength"/>.</summary>
    internal int StepsPerBatch
    {
        get
        {
            var piece = RolloutFragmentLength ?? 1;
            var perPiece = (long)Environments * piece;
            return checked((int)((TrainBatchSize + perPiece - 1) / perPiece) * piece);
        }
    }

    /// <inheritdoc/>
    public sealed override string ToString() => OptionText.Of(this);
}

/// <summary>Where a sample ends.</summary>
public enum BatchMode
{
    /// <summary>Anywhere; an episode goes on in the next sample.</summary>
    TruncateEpisodes,

    /// <summary>With the episodes that it began.</summary>
    CompleteEpisodes,
}

/// <summary>What an evaluation's length is counted in.</summary>
public enum EvaluationUnit
{
    /// <summary>Whole episodes.</summary>
    Episodes,

    /// <summary>Steps of environments.</summary>
    Timesteps,
}

/// <summary>What of a gradient is held to a bound.</summary>
public enum GradientClipping
{
    /// <summary>Its norm over all parameters.</summary>
    GlobalNorm,

    /// <summary>The norm of each parameter's.</summary>
    Norm,

    /// <summary>Each number.</summary>
    Value,
}
