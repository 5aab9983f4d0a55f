namespace Tuning.Learning;

/// <summary>How a <see cref="ManagedDqnLearner"/> trains. See <c>DqnOptions</c> for what each option means.</summary>
internal sealed record DqnLearnerOptions
{
    /// <summary><c>lr</c>.</summary>
    public Schedule LearningRate { get; init; } = 5e-4;

    /// <summary><c>adam_epsilon</c>.</summary>
    public double AdamEpsilon { get; init; } = 1e-8;

    /// <summary><c>grad_clip</c>: the bound of the gradient, or null.</summary>
    public double? GradClip { get; init; } = 40;

    /// <summary><c>grad_clip_by</c>: what it bounds.</summary>
    public string GradClipBy { get; init; } = "global_norm";

    /// <summary><c>train_batch_size</c>: transitions per gradient step.</summary>
    public int TrainBatchSize { get; init; } = 32;

    /// <summary>Gradient steps per training step.</summary>
    public int GradientSteps { get; init; } = 1;

    /// <summary><c>num_steps_sampled_before_learning_starts</c>, counted in transitions added to the replay buffer.</summary>
    public long LearningStarts { get; init; } = 1000;

    /// <summary><c>target_network_update_freq</c>: environment steps from one update of the target to the next.</summary>
    public long TargetNetworkUpdateFreq { get; init; } = 500;

    /// <summary><c>tau</c>: how far the target moves; 1 copies.</summary>
    public double Tau { get; init; } = 1;

    /// <summary><c>double_q</c>: whether the network that is trained chooses the action that the target network values.</summary>
    public bool DoubleQ { get; init; } = true;

    /// <summary><c>td_error_loss_fn: huber</c>; else the squared error.</summary>
    public bool Huber { get; init; } = true;

    /// <summary>The replay buffer.</summary>
    public required ReplayBufferOptions Replay { get; init; }

    /// <summary><c>store_buffer_in_checkpoints</c>.</summary>
    public bool StoreBufferInCheckpoints { get; init; } = true;
}
