using Tuning.Runners;

namespace Tuning.Tests.Algorithms;

/// <summary>What hooks see of an evaluation.</summary>
public sealed class EvaluationHookTests
{
    [Fact]
    public void Hooks_come_in_the_order_of_RLlib()
    {
        var events = new List<string>();
        void Note(EnvRunner runner, string what)
        {
            var line = $"{(runner.IsEvaluation ? "evaluation" : "training")} {what}";
            if (events.LastOrDefault() != line)
            {
                events.Add(line);
            }
        }

        using var algorithm = Some.Ppo().EnvRunners(numEnvRunners: 0, numEnvsPerEnvRunner: 1)
            .Training(trainBatchSize: 200)
            .Evaluation(interval: 1, duration: 2)
            .Callbacks(
                onAlgorithmInit: _ => events.Add("init"),
                onEnvironmentCreated: (runner, _, _) => Note(runner, "environment"),
                onEpisodeCreated: (runner, _) => Note(runner, "created"),
                onEpisodeStart: (runner, _) => Note(runner, "start"),
                onEpisodeStep: (runner, _) => Note(runner, "step"),
                onEpisodeEnd: (runner, _) => Note(runner, "end"),
                onSampleEnd: (runner, samples) => Note(runner, $"sample of {samples.Steps}"),
                onEvaluateStart: _ => events.Add("evaluate start"),
                onEvaluateEnd: (_, _) => events.Add("evaluate end"),
                onTrainResult: (_, _) => events.Add("result"))
            .Build(threads: 1);
        algorithm.Train();

        Assert.Equal(
            [
                "training environment", "evaluation environment", "init",
                "training created", "training start", "training step", "training end", "training created", "training start", "training sample of 200",
                "evaluate start",
                "evaluation created", "evaluation start", "evaluation step", "evaluation end",
                "evaluation created", "evaluation start", "evaluation step", "evaluation end", "evaluation sample of 400",
                "evaluate end", "result",
            ],
            events);
    }

    [Fact]
    public void Results_of_an_evaluation_can_be_changed_by_several_hooks_in_their_order()
    {
        using var algorithm = Some.Ppo()
            .Evaluation(interval: 1, duration: 2)
            .Callbacks<Doubling>()
            .Callbacks(onEvaluateEnd: (_, m) => m["env_runners/doubled"] = m["env_runners/doubled"].Number!.Value + 1)
            .Callbacks(_ => new Doubling())
            .Build(threads: 1);

        var result = algorithm.Train();

        Assert.Equal(2 * ((2 * result.Number("evaluation/env_runners/num_episodes")!.Value) + 1), result.Number("evaluation/env_runners/doubled"));
    }

    private sealed class Doubling : AlgorithmCallbacks
    {
        public override void OnEvaluateEnd(Algorithm algorithm, Metrics evaluationMetrics) =>
            evaluationMetrics["env_runners/doubled"] = 2
                * (evaluationMetrics.Number("env_runners/doubled") ?? evaluationMetrics.Number("env_runners/num_episodes")!.Value);
    }

    [Fact]
    public void An_exception_carries_the_hooks_name()
    {
        using var start = Some.Ppo().Evaluation(interval: 1).Callbacks(onEvaluateStart: _ => throw new InvalidDataException("not now")).Build(threads: 1);
        using var end = Some.Ppo().Evaluation(interval: 1).Callbacks(onEvaluateEnd: (_, _) => throw new InvalidDataException("not so")).Build(threads: 1);

        Assert.Equal("The hook on_evaluate_start of a function failed: not now", Assert.Throws<HookException>(start.Train).Message);
        Assert.Equal("The hook on_evaluate_end of a function failed: not so", Assert.Throws<HookException>(end.Train).Message);
    }

    [Fact]
    public void Samples_of_an_evaluation_hold_what_was_played()
    {
        var rewards = 0.0;
        var ends = 0;
        using var algorithm = Some.Ppo().Evaluation(duration: 7, durationUnit: EvaluationUnit.Episodes, evaluationConfig: new() { Explore = false })
            .Callbacks(onSampleEnd: (runner, samples) =>
            {
                for (var step = 0; runner.IsEvaluation && step < samples.Steps; step++)
                {
                    rewards += samples.Rewards(step)[0];
                    ends += samples.Truncated(step)[0] ? 1 : 0;
                    Assert.Equal(3, samples.Observations(step).Length);
                    Assert.Equal(samples.ActionDistributionInputs(step)[0], samples.Actions(step)[0], 1e-6f);
                }
            })
            .Build(threads: 1);

        var result = algorithm.Evaluate();

        Assert.Equal(7, ends);
        Assert.Equal(result.Number("env_runners/episode_return_mean")!.Value * 7, rewards, 0.01);
    }
}
