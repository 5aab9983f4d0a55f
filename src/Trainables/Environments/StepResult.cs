namespace Tuning.Environments;

/// <summary>What one step of an environment gave, beside the observation.</summary>
/// <param name="Reward">The reward of the step.</param>
/// <param name="Terminated">
/// Whether the task itself ended: success, failure, an absorbing state. Nothing comes after it, so its value is 0.
/// </param>
/// <param name="Truncated">
/// Whether the episode was cut from outside, by a time limit for example. The task would go on, so learning
/// bootstraps from the last observation. May be true together with <paramref name="Terminated"/>, which then rules.
/// </param>
public readonly record struct StepResult(double Reward, bool Terminated = false, bool Truncated = false)
{
    /// <summary>Whether the episode is over and the next call must be a reset.</summary>
    public bool Done => Terminated || Truncated;
}
