using Tuning.Learning;

namespace Tuning.Tests.Learning;

public sealed class RowBlocksTests
{
    /// <summary>The obvious twin of what a learner needs: it walks the blocks of every minibatch that a size allows.</summary>
    [Fact]
    public void Capacity_is_what_a_walk_through_all_smaller_minibatches_needs()
    {
        var (count, length) = (0, 0);
        for (var size = 1; size <= 1100; size++)
        {
            var blocks = RowBlocks.Of(size);
            var (walked, first) = (0, 0);
            for (; first < size; first += blocks.Length, walked++)
            {
                Assert.InRange(Math.Min(blocks.Length, size - first), 1, blocks.Length);
            }

            Assert.Equal(0, blocks.Length % 16);
            Assert.Equal(walked, blocks.Count);
            (count, length) = (Math.Max(count, walked), Math.Max(length, blocks.Length));
            Assert.Equal((size, count, length), (size, RowBlocks.Capacity(size).Count, RowBlocks.Capacity(size).Length));
        }
    }
}
