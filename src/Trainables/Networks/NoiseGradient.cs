namespace Tuning.Networks;

/// <summary>Backpropagation through <see cref="StateDependentNoise"/> for one block of rows.</summary>
internal sealed unsafe class NoiseGradient
{
    private readonly StateDependentNoise _noise;
    private readonly FloatBuffer _scales;
    private readonly FloatBuffer _squares;
    private readonly FloatBuffer _weights;
    private readonly FloatBuffer _sums;

    public NoiseGradient(StateDependentNoise noise, int maxRows)
    {
        _noise = noise;
        _scales = new FloatBuffer(noise.Size);
        _sums = new FloatBuffer(noise.Size);
        _squares = new FloatBuffer(checked(maxRows * noise.Stride));
        _weights = new FloatBuffer(checked(noise.Actions * maxRows));
    }

    /// <summary>The logarithms of the standard deviations, [actions, rows] with the stride <paramref name="stride"/>.</summary>
    public void Forward(Floats parameters, Floats features, int rows, Floats target, int stride)
    {
        _noise.Scales(parameters, _scales.Floats);
        _noise.LogDeviations(features, _scales.Floats, rows, target, 1, stride);
        GC.KeepAlive(this);
    }

    /// <summary>The gradient by the parameter.</summary>
    /// <param name="parameters">The network's block.</param>
    /// <param name="features">[rows, padded features].</param>
    /// <param name="rows">Number of rows, a multiple of 16.</param>
    /// <param name="logDeviations">From <see cref="Forward"/>.</param>
    /// <param name="deltas">The loss's gradient by them.</param>
    /// <param name="stride">The stride of both.</param>
    /// <param name="gradient">A block in the network's layout; receives the parameter's part.</param>
    [MethodImpl(AggressiveOptimization)]
    public void Backward(Floats parameters, Floats features, int rows, Floats logDeviations, Floats deltas, int stride, Floats gradient)
    {
        Kernels.Multiply(features, features, _squares.Floats, rows * _noise.Stride);
        float* logs = logDeviations.Room(_noise.Actions, stride, rows), given = deltas.Room(_noise.Actions, stride, rows),
            weights = _weights.Floats.Room(_noise.Actions * rows);

        for (var action = 0; action < _noise.Actions; action++)
        {
            for (var row = 0; row < rows; row += 16)
            {
                var at = ((nint)action * stride) + row;
                var log = Vector512.Load(logs + at);
                (Vector512.Load(given + at) * VectorMath.Exp(-(log + log))).Store(weights + ((nint)action * rows) + row);
            }
        }

        Gemm.Multiply(_weights.Floats, rows, 1, _squares.Floats, _noise.Stride, _sums.Floats, _noise.Stride, _noise.Actions, rows, _noise.Stride);
        _noise.Backward(parameters, _sums.Floats, gradient);
        GC.KeepAlive(this);
    }

    /// <summary>Adds the gradient by the features, after <see cref="Backward"/>: φₖ Σⱼ σₖⱼ² · ∂loss/∂ ln σ(action j) / variance.</summary>
    /// <param name="features">[rows, padded features].</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="featureDeltas">Likewise; added to.</param>
    [MethodImpl(AggressiveOptimization)]
    public void AddFeatureDeltas(Floats features, int rows, Floats featureDeltas)
    {
        float* weights = _weights.Floats.Room(_noise.Actions * rows), scales = _scales.Floats.Room(_noise.Size);
        float* values = features.Room(rows * _noise.Stride), target = featureDeltas.Room(rows * _noise.Stride);
        for (var action = 0; action < _noise.Actions; action++)
        {
            for (var row = 0; row < rows; row++)
            {
                var weight = Vector512.Create(weights[((nint)action * rows) + row]);
                nint at = (nint)row * _noise.Stride, own = (nint)action * _noise.Stride;
                for (var k = 0; k < _noise.Stride; k += 16)
                {
                    var scale = Vector512.Load(scales + own + k);
                    VectorMath.Fma(weight * scale * scale, Vector512.Load(values + at + k), Vector512.Load(target + at + k)).Store(target + at + k);
                }
            }
        }

        GC.KeepAlive(this);
    }
}
