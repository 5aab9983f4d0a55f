using Tuning.Control;
using Tuning.Schedulers;
using Tuning.Specification;

namespace Tuning.Tests.Schedulers;

public sealed class FifoSchedulerTests
{
    private static readonly DateTimeOffset _at = DateTimeOffset.UnixEpoch;

    // A board with trials in these statuses; those that ran before are marked with a plus.
    private static TrialTable Board(params string[] trials)
    {
        var board = new TrialTable(new());
        for (var i = 0; i < trials.Length; i++)
        {
            var trial = new Trial(new(i), i, ParameterSet.Empty, _at);
            board.Add(trial);
            if (trials[i].EndsWith('+'))
            {
                trial.Started(_at.AddSeconds(1));
                board.Move(trial, TrialStatus.Running);
            }

            var status = Enum.Parse<TrialStatus>(trials[i].TrimEnd('+'));
            if (trial.Status != status)
            {
                board.Move(trial, status);
            }
        }

        return board;
    }

    [Fact]
    public void New_trials_start_in_order_of_age() => Assert.Equal(new TrialId(1), new FifoScheduler().Choose(Board("Running+", "Pending", "Pending")));

    [Fact]
    public void Trial_that_ran_before_goes_first() =>
        Assert.Equal(new TrialId(2), new FifoScheduler().Choose(Board("Paused+", "Pending", "Pending+", "Pending+")));

    [Fact]
    public void Paused_trial_waits_for_new_ones_that_are_there_or_expected()
    {
        Assert.Equal(new TrialId(1), new FifoScheduler().Choose(Board("Paused+", "Pending")));
        var board = Board("Terminated+", "Paused+", "Paused+");
        Assert.Equal(new TrialId(1), new FifoScheduler().Choose(board));
        board.Expecting = () => true;
        Assert.Null(new FifoScheduler().Choose(board));
    }

    [Fact]
    public void It_decides_nothing_and_needs_no_checkpoints()
    {
        var fifo = new ComponentCatalog().Schedulers.Bind(new("fifo", ParameterSet.Empty)).Create(new([], Tuning.Randomness.SeedPath.Of(1)));

        Assert.Empty(fifo.Decide(new(new(0), 1, _at, 1, 1, []), Board("Running+")));
        Assert.False(fifo.NeedsCheckpoints);
        Assert.Equal("fifo", fifo.Name);
    }
}
