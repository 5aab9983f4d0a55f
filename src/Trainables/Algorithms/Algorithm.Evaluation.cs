using Tuning.Algorithms;

namespace Tuning;

public sealed partial class Algorithm
{
    private Evaluator? _evaluator;

    /// <summary>
    /// Evaluates the policies as they stand, as <c>config.Evaluation(…)</c> says: on environments and with seeds of its own, so that training goes
    /// on in the same way as without it. <see cref="Train"/> calls it every <c>evaluation_interval</c> iterations.
    /// </summary>
    /// <returns>The results, a new object at each call: <c>env_runners/episode_return_mean</c>, …; in those of <see cref="Train"/> they stand below
    /// <c>evaluation/</c>.</returns>
    /// <remarks>Without an interval its streams and counters are no part of checkpoints.</remarks>
    public Metrics Evaluate()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var evaluator = _evaluator ??= MakeEvaluator();
        Context.Hooks.OnEvaluateStart(this);
        var result = evaluator.Evaluate(_runners, _modules);
        Context.Hooks.OnEvaluateEnd(this, result);
        evaluator.Keep(result);
        return result;
    }

    private Evaluator MakeEvaluator() =>
        new(_blueprint.Options, EnvRunnerGroups.CreateEvaluation(_blueprint, Context, _seed / Evaluator.Component, _runners));

    // The evaluation that is due after the iteration that has just been trained.
    private void EvaluateInto(Metrics metrics)
    {
        var isDue = _evaluator?.IsDue(TrainingIteration + 1) == true;
        var start = Context.Time.GetTimestamp();
        if ((isDue ? Evaluate() : _evaluator?.Last) is not { } result)
        {
            return;
        }

        foreach (var (name, value) in result)
        {
            metrics["evaluation/" + name] = value;
        }

        if (isDue)
        {
            metrics["timers/evaluation_iteration"] = Context.Time.GetElapsedTime(start).TotalSeconds;
        }
    }
}
