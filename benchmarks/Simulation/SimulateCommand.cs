namespace Benchmarks.Simulation;

/// <summary>Experiments on virtual time: how soon each scheduler and search algorithm reaches a target, or (<c>--cost</c>) what a decision costs.</summary>
internal static class SimulateCommand
{
    public static Task<int> RunAsync(string[] args) => args.Contains("--cost") ? DecisionCost.RunAsync(args) : Task.FromResult(TimeToTarget.Run(args));
}
