namespace Tuning;

/// <summary>
/// The parameters that all algorithms have: their names in snake_case are those of experiment files, and mean what RLlib's mean; the
/// defaults are RLlib's. Immutable.
/// </summary>
public abstract record AlgorithmOptions
{
    internal const string CompleteEpisodes = "complete_episodes";
    internal const string TruncateEpisodes = "truncate_episodes";

    /// <summary>With the defaults that all algorithms share.</summary>
    protected AlgorithmOptions()
    {
    }

    /// <summary>The registered name of the environment.</summary>
    /// <value>Default: none; it must be given.</value>
    public string Env { get; init; } = "";

    /// <summary>What the environment's factory is handed.</summary>
    /// <value>Default: empty.</value>
    public ParameterSet EnvConfig { get; init; } = ParameterSet.Empty;

    /// <summary>After how many steps an episode is cut off, where the environment does not end or cut it before; null leaves that to the environment.</summary>
    /// <value>Default: null; else at least 1.</value>
    [AtLeast(1)]
    public int? Horizon { get; init; }

    /// <summary>How many groups of environments there are; groups run in parallel. 0 means one, as in RLlib.</summary>
    /// <value>Default: 2; 0 to 10,000.</value>
    [Between(0, 10_000)]
    public int NumEnvRunners { get; init; } = 2;

    /// <summary>How many environments each group steps together.</summary>
    /// <value>Default: 1; 1 to 100,000.</value>
    [Between(1, 100_000)]
    public int NumEnvsPerEnvRunner { get; init; } = 1;

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
    [OneOf(TruncateEpisodes, CompleteEpisodes)]
    public string BatchMode { get; init; } = TruncateEpisodes;

    /// <summary>Whether actions are drawn from the policy's distribution; false takes the likeliest, from which little is learnt.</summary>
    /// <value>Default: true.</value>
    public bool Explore { get; init; } = true;

    /// <summary><c>NoFilter</c>, or <c>MeanStdFilter</c>: observations are standardised with their running mean and deviation.</summary>
    /// <value>Default: NoFilter.</value>
    [OneOf("NoFilter", "MeanStdFilter")]
    public string ObservationFilter { get; init; } = "NoFilter";

    /// <summary>Registered connectors (<see cref="Connectors.ConnectorRegistry"/>) that observations pass in order, before the filter.</summary>
    /// <value>Default: none.</value>
    public IReadOnlyList<string> EnvToModuleConnectors { get; init; } = [];

    /// <summary>Whether the policy's actions count as standardised, −1 to 1, and are stretched to the bounds of the action space.</summary>
    /// <value>Default: true.</value>
    public bool NormalizeActions { get; init; } = true;

    /// <summary>Whether actions are cut off at the bounds of the action space; of no effect beside <see cref="NormalizeActions"/>.</summary>
    /// <value>Default: false.</value>
    public bool ClipActions { get; init; }

    /// <summary>Over how many finished episodes returns and lengths are averaged.</summary>
    /// <value>Default: 100; at least 1.</value>
    [AtLeast(1)]
    public int MetricsNumEpisodesForSmoothing { get; init; } = 100;

    /// <summary>The learning rate: a number, or <c>[[step, value], …]</c> by lifetime steps, linear between the points.</summary>
    /// <value>Default: the algorithm's; not negative.</value>
    [AtLeast(0)]
    public Schedule Lr { get; init; } = 5e-5;

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
    [MoreThan(0, Infinite = true)]
    public double? GradClip { get; init; }

    /// <summary>
    /// What <see cref="GradClip"/> bounds: <c>global_norm</c>, the norm over all parameters that one optimizer trains; <c>norm</c>, that of each parameter by
    /// itself; <c>value</c>, each number.
    /// </summary>
    /// <value>Default: global_norm.</value>
    [OneOf("global_norm", "norm", "value")]
    public string GradClipBy { get; init; } = "global_norm";

    /// <summary>How many learners there are: 0 or 1, which is the same here.</summary>
    [Between(0, 1, Because = ": there is one learner")]
    public int NumLearners { get; init; }

    /// <summary>Environment steps that an iteration has at least; it consists of as many training steps as that takes.</summary>
    /// <value>Default: the algorithm's; 0 for one training step.</value>
    [AtLeast(0)]
    public long MinSampleTimestepsPerIteration { get; init; }

    /// <summary>After how many iterations the policy is evaluated again; null or 0 for never.</summary>
    /// <value>Default: null; else at least 0.</value>
    [AtLeast(0)]
    public int? EvaluationInterval { get; init; }

    /// <summary>How much an evaluation plays, in <see cref="EvaluationDurationUnit"/>; all environments together.</summary>
    /// <value>Default: 10; at least 1.</value>
    [AtLeast(1)]
    public int EvaluationDuration { get; init; } = 10;

    /// <summary>What <see cref="EvaluationDuration"/> counts: <c>episodes</c> or <c>timesteps</c>, which are environment steps.</summary>
    /// <value>Default: episodes.</value>
    [OneOf("episodes", "timesteps")]
    public string EvaluationDurationUnit { get; init; } = "episodes";

    /// <summary>How many groups of environments evaluate, beside those that collect experience. 0 means one.</summary>
    /// <value>Default: 0; 0 to 10,000.</value>
    [Between(0, 10_000)]
    public int EvaluationNumEnvRunners { get; init; }

    /// <summary>What is different while evaluating; null for nothing.</summary>
    /// <value>Default: null.</value>
    public EvaluationConfig? EvaluationConfig { get; init; }

    /// <summary>Whether each evaluation begins with new episodes. With false those of <c>timesteps</c> go on where the last evaluation ended.</summary>
    /// <value>Default: true.</value>
    public bool EvaluationForceResetEnvsBeforeIteration { get; init; } = true;

    /// <summary>Whether iterations without an evaluation repeat the results of the last one.</summary>
    /// <value>Default: false.</value>
    public bool AlwaysAttachEvaluationResults { get; init; }

    /// <summary>Several policies; null for one that all agents follow, <c>default_policy</c>, as in RLlib.</summary>
    /// <value>Default: null.</value>
    public MultiAgentOptions? MultiAgent { get; init; }

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

    /// <summary>Groups of environments, at least one.</summary>
    internal int Runners => Math.Max(1, NumEnvRunners);

    /// <summary>Environments of all groups.</summary>
    internal int Environments => checked(Runners * NumEnvsPerEnvRunner);

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
}
