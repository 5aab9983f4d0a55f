using System.Runtime.CompilerServices;
using Tuning.Distributions;
using Tuning.Networks;
using Tuning.Numerics;

namespace Tuning.Learning;

/// <summary>
/// Gradient steps on one network by one or more threads. A minibatch is cut into blocks, each with a gradient of its own; the blocks are added
/// up in their order, the norm over fixed pieces in theirs. With one thread no barrier is touched.
/// </summary>
internal sealed class NetworkTrainer : IDisposable
{
    private const int PieceLength = 4096;
    private readonly DenseNetwork _network;
    private readonly MinibatchBlock[] _blocks;
    private readonly TransposedWeights _transposed;
    private readonly double[] _pieceNorms;
    private readonly SpinBarrier _barrier;
    private readonly int _threads;

    /// <summary>A trainer.</summary>
    /// <param name="network">The network.</param>
    /// <param name="policy">The distribution that its last outputs parameterise, or null.</param>
    /// <param name="firstPolicyOutput">The first of them.</param>
    /// <param name="hasValue">Whether its first output is the value and is trained.</param>
    /// <param name="minibatch">The largest minibatch.</param>
    /// <param name="threads">How many threads call <see cref="Gradient"/> and <see cref="Step"/> together.</param>
    public NetworkTrainer(DenseNetwork network, ActionDistribution? policy, int firstPolicyOutput, bool hasValue, int minibatch, int threads)
    {
        _network = network;
        _threads = threads;
        _barrier = new SpinBarrier(threads);
        var (count, length) = RowBlocks.Capacity(minibatch);
        _blocks = new MinibatchBlock[count];
        for (var i = 0; i < count; i++)
        {
            _blocks[i] = new MinibatchBlock(network, policy, firstPolicyOutput, hasValue, length);
        }

        _transposed = new TransposedWeights(network);
        Moment1 = new FloatBuffer(network.BlockLength);
        Moment2 = new FloatBuffer(network.BlockLength);
        _pieceNorms = new double[(network.BlockLength + PieceLength - 1) / PieceLength];
    }

    /// <summary>The network.</summary>
    public DenseNetwork Network => _network;

    /// <summary>What becomes of a gradient before each step; null for nothing.</summary>
    public GradientClip? Clip { get; init; }

    /// <summary>Adam's first moments, in the network's layout.</summary>
    public FloatBuffer Moment1 { get; }

    /// <summary>Adam's second moments.</summary>
    public FloatBuffer Moment2 { get; }

    /// <summary>Sums over the rows of the last minibatch, valid after <see cref="Gradient"/> until the next.</summary>
    public (double Surrogate, double Divergence, double Entropy, double Clipped, double Unclipped, double Error) Sums(int rows)
    {
        var sums = default((double, double, double, double, double, double));
        for (var i = 0; i < RowBlocks.Of(rows).Count; i++)
        {
            var (policy, value) = (_blocks[i].PolicySums, _blocks[i].ValueSums);
            sums = (sums.Item1 + policy.Surrogate, sums.Item2 + policy.Divergence, sums.Item3 + policy.Entropy, sums.Item4 + value.Clipped, sums.Item5 + value.Unclipped, sums.Item6 + value.Error);
        }

        return sums;
    }

    /// <summary>Takes over weights that were changed from outside.</summary>
    public void Refresh() => _transposed.Refresh();

    public void Dispose() => _barrier.Dispose();

    /// <summary>Lets the other threads of this trainer fail.</summary>
    public void Break() => _barrier.Break();

    /// <summary>The gradient of one minibatch; returns the sum of its squares, or 0 where it is not asked for.</summary>
    /// <param name="member">The calling thread's number among those of this trainer.</param>
    /// <param name="rows">All rows.</param>
    /// <param name="order">The minibatch.</param>
    /// <param name="settings">The loss.</param>
    /// <param name="needsNorm">Whether the sum of the squares is wanted.</param>
    /// <param name="isGathered">Whether rows, order and loss are those of the call before.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public double Gradient(int member, PpoRows rows, ReadOnlySpan<int> order, in LossSettings settings, bool needsNorm = true, bool isGathered = false)
    {
        var (count, length) = RowBlocks.Of(order.Length);
        for (var i = member; i < count; i += _threads)
        {
            var first = i * length;
            _blocks[i].Compute(rows, order.Slice(first, Math.Min(length, order.Length - first)), _transposed, settings, isGathered);
        }

        _barrier.SignalAndWait();
        var total = _blocks[0].Gradient;
        for (var piece = member; piece < _pieceNorms.Length; piece += _threads)
        {
            var (start, size) = Piece(piece);
            var i = 1;
            for (; i + 2 < count; i += 3)
            {
                Kernels.Add(total.Floats + start, _blocks[i].Gradient.Floats + start, _blocks[i + 1].Gradient.Floats + start, _blocks[i + 2].Gradient.Floats + start, size);
            }

            for (; i < count; i++)
            {
                Kernels.Add(total.Floats + start, _blocks[i].Gradient.Floats + start, size);
            }

            _pieceNorms[piece] = needsNorm ? Kernels.SumOfSquares(total.Floats + start, size) : 0;
        }

        _barrier.SignalAndWait();
        var sum = 0.0;
        foreach (var norm in _pieceNorms)
        {
            sum += norm;
        }

        return sum;
    }

    /// <summary>One step of Adam with the gradient that <see cref="Gradient"/> left.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Step(int member, in AdamStep step)
    {
        var gradient = _blocks[0].Gradient;
        if (Clip is not null)
        {
            if (member == 0)
            {
                Clip.Apply(gradient);
            }

            _barrier.SignalAndWait();
        }

        for (var piece = member; piece < _pieceNorms.Length; piece += _threads)
        {
            var (start, size) = Piece(piece);
            Kernels.Adam(_network.Parameters + start, Moment1.Floats + start, Moment2.Floats + start, gradient.Floats + start, size, step);
        }

        _barrier.SignalAndWait();
        if (member == 0)
        {
            _transposed.Refresh();
        }

        _barrier.SignalAndWait();
    }

    /// <summary>The gradient of the last minibatch.</summary>
    public FloatBuffer LastGradient => _blocks[0].Gradient;

    private (int Start, int Size) Piece(int piece)
    {
        var start = piece * PieceLength;
        return (start, Math.Min(PieceLength, _network.BlockLength - start));
    }
}
