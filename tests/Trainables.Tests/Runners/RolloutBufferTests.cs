using Tuning.Runners;

namespace Tuning.Tests.Runners;

public sealed class RolloutBufferTests
{
    [Fact]
    public void Steps_are_contiguous_and_do_not_overlap()
    {
        var buffer = new RolloutBuffer(3, 2, 4, 1, 2);
        for (var t = 0; t <= 3; t++)
        {
            buffer.Observations(t).Fill(t);
        }

        for (var t = 0; t < 3; t++)
        {
            buffer.Rewards(t).Fill(t);
            buffer.Actions(t).Fill(t);
            buffer.ActionDistributionInputs(t).Fill(t);
        }

        for (var t = 0; t < 3; t++)
        {
            Assert.Equal(8, buffer.Observations(t).Length);
            Assert.All(buffer.Observations(t).ToArray(), x => Assert.Equal(t, x));
            Assert.Equal([t, t], buffer.Rewards(t).ToArray());
            Assert.Equal([t, t], buffer.Actions(t).ToArray());
            Assert.Equal([t, t, t, t], buffer.ActionDistributionInputs(t).ToArray());
        }

        Assert.Equal(6, buffer.Rows);
    }

    [Fact]
    public void Ends_are_kept_apart_until_cleared()
    {
        var buffer = new RolloutBuffer(2, 2, 1, 1, 1);

        buffer.MarkTerminated(0, 1);
        buffer.MarkTruncated(1, 0, [5]);
        buffer.MarkTruncated(1, 1, [6]);
        Assert.Equal([false, true], buffer.Terminated(0).ToArray());
        Assert.Equal([true, true], buffer.Truncated(1).ToArray());
        Assert.Equal([5, 6], buffer.FinalObservations.ToArray());

        buffer.Clear();
        Assert.Equal([false, false], buffer.Terminated(0).ToArray());
        Assert.Equal([false, false], buffer.Truncated(1).ToArray());
        Assert.Equal(0, buffer.FinalCount);
    }

    [Fact]
    public void Marks_that_make_no_sense_are_refused()
    {
        var buffer = new RolloutBuffer(2, 2, 3, 1, 1);
        buffer.MarkTruncated(0, 0, [1, 2, 3]);

        Assert.Throws<InvalidOperationException>(() => buffer.MarkTruncated(0, 0, [1, 2, 3]));
        Assert.Throws<ArgumentException>(() => buffer.MarkTruncated(0, 1, [1, 2]));
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.MarkTerminated(2, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.MarkTerminated(0, -1));
    }
}
