namespace Tuning.Learning;

/// <summary>How a learner's parameters are stepped.</summary>
public sealed record AdamOptions
{
    /// <summary>The learning rate, by lifetime steps.</summary>
    /// <value>Default: 0.001; not negative.</value>
    public Schedule LearningRate { get; init; } = 1e-3;

    /// <summary>Decay of the first moment.</summary>
    /// <value>Default: 0.9; from 0 to below 1.</value>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Decay of the second moment.</summary>
    /// <value>Default: 0.999; from 0 to below 1.</value>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>What is added to the root of the second moment.</summary>
    /// <value>Default: 1e-8; above 0.</value>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>The bound of the gradients; null for none.</summary>
    /// <value>Default: null; else above 0.</value>
    public double? GradientClip { get; init; }

    /// <summary>Earlier name of <see cref="GradientClip"/>.</summary>
    [Obsolete("Use GradientClip."), JsonIgnore]
    public double? GradClip { get => GradientClip; init => GradientClip = value; }

    /// <summary>What it bounds: <c>global_norm</c>, the norm over all parameters; <c>norm</c>, that of each; <c>value</c>, each number.</summary>
    /// <value>Default: global_norm.</value>
    public GradientClipping GradientClipBy { get; init; }

    /// <summary>Earlier name of <see cref="GradientClipBy"/>.</summary>
    [Obsolete("Use GradientClipBy."), JsonIgnore]
    public GradientClipping GradClipBy { get => GradientClipBy; init => GradientClipBy = value; }

    /// <inheritdoc/>
    public override string ToString() => OptionText.Of(this);
}
