namespace Tuning;

/// <summary>
/// The parameters of DQN: their names in snake_case are those of experiment files, and mean what RLlib's mean; the defaults are
/// RLlib's. Immutable.
/// </summary>
/// <remarks>Set them through <see cref="DqnConfig"/>; select them for a search space with <c>dqn.Space().Add(c =&gt; c.LearningRate, …)</c>.</remarks>
public sealed record DqnOptions : AlgorithmOptions
{
    /// <summary>With RLlib's defaults.</summary>
    public DqnOptions() => (LearningRate, TrainBatchSize, GradientClip, EnvironmentRunners, MinSampleTimestepsPerIteration) = (5e-4, 32, 40, 0, 1000);

    /// <summary>The probability of a random action: a number, or <c>[[step, value], …]</c> by lifetime steps.</summary>
    /// <value>Default: from 1 to 0.05 in 10,000 steps; 0 to 1.</value>
    [Between(0, 1)]
    public Schedule Epsilon { get; init; } = Schedule.Linear([new(0, 1), new(10_000, 0.05)]);

    /// <summary>Another way to explore, or ε in RLlib's older words.</summary>
    public DqnExplorationOptions ExplorationConfig { get; init; } = new();

    /// <summary>Whether the trained network chooses the action that the target network values (double Q-learning).</summary>
    /// <value>Default: true.</value>
    public bool DoubleQ { get; init; } = true;

    /// <summary>Whether the network has an output for the state's value and one for each action's advantage.</summary>
    /// <value>Default: true.</value>
    public bool Dueling { get; init; } = true;

    /// <summary>
    /// Sizes of hidden layers with rectifiers that stand between the encoder of <see cref="AlgorithmOptions.Model"/> and each head, for each head its own:
    /// those of RLlib's old API stack, whose default is <c>[256]</c>. A file with another key of that stack, or with an encoder that is linear throughout, gets
    /// these.
    /// </summary>
    /// <value>Default: none, the heads stand on the encoder.</value>
    [Between(1, 65_536)]
    public IReadOnlyList<int> Hiddens { get; init; } = [];

    /// <summary>How many steps of reward come before the target network's estimate: a number, or <c>[least, most]</c> to draw one for each
    /// transition.</summary>
    /// <value>Default: 1; at least 1.</value>
    [Between(1, 10_000)]
    public StepRange NStep { get; init; } = 1;

    /// <summary>Environment steps from one update of the target network to the next.</summary>
    /// <value>Default: 500; not negative. 0: after each gradient step.</value>
    [AtLeast(0), JsonPropertyName("target_network_update_freq")]
    public long TargetNetworkUpdateFrequency { get; init; } = 500;

    /// <summary>Earlier name of <see cref="TargetNetworkUpdateFrequency"/>.</summary>
    [Obsolete("Use TargetNetworkUpdateFrequency."), JsonIgnore]
    public long TargetNetworkUpdateFreq { get => TargetNetworkUpdateFrequency; init => TargetNetworkUpdateFrequency = value; }

    /// <summary>How far an update moves the target network: target ← τ·network + (1−τ)·target.</summary>
    /// <value>Default: 1, which copies; above 0, at most 1.</value>
    [Between(0, 1, ExceptLeast = true)]
    public double Tau { get; init; } = 1;

    /// <summary>Environment steps before the first gradient step.</summary>
    /// <value>Default: 1000; not negative.</value>
    [AtLeast(0), JsonPropertyName("num_steps_sampled_before_learning_starts")]
    public long StepsBeforeLearningStarts { get; init; } = 1000;

    /// <summary>Earlier name of <see cref="StepsBeforeLearningStarts"/>.</summary>
    [Obsolete("Use StepsBeforeLearningStarts."), JsonIgnore]
    public long NumStepsSampledBeforeLearningStarts { get => StepsBeforeLearningStarts; init => StepsBeforeLearningStarts = value; }

    /// <summary>
    /// How many transitions are trained on for each that is sampled. Null: one gradient step per rollout of
    /// <see cref="AlgorithmOptions.RolloutFragmentLength"/> steps of all environments.
    /// </summary>
    /// <value>Default: null; else above 0. Rounded so that some rollouts come before one gradient step, or one before some.</value>
    [MoreThan(0)]
    public double? TrainingIntensity { get; init; }

    /// <summary>The loss of a prediction: <c>huber</c>, or <c>mse</c>.</summary>
    /// <value>Default: huber.</value>
    [JsonPropertyName("td_error_loss_fn")]
    public TdErrorLoss TdErrorLoss { get; init; }

    /// <summary>Earlier name of <see cref="TdErrorLoss"/>.</summary>
    [Obsolete("Use TdErrorLoss."), JsonIgnore]
    public TdErrorLoss TdErrorLossFn { get => TdErrorLoss; init => TdErrorLoss = value; }

    /// <summary>The ε of Adam.</summary>
    /// <value>Default: 1e-8; above 0.</value>
    [MoreThan(0)]
    public double AdamEpsilon { get; init; } = 1e-8;

    /// <summary>The replay buffer.</summary>
    /// <value>Default: RLlib's, with a capacity of 50,000.</value>
    [JsonObjectCreationHandling(JsonObjectCreationHandling.Populate)]
    public ReplayOptions ReplayBufferConfig { get; init; } = new() { Capacity = 50_000 };

    /// <summary>
    /// Whether checkpoints hold the replay buffer. Restored without one, an algorithm first samples
    /// <see cref="StepsBeforeLearningStarts"/> steps again, and is not the same as one that went on.
    /// </summary>
    /// <value>Default: true (RLlib's is false).</value>
    public bool StoreBufferInCheckpoints { get; init; } = true;

    /// <summary>Atoms of the distribution of returns: 1 only, which learns its mean.</summary>
    [Between(1, 1, Because = ": distributions of returns are not learnt here, only their means"), JsonPropertyName("num_atoms")]
    public int Atoms { get; init; } = 1;

    /// <summary>Earlier name of <see cref="Atoms"/>.</summary>
    [Obsolete("Use Atoms."), JsonIgnore]
    public int NumAtoms { get => Atoms; init => Atoms = value; }

    /// <summary>
    /// How many rollouts come before how many gradient steps, so that the intensity is met: one of the two is 1, as in RLlib. RLlib counts one
    /// environment runner more than there is.
    /// </summary>
    internal (int Rollouts, int GradientSteps) Weights
    {
        get
        {
            if (TrainingIntensity is not { } wanted)
            {
                return (1, 1);
            }

            var weight = wanted * Fragment * Environments / TrainBatchSize;
            return weight < 1 ? ((int)Math.Min(int.MaxValue, Math.Round(1 / weight)), 1) : (1, (int)Math.Min(int.MaxValue, Math.Round(weight)));
        }
    }

    /// <summary>Steps of each environment per training step.</summary>
    internal int StepsPerEnvironment => checked(Fragment * Weights.Rollouts);

    private int Fragment => RolloutFragmentLength ?? NStep.Most;

    /// <summary>How a runner explores.</summary>
    internal Exploration ToExploration()
    {
        if (ExplorationConfig.Type == DqnExploration.SoftQ)
        {
            return new SoftQExploration(ExplorationConfig.Temperature);
        }

        var epsilon = ExplorationConfig.GivesEpsilon ? ExplorationConfig.Epsilon : Epsilon;
        return new EpsilonGreedyExploration(epsilon.At, Environments);
    }
}

/// <summary>What an error of a value costs.</summary>
public enum TdErrorLoss
{
    /// <summary>Half its square up to 1, and beyond as much as it is larger.</summary>
    Huber,

    /// <summary>Half its square.</summary>
    Mse,
}
