namespace Tuning;

/// <summary>
/// The parameters of PPO: their names in snake_case are those of experiment files, and mean what RLlib's mean; the defaults are
/// RLlib's. Immutable.
/// </summary>
/// <remarks>Set them through <see cref="PpoConfig"/>; select them for a search space with <c>ppo.Space().Add(c =&gt; c.LearningRate, …)</c>.</remarks>
public sealed record PpoOptions : AlgorithmOptions
{
    /// <summary>With RLlib's defaults.</summary>
    public PpoOptions() => (LearningRate, TrainBatchSize) = (5e-5, 4000);

    /// <summary>The λ of generalised advantage estimation; of no effect without <see cref="UseGae"/>.</summary>
    /// <value>Default: 1; 0 to 1.</value>
    [Between(0, 1)]
    public double Lambda { get; init; } = 1.0;

    /// <summary>Rows per gradient step; the last of an epoch may have fewer.</summary>
    /// <value>Default: 128; 1 to <see cref="AlgorithmOptions.TrainBatchSize"/>.</value>
    [AtLeast(1)]
    public int MinibatchSize { get; init; } = 128;

    /// <summary>How often each batch is gone through.</summary>
    /// <value>Default: 30; at least 1.</value>
    [AtLeast(1), JsonPropertyName("num_epochs")]
    public int Epochs { get; init; } = 30;

    /// <summary>Earlier name of <see cref="Epochs"/>.</summary>
    [Obsolete("Use Epochs."), JsonIgnore]
    public int NumEpochs { get => Epochs; init => Epochs = value; }

    /// <summary>Whether each epoch takes the rows in a new order.</summary>
    /// <value>Default: true.</value>
    public bool ShuffleBatchPerEpoch { get; init; } = true;

    /// <summary>
    /// After how many steps state-dependent exploration (<see cref="Modules.ModelOptions.UseGsde"/>) draws a new matrix in each environment; −1: when an
    /// iteration begins. Stable-Baselines3's <c>sde_sample_freq</c>.
    /// </summary>
    /// <value>Default: −1; else at least 1.</value>
    [AtLeast(1, Or = -1, Because = ", or -1 for once per iteration"), JsonPropertyName("gsde_sample_freq")]
    public int GsdeSampleFrequency { get; init; } = -1;

    /// <summary>Earlier name of <see cref="GsdeSampleFrequency"/>.</summary>
    [Obsolete("Use GsdeSampleFrequency."), JsonIgnore]
    public int GsdeSampleFreq { get => GsdeSampleFrequency; init => GsdeSampleFrequency = value; }

    /// <summary>Whether there is a value function.</summary>
    /// <value>Default: true.</value>
    public bool UseCritic { get; init; } = true;

    /// <summary>
    /// Whether advantages are generalised advantage estimates. Else they are discounted returns less values, or without <see cref="UseCritic"/> discounted
    /// returns. As in RLlib, rewards count up to the end of the episode or of the sample, and nothing is expected after it.
    /// </summary>
    /// <value>Default: true.</value>
    public bool UseGae { get; init; } = true;

    /// <summary>Whether the divergence from the old policy is penalised.</summary>
    /// <value>Default: true.</value>
    public bool UseKlLoss { get; init; } = true;

    /// <summary>The first coefficient of that penalty; it is adapted after each iteration.</summary>
    /// <value>Default: 0.2; not negative.</value>
    [AtLeast(0), JsonPropertyName("kl_coeff")]
    public double KlCoefficient { get; init; } = 0.2;

    /// <summary>Earlier name of <see cref="KlCoefficient"/>.</summary>
    [Obsolete("Use KlCoefficient."), JsonIgnore]
    public double KlCoeff { get => KlCoefficient; init => KlCoefficient = value; }

    /// <summary>The divergence at which the adaption aims.</summary>
    /// <value>Default: 0.01; above 0.</value>
    [MoreThan(0)]
    public double KlTarget { get; init; } = 0.01;

    /// <summary>Weight of the value function's loss.</summary>
    /// <value>Default: 1; not negative.</value>
    [AtLeast(0), JsonPropertyName("vf_loss_coeff")]
    public double ValueLossCoefficient { get; init; } = 1.0;

    /// <summary>Earlier name of <see cref="ValueLossCoefficient"/>.</summary>
    [Obsolete("Use ValueLossCoefficient."), JsonIgnore]
    public double VfLossCoeff { get => ValueLossCoefficient; init => ValueLossCoefficient = value; }

    /// <summary>Weight of the entropy bonus: a number or <c>[[step, value], …]</c>.</summary>
    /// <value>Default: 0; not negative.</value>
    [AtLeast(0), JsonPropertyName("entropy_coeff")]
    public Schedule EntropyCoefficient { get; init; } = 0.0;

    /// <summary>Earlier name of <see cref="EntropyCoefficient"/>.</summary>
    [Obsolete("Use EntropyCoefficient."), JsonIgnore]
    public Schedule EntropyCoeff { get => EntropyCoefficient; init => EntropyCoefficient = value; }

    /// <summary>How far the probability ratio may leave 1: a number or <c>[[step, value], …]</c>.</summary>
    /// <value>Default: 0.3; not negative.</value>
    [AtLeast(0), JsonPropertyName("clip_param")]
    public Schedule ClipParameter { get; init; } = 0.3;

    /// <summary>Earlier name of <see cref="ClipParameter"/>.</summary>
    [Obsolete("Use ClipParameter."), JsonIgnore]
    public Schedule ClipParam { get => ClipParameter; init => ClipParameter = value; }

    /// <summary>The bound of the <em>squared</em> error of the value function; beyond it the value function does not learn.</summary>
    /// <value>Default: 10; above 0, infinity for none.</value>
    [MoreThan(0, Infinite = true), JsonPropertyName("vf_clip_param")]
    public double ValueClipParameter { get; init; } = 10.0;

    /// <summary>Earlier name of <see cref="ValueClipParameter"/>.</summary>
    [Obsolete("Use ValueClipParameter."), JsonIgnore]
    public double VfClipParam { get => ValueClipParameter; init => ValueClipParameter = value; }

    /// <summary>Steps of each environment per iteration.</summary>
    internal int StepsPerEnvironment => StepsPerBatch;

    /// <summary>Steps of all environments per iteration.</summary>
    internal long StepsPerIteration => (long)StepsPerEnvironment * Environments;
}
