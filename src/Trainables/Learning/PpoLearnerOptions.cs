namespace Tuning.Learning;

/// <summary>What PPO optimises and how; every name means what RLlib's does, every default is RLlib's.</summary>
/// <remarks><see cref="Validate"/> is called by the learner; all faults are reported at once.</remarks>
public sealed record PpoLearnerOptions
{
    /// <summary>Adam's learning rate (<c>lr</c>), by lifetime steps.</summary>
    /// <value>Default: 5e-5.</value>
    [AtLeast(0), JsonPropertyName("lr")]
    public Schedule LearningRate { get; init; } = 5e-5;

    /// <summary>How far a reward counts into the past (<c>gamma</c>), 0 to 1.</summary>
    /// <value>Default: 0.99.</value>
    [Between(0, 1)]
    public double Gamma { get; init; } = 0.99;

    /// <summary>The λ of generalised advantage estimation (<c>lambda</c>), 0 to 1.</summary>
    /// <value>Default: 1.</value>
    [Between(0, 1)]
    public double Lambda { get; init; } = 1.0;

    /// <summary>Whether advantages are generalised advantage estimates (<c>use_gae</c>); else discounted returns less values, without anything expected beyond
    /// the batch.</summary>
    /// <value>Default: true.</value>
    public bool UseGae { get; init; } = true;

    /// <summary>Rows per gradient step (<c>minibatch_size</c>); the last one of an epoch may have fewer. Not more than the batch.</summary>
    /// <value>Default: 128.</value>
    [AtLeast(1)]
    public int MinibatchSize { get; init; } = 128;

    /// <summary>How often the batch is gone through (<c>num_epochs</c>).</summary>
    /// <value>Default: 30.</value>
    [AtLeast(1)]
    public int NumEpochs { get; init; } = 30;

    /// <summary>Whether each epoch takes the rows in a new order (<c>shuffle_batch_per_epoch</c>).</summary>
    /// <value>Default: true.</value>
    public bool ShuffleBatchPerEpoch { get; init; } = true;

    /// <summary>Whether the divergence from the old policy is penalised (<c>use_kl_loss</c>).</summary>
    /// <value>Default: true.</value>
    public bool UseKlLoss { get; init; } = true;

    /// <summary>The penalty's first coefficient (<c>kl_coeff</c>); adapted after each iteration.</summary>
    /// <value>Default: 0.2.</value>
    [AtLeast(0)]
    public double KlCoeff { get; init; } = 0.2;

    /// <summary>The divergence that the adaption aims at (<c>kl_target</c>): above twice of it the coefficient grows by half, below half of it the coefficient
    /// halves.</summary>
    /// <value>Default: 0.01.</value>
    [MoreThan(0)]
    public double KlTarget { get; init; } = 0.01;

    /// <summary>Weight of the value function's loss (<c>vf_loss_coeff</c>).</summary>
    /// <value>Default: 1.</value>
    [AtLeast(0)]
    public double VfLossCoeff { get; init; } = 1.0;

    /// <summary>Weight of the entropy bonus (<c>entropy_coeff</c>), by lifetime steps, never negative.</summary>
    /// <value>Default: 0.</value>
    [AtLeast(0)]
    public Schedule EntropyCoeff { get; init; } = 0.0;

    /// <summary>How far the probability ratio may leave 1 (<c>clip_param</c>), by lifetime steps, above 0.</summary>
    /// <value>Default: 0.3.</value>
    [AtLeast(0)]
    public Schedule ClipParam { get; init; } = 0.3;

    /// <summary>The bound of the <em>squared</em> error of the value function (<c>vf_clip_param</c>); where it is exceeded the value function does not
    /// learn.</summary>
    /// <value>Default: 10. Infinity: no bound.</value>
    [MoreThan(0, Infinite = true)]
    public double VfClipParam { get; init; } = 10.0;

    /// <summary>The bound of the gradients (<c>grad_clip</c>).</summary>
    /// <value>Default: none.</value>
    [MoreThan(0, Infinite = true)]
    public double? GradClip { get; init; }

    /// <summary>What it bounds (<c>grad_clip_by</c>): <c>global_norm</c>, the norm over all parameters of the module; <c>norm</c>, that of each; <c>value</c>,
    /// each number.</summary>
    /// <value>Default: global_norm.</value>
    [OneOf("global_norm", "norm", "value")]
    public string GradClipBy { get; init; } = "global_norm";

    /// <summary>Whether there is a value function (<c>use_critic</c>). Without, the advantages are the discounted returns.</summary>
    /// <value>Default: true.</value>
    public bool UseCritic { get; init; } = true;

    /// <summary>Adam's decay of the first moment.</summary>
    /// <value>Default: 0.9.</value>
    [Between(0, 1, ExceptMost = true)]
    public double AdamBeta1 { get; init; } = 0.9;

    /// <summary>Adam's decay of the second moment.</summary>
    /// <value>Default: 0.999.</value>
    [Between(0, 1, ExceptMost = true)]
    public double AdamBeta2 { get; init; } = 0.999;

    /// <summary>What Adam adds to the root of the second moment.</summary>
    /// <value>Default: 1e-8.</value>
    [MoreThan(0)]
    public double AdamEpsilon { get; init; } = 1e-8;

    /// <summary>All faults of these options, each with the option's name in a file, the value and the rule; empty if there is none.</summary>
    public IReadOnlyList<string> Validate() => [.. OptionSchema.Of(typeof(PpoLearnerOptions)).Check(this).Select(i => i.Sentence)];
}
