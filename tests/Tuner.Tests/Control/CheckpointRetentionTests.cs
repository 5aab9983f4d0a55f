using Tuning.Control;
using Tuning.Trials;

namespace Tuning.Tests.Control;

public sealed class CheckpointRetentionTests
{
    // The numbers of the checkpoints that go, of checkpoints 0, 1, 2 … with these scores.
    private static int[] Surplus(CheckpointConfig config, int[] needed, params double[] scores)
    {
        List<SavedCheckpoint> surplus = [];
        CheckpointRetention.Select([.. scores.Select((s, i) => new SavedCheckpoint(i, i + 1, s))], config, c => needed.Contains(c.Number), surplus);
        return [.. surplus.Select(c => c.Number)];
    }

    [Fact]
    public void All_are_kept_where_no_number_is_given() => Assert.Empty(Surplus(new(), [], 1, 2, 3, 4));

    [Fact]
    public void Newest_are_kept_where_no_score_is_given() => Assert.Equal([0, 1], Surplus(new() { MaxToKeep = 2 }, [], 9, 8, 7, 6));

    [Theory]
    [InlineData(Mode.Max, new[] { 0, 2 })]
    [InlineData(Mode.Min, new[] { 1 })]
    public void Best_are_kept_and_the_latest_besides(Mode order, int[] gone) =>
        Assert.Equal(gone, Surplus(new() { MaxToKeep = 2, CheckpointScoreAttribute = "m", CheckpointScoreOrder = order }, [],
            order == Mode.Max ? [1, 5, 2, 4, 3] : [2, 9, 1, 3]));

    [Fact]
    public void NaN_is_worst_and_of_equal_scores_the_newer_is_better()
    {
        var config = new CheckpointConfig { MaxToKeep = 1, CheckpointScoreAttribute = "m" };

        Assert.Equal([0], Surplus(config, [], double.NaN, 1, 0));
        Assert.Equal([0, 1], Surplus(config, [], 1, 1, 1, 0));
    }

    [Fact]
    public void What_something_needs_is_kept() => Assert.Equal([1, 2], Surplus(new() { MaxToKeep = 1 }, [0], 1, 2, 3, 4));

    [Fact]
    public void Score_is_the_metric_at_the_report_that_the_checkpoint_follows()
    {
        var run = new ControllerDriver(new()
        {
            Objectives = [new("loss", Mode.Min)],
            TrainableCheckpoints = true,
            Checkpoints = new() { CheckpointFrequency = 1, MaxToKeep = 1, CheckpointScoreAttribute = "eval/score" },
        });
        foreach (var score in new[] { 1.0, 5, double.NaN, 2 })
        {
            run.Report(0, more: ("eval/score", score));
            run.Save(0);
        }

        Assert.Equal([new CheckpointRef(new(0), 1, 2), new CheckpointRef(new(0), 3, 4)], run.Controller.Checkpoints(new(0)));
        Assert.Equal(["trial_00000/checkpoint_000000", "trial_00000/checkpoint_000002"], run.Controller.DeletedCheckpoints(new(0)));
        Assert.Equal(4, run.Controller.NextCheckpointNumber(new(0)));
    }
}
