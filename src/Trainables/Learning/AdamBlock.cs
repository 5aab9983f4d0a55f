namespace Tuning.Learning;

/// <summary>
/// What becomes of the gradients of one block of parameters: their sum, its norm, clipping, a step of <see cref="Adam"/>, all in pieces of fixed size that any
/// thread may take.
/// </summary>
internal sealed class AdamBlock
{
    private const int PieceLength = 4096;
    private readonly IReadOnlyList<FloatBuffer> _gradients;
    private readonly GradientClip? _clip;
    private readonly double[] _norms;
    private readonly int _pieceLength;

    /// <param name="parameters">What is trained.</param>
    /// <param name="options">How gradients are clipped.</param>
    /// <param name="gradients">The gradient of each part of a batch, in the layout of the parameters; their sum goes into the first.</param>
    /// <param name="whole">Whether all is one piece, for one thread.</param>
    public AdamBlock(ParameterBlock parameters, AdamOptions options, IReadOnlyList<FloatBuffer> gradients, bool whole = false)
    {
        (Parameters, _gradients, _pieceLength) = (parameters, gradients, whole ? parameters.Length : PieceLength);
        _clip = GradientClip.For(options.GradientClip, options.GradientClipBy, parameters.Views.Select(view => (view.Start, view.Extent)));
        _norms = new double[(parameters.Length + _pieceLength - 1) / _pieceLength];
        (Moment1, Moment2) = (new(parameters.Length), new(parameters.Length));
    }

    public ParameterBlock Parameters { get; }

    public FloatBuffer Moment1 { get; }

    public FloatBuffer Moment2 { get; }

    /// <summary>How many pieces there are.</summary>
    public int Pieces => _norms.Length;

    /// <summary>The last gradient.</summary>
    public FloatBuffer Gradient => _gradients[0];

    /// <summary>The sum of the squares of the last gradient, before clipping.</summary>
    public double Squares
    {
        get
        {
            var sum = 0.0;
            foreach (var norm in _norms)
            {
                sum += norm;
            }

            return sum;
        }
    }

    /// <summary>The norm of the last gradient, before clipping.</summary>
    public double Norm => Math.Sqrt(Squares);

    /// <summary>Whether <see cref="Clip"/> does anything.</summary>
    public bool Clips => _clip is not null;

    /// <summary>Adds up a piece of the first gradients.</summary>
    /// <param name="piece">Which one.</param>
    /// <param name="count">How many gradients.</param>
    /// <param name="needsNorm">Whether the sum of the squares is wanted.</param>
    [MethodImpl(AggressiveOptimization)]
    public void Reduce(int piece, int count, bool needsNorm = true)
    {
        var (start, size) = Place(piece);
        var total = Gradient.Floats + start;
        var i = 1;
        for (; i + 2 < count; i += 3)
        {
            Kernels.Add(total, _gradients[i].Floats + start, _gradients[i + 1].Floats + start, _gradients[i + 2].Floats + start, size);
        }

        for (; i < count; i++)
        {
            Kernels.Add(total, _gradients[i].Floats + start, size);
        }

        _norms[piece] = needsNorm ? Kernels.SumOfSquares(total, size) : 0;
    }

    /// <summary>Bounds the gradient's numbers, or each parameter's norm, where the options ask for that. One thread, when all pieces are there.</summary>
    public void Clip() => _clip?.Apply(Gradient);

    /// <summary>A step of Adam on a piece.</summary>
    [MethodImpl(AggressiveOptimization)]
    public void Apply(int piece, in AdamStep step)
    {
        var (start, size) = Place(piece);
        Kernels.Adam(Parameters.Floats + start, Moment1.Floats + start, Moment2.Floats + start, Gradient.Floats + start, size, step);
    }

    /// <summary>Where a piece stands.</summary>
    public (int Start, int Size) Place(int piece)
    {
        var start = piece * _pieceLength;
        return (start, Math.Min(_pieceLength, Parameters.Length - start));
    }
}
