namespace Tuning.Learning;

/// <summary>The rows of a minibatch as the policy's loss sees them: every array is [columns, rows] with one stride, so that 16 rows are one vector.</summary>
internal struct PolicyRows
{
    /// <summary>Distribution inputs of the policy in training.</summary>
    public Floats Inputs;

    /// <summary>Distribution inputs of the policy that acted.</summary>
    public Floats OldInputs;

    /// <summary>The actions.</summary>
    public Floats Actions;

    /// <summary>The standardised advantages, one column.</summary>
    public Floats Advantages;

    /// <summary>Receives the loss's gradient by <see cref="Inputs"/>; zero in the rows after <see cref="Count"/>.</summary>
    public Floats Deltas;

    /// <summary>Floats from one column to the next.</summary>
    public nint Stride;

    /// <summary>Number of rows; the arrays reach to the next multiple of 16.</summary>
    public int Count;
}

/// <summary>The coefficients of the policy's loss.</summary>
/// <param name="Clip">How far the ratio may leave 1.</param>
/// <param name="Kl">Weight of the divergence.</param>
/// <param name="Entropy">Weight of the entropy.</param>
/// <param name="Scale">1 / rows of the whole minibatch.</param>
internal readonly record struct PolicyCoefficients(float Clip, float Kl, float Entropy, float Scale);

/// <summary>Sums over rows.</summary>
/// <param name="Surrogate">Of −min(A·ratio, A·clip(ratio)).</param>
/// <param name="Divergence">Of KL(old ‖ new).</param>
/// <param name="Entropy">Of the entropy.</param>
internal readonly record struct PolicySums(float Surrogate, float Divergence, float Entropy);

/// <summary>
/// PPO's loss of the policy, −min(A·ratio, A·clip(ratio, 1 ± clip)) + kl·KL(old ‖ new) − entropy·H, mean over the minibatch, and its gradient by the
/// distribution's inputs. Sixteen rows at a time; no sum crosses rows, except the statistics.
/// </summary>
/// <remarks>Not safe for concurrent use: each thread has its own.</remarks>
internal abstract class PolicyLoss
{
    /// <summary>The loss of a distribution.</summary>
    public static PolicyLoss For(ActionDistribution distribution) => distribution switch
    {
        DiagonalGaussian gaussian => new GaussianPolicyLoss(gaussian.ActionSize),
        MultiCategorical categorical => new CategoricalPolicyLoss(categorical.Counts),
        _ => throw new NotSupportedException($"PPO's managed learner has no loss for {distribution.Name}."),
    };

    /// <summary>Fills the deltas and adds up the statistics.</summary>
    public abstract PolicySums Compute(in PolicyRows rows, in PolicyCoefficients coefficients);
}
