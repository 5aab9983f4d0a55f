namespace Tuning.Runners;

/// <summary>What is counted of an agent when its episode has ended.</summary>
/// <param name="Agent">Its number.</param>
/// <param name="Policy">The number of the policy that it followed.</param>
/// <param name="Return">The sum of its rewards.</param>
/// <param name="Steps">Its steps.</param>
internal readonly record struct FinishedAgent(int Agent, int Policy, double Return, int Steps);
