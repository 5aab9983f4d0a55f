using static Tuning.Tests.Algorithms.EvaluationTests;

namespace Tuning.Tests.Algorithms;

/// <summary>What an evaluation keeps in checkpoints.</summary>
public sealed class EvaluationStateTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(EvaluationUnit.Episodes, true)]
    [InlineData(EvaluationUnit.Timesteps, false)]
    public void Saved_restored_and_continued_equals_undisturbed(EvaluationUnit unit, bool resets)
    {
        PpoConfig Evaluated() => Config().Evaluation(durationUnit: unit, duration: 130, forceResetEnvsBeforeIteration: resets)
            .Callbacks(onEpisodeEnd: (runner, e) => runner.Metrics.Log("mine", e.Return, window: 30));
        using var whole = Evaluated().Build(threads: 1);
        var expected = Some.Train(whole, 6);
        using var first = Evaluated().Build(threads: 2);
        Some.Train(first, 3);

        using var second = Evaluated().Debugging(seed: 999).Build(threads: 1);
        second.RestoreFromPath(first.SaveToPath(_directory["c"]));

        Assert.True(Directory.Exists(Path.Combine(_directory["c"], "eval_env_runner")));
        Assert.Equal(expected.SkipWhile(l => !l.StartsWith("3:", StringComparison.Ordinal)).Select(l => l[3..]), Some.Train(second, 3).Select(l => l[3..]));
        Assert.Contains(expected, l => l.Contains("evaluation/env_runners/mine", StringComparison.Ordinal));
    }

    [Fact]
    public void A_run_can_be_resumed_with_an_evaluation_that_it_did_not_have()
    {
        using var whole = Some.Ppo().Build(threads: 1);
        var expected = Some.Train(whole, 4);
        using var first = Some.Ppo().Build(threads: 1);
        Some.Train(first, 2);

        using var second = Some.Ppo().Evaluation(interval: 1).Build(threads: 1);
        second.RestoreFromPath(first.SaveToPath(_directory["c"]));
        var continued = Some.Train(second, 2).ToList();

        Assert.Equal(expected.SkipWhile(l => !l.StartsWith("2:", StringComparison.Ordinal)).Select(l => l[3..]),
            continued.Where(l => !l.Contains(": evaluation/", StringComparison.Ordinal)).Select(l => l[3..]));
        Assert.Contains(continued, l => l.Contains(Return, StringComparison.Ordinal));
        using var third = Some.Ppo().Evaluation(interval: 1).Build(threads: 1);
        third.SetState(first.GetState());
        Assert.NotNull(third.Train().Number(Return));
    }

    [Fact]
    public void A_run_can_be_resumed_without_the_evaluation_that_it_had()
    {
        using var first = Some.Ppo().Evaluation(interval: 1).Build(threads: 1);
        Some.Train(first, 2);
        using var second = Some.Ppo().Build(threads: 1);

        second.RestoreFromPath(first.SaveToPath(_directory["c"]));
        second.SetState(first.GetState());

        Assert.Equal(2, second.TrainingIteration);
        Assert.Equal(
            Some.Train(first, 1).Where(l => !l.Contains(": evaluation/", StringComparison.Ordinal)),
            Some.Train(second, 1));
    }

    [Fact]
    public void Its_component_can_be_restored_alone_and_is_named_like_all_others()
    {
        using var first = Config().Build(threads: 1);
        var expected = Some.Train(first, 2);
        using var second = Config().Build(threads: 1);
        second.RestoreFromPath(first.SaveToPath(_directory["c"]), component: "eval_env_runner");

        Assert.Equal(0, second.TrainingIteration);
        Assert.Equal(3 * 6, second.Train().Number("evaluation/env_runners/num_episodes_lifetime"));
        using var plain = Some.Ppo().Build(threads: 1);
        Assert.Contains("There is no component 'eval_env_runner'",
            Assert.Throws<CheckpointException>(() => plain.RestoreFromPath(_directory["c"], component: "eval_env_runner")).Message, StringComparison.Ordinal);
    }
}
