namespace Tuning.Runners;

internal sealed partial class MultiAgentEnvRunnerGroup
{
    /// <inheritdoc/>
    public void Evaluate(IReadOnlyList<RlModule> modules, EvaluationRound round, long lifetimeSteps)
    {
        Begin(modules);
        _statistics.Forget();
        _threads.Run(_runners.Length, runner => _runners[runner].Play(modules, round, _runners.Length, lifetimeSteps));
        Merge();
        _statistics.Add(_runners, null);
    }
}
