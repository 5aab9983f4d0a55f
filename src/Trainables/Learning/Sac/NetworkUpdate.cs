using System.Runtime.CompilerServices;
using Tuning.Networks;
using Tuning.Numerics;

namespace Tuning.Learning;

/// <summary>
/// What becomes of the gradients of blocks: their sum and its norm, a step of Adam, and the target network's step after it, all in pieces of fixed size that
/// any thread may take.
/// </summary>
internal sealed class NetworkUpdate
{
    private const int PieceLength = 4096;
    private readonly DenseNetwork? _target;
    private readonly DenseGradient[] _blocks;
    private readonly double[] _norms;

    /// <param name="network">What is trained.</param>
    /// <param name="target">What follows it slowly, or null.</param>
    /// <param name="blocks">The gradient of each block.</param>
    public NetworkUpdate(DenseNetwork network, DenseNetwork? target, DenseGradient[] blocks)
    {
        (Network, _target, _blocks) = (network, target, blocks);
        Moment1 = new FloatBuffer(network.BlockLength);
        Moment2 = new FloatBuffer(network.BlockLength);
        Transposed = new TransposedWeights(network);
        _norms = new double[(network.BlockLength + PieceLength - 1) / PieceLength];
    }

    public DenseNetwork Network { get; }

    /// <summary>Adam's first moments, in the network's layout.</summary>
    public FloatBuffer Moment1 { get; }

    /// <summary>Adam's second moments.</summary>
    public FloatBuffer Moment2 { get; }

    /// <summary>The weights that gradients go back through.</summary>
    public TransposedWeights Transposed { get; }

    /// <summary>What becomes of a gradient before each step; null for nothing.</summary>
    public GradientClip? Clip { get; init; }

    /// <summary>How many pieces there are.</summary>
    public int Pieces => _norms.Length;

    /// <summary>The norm of the last gradient.</summary>
    public double Norm
    {
        get
        {
            var sum = 0.0;
            foreach (var norm in _norms)
            {
                sum += norm;
            }

            return Math.Sqrt(sum);
        }
    }

    /// <summary>The last gradient.</summary>
    public FloatBuffer Gradient => _blocks[0].Block;

    /// <summary>Adds up a piece of the gradients of the first blocks.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Reduce(int piece, int blocks)
    {
        var (start, size) = Piece(piece);
        var total = Gradient.Floats + start;
        for (var i = 1; i < blocks; i++)
        {
            Kernels.Add(total, _blocks[i].Block.Floats + start, size);
        }

        _norms[piece] = Kernels.SumOfSquares(total, size);
    }

    /// <summary>A step of Adam on a piece, and the target's step.</summary>
    /// <param name="piece">Which one.</param>
    /// <param name="step">Adam's numbers.</param>
    /// <param name="tau">The target's share of the network; 0 leaves it alone.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Apply(int piece, in AdamStep step, float tau)
    {
        var (start, size) = Piece(piece);
        Kernels.Adam(Network.Parameters + start, Moment1.Floats + start, Moment2.Floats + start, Gradient.Floats + start, size, step);
        if (_target is not null && tau > 0)
        {
            Kernels.Blend(_target.Parameters + start, Network.Parameters + start, size, tau);
        }
    }

    private (int Start, int Size) Piece(int piece)
    {
        var start = piece * PieceLength;
        return (start, Math.Min(PieceLength, Network.BlockLength - start));
    }
}
