namespace Tuning.Runners;

internal sealed partial class EnvRunnerGroup
{
    /// <inheritdoc/>
    public void Evaluate(IReadOnlyList<RlModule> modules, EvaluationRound round, long lifetimeSteps)
    {
        ArgumentNullException.ThrowIfNull(modules);
        Begin(modules[0]);
        _statistics.Forget();
        _threads.Run(_runners.Length, runner => _runners[runner].Play(_module!, round, _runners.Length, lifetimeSteps));
        Merge();
        _statistics.Add(_runners, null);
    }
}
