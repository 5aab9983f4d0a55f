using Tuning.Networks;
using Tuning.Randomness;

namespace Tuning.Learning;

/// <summary>Everything a PPO learner adds to its module's weights, complete enough to go on to the same bits.</summary>
public sealed record PpoLearnerState
{
    /// <summary>Adam's moments: <c>exp_avg.</c> and <c>exp_avg_sq.</c> before the name of each parameter, in its shape.</summary>
    public required IReadOnlyList<NamedTensor> OptimizerState { get; init; }

    /// <summary>Gradient steps so far; Adam's bias correction depends on it.</summary>
    public required long OptimizerSteps { get; init; }

    /// <summary>The adapted coefficient of the KL penalty.</summary>
    public required double KlCoeff { get; init; }

    /// <summary>
    /// The <see cref="PpoLearnerOptions.KlCoeff"/> that <see cref="KlCoeff"/> was adapted from. A learner that is configured to
    /// start from another one starts from that.
    /// </summary>
    public required double ConfiguredKlCoeff { get; init; }

    /// <summary>The stream for shuffling.</summary>
    public required RandomState Shuffle { get; init; }

    /// <summary>Rows trained on in the lifetime.</summary>
    public required long StepsTrainedLifetime { get; init; }
}
