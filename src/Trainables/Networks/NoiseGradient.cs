using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Tuning.Numerics;

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
    public void Forward(float* parameters, float* features, int rows, float* target, int stride)
    {
        _noise.Scales(parameters, _scales.Pointer);
        _noise.LogDeviations(features, _scales.Pointer, rows, target, 1, stride);
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
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Backward(float* parameters, float* features, int rows, float* logDeviations, float* deltas, int stride, float* gradient)
    {
        float* squares = _squares.Pointer, weights = _weights.Pointer;
        for (var i = 0; i < rows * _noise.Stride; i += 16)
        {
            var x = Vector512.Load(features + i);
            (x * x).Store(squares + i);
        }

        for (var action = 0; action < _noise.Actions; action++)
        {
            for (var row = 0; row < rows; row += 16)
            {
                var at = ((nint)action * stride) + row;
                var log = Vector512.Load(logDeviations + at);
                (Vector512.Load(deltas + at) * VectorMath.Exp(-(log + log))).Store(weights + ((nint)action * rows) + row);
            }
        }

        Gemm.Multiply(weights, rows, 1, squares, _noise.Stride, _sums.Pointer, _noise.Stride, _noise.Actions, rows, _noise.Stride, null);
        _noise.Backward(parameters, _sums.Pointer, gradient);
        GC.KeepAlive(this);
    }

    /// <summary>Adds the gradient by the features, after <see cref="Backward"/>: φₖ Σⱼ σₖⱼ² · ∂loss/∂ ln σ(action j) / variance.</summary>
    /// <param name="features">[rows, padded features].</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="featureDeltas">Likewise; added to.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void AddFeatureDeltas(float* features, int rows, float* featureDeltas)
    {
        float* weights = _weights.Pointer, scales = _scales.Pointer;
        for (var action = 0; action < _noise.Actions; action++)
        {
            for (var row = 0; row < rows; row++)
            {
                var weight = Vector512.Create(weights[((nint)action * rows) + row]);
                nint at = (nint)row * _noise.Stride, own = (nint)action * _noise.Stride;
                for (var k = 0; k < _noise.Stride; k += 16)
                {
                    var scale = Vector512.Load(scales + own + k);
                    VectorMath.Fma(weight * scale * scale, Vector512.Load(features + at + k), Vector512.Load(featureDeltas + at + k)).Store(featureDeltas + at + k);
                }
            }
        }

        GC.KeepAlive(this);
    }
}
