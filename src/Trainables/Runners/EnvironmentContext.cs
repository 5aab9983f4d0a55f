namespace Tuning.Runners;

/// <summary>Where a copy of an environment stands.</summary>
/// <param name="Environment">The registered name.</param>
/// <param name="Config">Its <c>env_config</c>.</param>
/// <param name="RunnerIndex">Number of its runner, from 0.</param>
/// <param name="EnvironmentIndex">Number of the copy within its runner, from 0.</param>
public sealed record EnvironmentContext(string Environment, ParameterSet Config, int RunnerIndex, int EnvironmentIndex)
{
    /// <summary>Whether it is for evaluation.</summary>
    public bool IsEvaluation { get; init; }
}
