namespace Tuning;

/// <summary>
/// The parameters of SAC: their names in snake_case are those of experiment files, and mean what RLlib's mean; the defaults are
/// RLlib's. Immutable.
/// </summary>
/// <remarks>Set them through <see cref="SacConfig"/>; select them for a search space with <c>sac.Space().Add(c =&gt; c.CriticLearningRate, …)</c>.</remarks>
public sealed record SacOptions : AlgorithmOptions
{
    /// <summary>With RLlib's defaults.</summary>
    public SacOptions() => (TrainBatchSize, EnvironmentRunners, MinSampleTimestepsPerIteration) = (256, 0, 100);

    /// <summary>Whether there are two networks of values, of which the smaller counts.</summary>
    /// <value>Default: true.</value>
    public bool TwinQ { get; init; } = true;

    /// <summary>The networks of values.</summary>
    public SacModelOptions QModelConfig { get; init; } = new();

    /// <summary>The network of the policy.</summary>
    public SacPolicyModelOptions PolicyModelConfig { get; init; } = new();

    /// <summary>How far target networks go towards their networks at each of their updates.</summary>
    /// <value>Default: 0.005; above 0, at most 1.</value>
    [Between(0, 1, ExceptLeast = true)]
    public double Tau { get; init; } = 0.005;

    /// <summary>Environment steps between updates of the targets; 0 for one after every gradient step.</summary>
    /// <value>Default: 0; not negative.</value>
    [AtLeast(0), JsonPropertyName("target_network_update_freq")]
    public int TargetNetworkUpdateFrequency { get; init; }

    /// <summary>Earlier name of <see cref="TargetNetworkUpdateFrequency"/>.</summary>
    [Obsolete("Use TargetNetworkUpdateFrequency."), JsonIgnore]
    public int TargetNetworkUpdateFreq { get => TargetNetworkUpdateFrequency; init => TargetNetworkUpdateFrequency = value; }

    /// <summary>The first weight α of the policy's entropy. It is adapted towards <see cref="TargetEntropy"/>, unless <see cref="AlphaLearningRate"/> is
    /// 0.</summary>
    /// <value>Default: 1; above 0.</value>
    [MoreThan(0, Because = "; for a fixed weight of the entropy set alpha_lr to 0")]
    public double InitialAlpha { get; init; } = 1;

    /// <summary>
    /// The entropy at which α aims; null (in files <c>auto</c>): minus the number of dimensions of actions, or for n discrete actions 0.98 ln n.
    /// </summary>
    /// <value>Default: null.</value>
    [JsonConverter(typeof(AutoConverter<double>))]
    public double? TargetEntropy { get; init; }

    /// <summary>How many steps' rewards are added up before values take over.</summary>
    /// <value>Default: 1; at least 1.</value>
    [Between(1, 1000)]
    public int NStep { get; init; } = 1;

    /// <summary>The learning rate of the policy: a number or <c>[[step, value], …]</c>.</summary>
    /// <value>Default: 3e-5; not negative.</value>
    [AtLeast(0), JsonPropertyName("actor_lr")]
    public Schedule ActorLearningRate { get; init; } = 3e-5;

    /// <summary>Earlier name of <see cref="ActorLearningRate"/>.</summary>
    [Obsolete("Use ActorLearningRate."), JsonIgnore]
    public Schedule ActorLr { get => ActorLearningRate; init => ActorLearningRate = value; }

    /// <summary>The learning rate of the values: a number or <c>[[step, value], …]</c>.</summary>
    /// <value>Default: 3e-4; not negative.</value>
    [AtLeast(0), JsonPropertyName("critic_lr")]
    public Schedule CriticLearningRate { get; init; } = 3e-4;

    /// <summary>Earlier name of <see cref="CriticLearningRate"/>.</summary>
    [Obsolete("Use CriticLearningRate."), JsonIgnore]
    public Schedule CriticLr { get => CriticLearningRate; init => CriticLearningRate = value; }

    /// <summary>The learning rate of ln α: a number or <c>[[step, value], …]</c>.</summary>
    /// <value>Default: 3e-4; not negative.</value>
    [AtLeast(0), JsonPropertyName("alpha_lr")]
    public Schedule AlphaLearningRate { get; init; } = 3e-4;

    /// <summary>Earlier name of <see cref="AlphaLearningRate"/>.</summary>
    [Obsolete("Use AlphaLearningRate."), JsonIgnore]
    public Schedule AlphaLr { get => AlphaLearningRate; init => AlphaLearningRate = value; }

    /// <summary>The loss of the values: <c>huber</c>, half the square up to errors of 1 and straight beyond, or <c>mse</c>, half the square.</summary>
    /// <value>Default: huber.</value>
    [JsonPropertyName("td_error_loss_fn")]
    public TdErrorLoss TdErrorLoss { get; init; }

    /// <summary>Earlier name of <see cref="TdErrorLoss"/>.</summary>
    [Obsolete("Use TdErrorLoss."), JsonIgnore]
    public TdErrorLoss TdErrorLossFn { get => TdErrorLoss; init => TdErrorLoss = value; }

    /// <summary>Environment steps before the first gradient step.</summary>
    /// <value>Default: 1500; not negative.</value>
    [AtLeast(0), JsonPropertyName("num_steps_sampled_before_learning_starts")]
    public long StepsBeforeLearningStarts { get; init; } = 1500;

    /// <summary>Earlier name of <see cref="StepsBeforeLearningStarts"/>.</summary>
    [Obsolete("Use StepsBeforeLearningStarts."), JsonIgnore]
    public long NumStepsSampledBeforeLearningStarts { get => StepsBeforeLearningStarts; init => StepsBeforeLearningStarts = value; }

    /// <summary>How experience is explored.</summary>
    public SacExplorationOptions ExplorationConfig { get; init; } = new();

    /// <summary>
    /// Transitions trained on per environment step; null for one gradient step per training step. The nearest whole number of gradient steps per
    /// training step, or of training steps per gradient step, is taken.
    /// </summary>
    /// <value>Default: null; else above 0.</value>
    [MoreThan(0)]
    public double? TrainingIntensity { get; init; }

    /// <summary>The memory.</summary>
    public ReplayOptions ReplayBufferConfig { get; init; } = new();

    /// <summary>Whether checkpoints hold the memory, so that training goes on exactly.</summary>
    /// <value>Default: true; RLlib's is false.</value>
    public bool StoreBufferInCheckpoints { get; init; } = true;

    /// <summary>Steps after which state-dependent noise is drawn anew; −1 when a training step begins.</summary>
    /// <value>Default: −1; else at least 1.</value>
    [AtLeast(1, Or = -1, Because = ", or -1 for once per training step"), JsonPropertyName("gsde_sample_freq")]
    public int GsdeSampleFrequency { get; init; } = -1;

    /// <summary>Earlier name of <see cref="GsdeSampleFrequency"/>.</summary>
    [Obsolete("Use GsdeSampleFrequency."), JsonIgnore]
    public int GsdeSampleFreq { get => GsdeSampleFrequency; init => GsdeSampleFrequency = value; }

    /// <summary>Steps of each environment per training step.</summary>
    internal int StepsPerEnvironment => RolloutFragmentLength ?? NStep;

    /// <summary>After how many training steps how many gradient steps follow; one of the two is 1.</summary>
    internal (int TrainingSteps, int Updates) Round
    {
        get
        {
            var natural = TrainBatchSize / ((double)StepsPerEnvironment * Environments);
            var ratio = (TrainingIntensity ?? natural) / natural;
            return ratio < 1 ? ((int)Math.Round(1 / ratio), 1) : (1, (int)Math.Round(ratio));
        }
    }
}
