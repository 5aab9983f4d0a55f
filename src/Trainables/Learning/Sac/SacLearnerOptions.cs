namespace Tuning.Learning;

/// <summary>What SAC optimises and how; names and defaults are RLlib's. See <c>SacOptions</c> for what they mean.</summary>
internal sealed record SacLearnerOptions
{
    public Schedule ActorLr { get; init; } = 3e-5;

    public Schedule CriticLr { get; init; } = 3e-4;

    public Schedule AlphaLr { get; init; } = 3e-4;

    public double InitialAlpha { get; init; } = 1;

    /// <summary>Null: − the number of dimensions, or 0.98 ln n for n discrete actions.</summary>
    public double? TargetEntropy { get; init; }

    public double Tau { get; init; } = 0.005;

    public int TargetNetworkUpdateFreq { get; init; }

    public int TrainBatchSize { get; init; } = 256;

    public double? GradClip { get; init; }

    public string GradClipBy { get; init; } = "global_norm";

    /// <summary>Whether errors beyond 1 count linearly; else all count squared.</summary>
    public bool Huber { get; init; } = true;

    public long NumStepsSampledBeforeLearningStarts { get; init; } = 1500;

    /// <summary>How many training steps make one round.</summary>
    public int TrainingStepsPerRound { get; init; } = 1;

    /// <summary>Gradient steps at the end of a round.</summary>
    public int UpdatesPerRound { get; init; } = 1;

    /// <summary>Whether the replay buffer is part of the state.</summary>
    public bool StoreBuffer { get; init; } = true;

    public required ReplayBufferOptions Replay { get; init; }
}
