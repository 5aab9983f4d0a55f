namespace Tuning.Learning;

/// <summary>
/// Gradient steps on one network by one or more threads. A minibatch is cut into blocks, each with a gradient of its own; the blocks are added
/// up in their order, the norm over fixed pieces in theirs. With one thread no barrier is touched.
/// </summary>
internal sealed class NetworkTrainer
{
    private readonly DenseNetwork _network;
    private readonly MinibatchBlock[] _blocks;
    private readonly TransposedWeights _transposed;
    private readonly int _threads;

    /// <summary>A trainer.</summary>
    /// <param name="network">The network.</param>
    /// <param name="policy">The distribution that its last outputs parameterise, or null.</param>
    /// <param name="firstPolicyOutput">The first of them.</param>
    /// <param name="hasValue">Whether its first output is the value and is trained.</param>
    /// <param name="minibatch">The largest minibatch.</param>
    /// <param name="threads">How many threads call <see cref="Gradient"/> and <see cref="Step"/> together.</param>
    /// <param name="options">How gradients are clipped.</param>
    public NetworkTrainer(DenseNetwork network, ActionDistribution? policy, int firstPolicyOutput, bool hasValue, int minibatch, int threads,
        AdamOptions options)
    {
        _network = network;
        _threads = threads;
        Barrier = new SpinBarrier(threads);
        var (count, length) = RowBlocks.Capacity(minibatch);
        _blocks = new MinibatchBlock[count];
        for (var i = 0; i < count; i++)
        {
            _blocks[i] = new MinibatchBlock(network, policy, firstPolicyOutput, hasValue, length);
        }

        _transposed = new TransposedWeights(network);
        Update = new(network.Block, options, [.. _blocks.Select(block => block.Gradient)]);
    }

    /// <summary>What becomes of the gradient.</summary>
    public AdamBlock Update { get; }

    /// <summary>Where the threads of this trainer wait for each other.</summary>
    public SpinBarrier Barrier { get; }

    /// <summary>Sums over the rows of the last minibatch, valid after <see cref="Gradient"/> until the next.</summary>
    public PpoSums Sums(int rows)
    {
        var sums = default(PpoSums);
        for (var i = 0; i < RowBlocks.Of(rows).Count; i++)
        {
            sums = sums.Plus(PpoSums.Of(_blocks[i].PolicySums, _blocks[i].ValueSums));
        }

        return sums;
    }

    /// <summary>Takes over weights that were changed from outside.</summary>
    public void Refresh() => _transposed.Refresh();

    /// <summary>The gradient of one minibatch; returns the sum of its squares, or 0 where it is not asked for.</summary>
    /// <param name="member">The calling thread's number among those of this trainer.</param>
    /// <param name="rows">All rows.</param>
    /// <param name="order">The minibatch.</param>
    /// <param name="settings">The loss.</param>
    /// <param name="needsNorm">Whether the sum of the squares is wanted.</param>
    /// <param name="isGathered">Whether rows, order and loss are those of the call before.</param>
    [MethodImpl(AggressiveOptimization)]
    public double Gradient(int member, PpoRows rows, ReadOnlySpan<int> order, in LossSettings settings, bool needsNorm = true, bool isGathered = false)
    {
        var (count, length) = RowBlocks.Of(order.Length);
        for (var i = member; i < count; i += _threads)
        {
            var first = i * length;
            _blocks[i].Compute(rows, order.Slice(first, Math.Min(length, order.Length - first)), _transposed, settings, isGathered);
        }

        Barrier.SignalAndWait();
        for (var piece = member; piece < Update.Pieces; piece += _threads)
        {
            Update.Reduce(piece, count, needsNorm);
        }

        Barrier.SignalAndWait();
        return Update.Squares;
    }

    /// <summary>One step of Adam with the gradient that <see cref="Gradient"/> left.</summary>
    [MethodImpl(AggressiveOptimization)]
    public void Step(int member, in AdamStep step)
    {
        if (Update.Clips)
        {
            if (member == 0)
            {
                Update.Clip();
            }

            Barrier.SignalAndWait();
        }

        for (var piece = member; piece < Update.Pieces; piece += _threads)
        {
            Update.Apply(piece, step);
        }

        Barrier.SignalAndWait();
        if (member == 0)
        {
            _transposed.Refresh();
        }

        Barrier.SignalAndWait();
    }
}
