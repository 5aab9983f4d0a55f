using System.Runtime.Intrinsics;
using static Tuning.Search.Numerics.Vector512Math;
using Vector = System.Runtime.Intrinsics.Vector512<double>;

namespace Tuning.Search.GaussianProcess;

/// <summary>
/// The Matérn kernel with ν = 5/2 (Rasmussen and Williams, 2006, equation 4.17), s (1 + √5 r + 5/3 r²) exp(−√5 r), over the weighted
/// squared distances r² of features. Feature f of row i is at <c>f · stride + i</c>.
/// </summary>
internal static unsafe class Matern
{
    /// <summary>k(x, xⱼ) for one x and j in [0, count), and its derivative by r².</summary>
    /// <param name="map">What the features are.</param>
    /// <param name="settings">The hyper-parameters.</param>
    /// <param name="features">The features of the rows.</param>
    /// <param name="stride">From one feature to the next, a multiple of eight.</param>
    /// <param name="x">The features of x, one each <paramref name="xStride"/> elements.</param>
    /// <param name="xStride">The stride of x.</param>
    /// <param name="count">Number of rows; results are written up to the next multiple of eight.</param>
    /// <param name="values">Receives the kernel.</param>
    /// <param name="slopes">Receives the derivatives; may be null.</param>
    [MethodImpl(AggressiveOptimization)]
    public static void Row(FeatureMap map, KernelSettings settings, double* features, nint stride, double* x, nint xStride, int count, double* values,
        double* slopes)
    {
        var scale = Vector512.Create(settings.Scale);
        var (numeric, all) = (map.Numeric, map.Count);
        var weights = stackalloc double[all];
        Weights(map, settings, weights);
        for (nint j = 0; j < count; j += Lanes)
        {
            var r2 = Vector.Zero;
            var f = 0;
            for (; f < numeric; f++)
            {
                var d = Vector512.Create(x[f * xStride]) - Vector512.Load(features + (f * stride) + j);
                r2 = Fma(d * Vector512.Create(weights[f]), d, r2);
            }

            for (; f < all; f++)
            {
                var same = Vector512.Equals(Vector512.Create(x[f * xStride]), Vector512.Load(features + (f * stride) + j));
                r2 += Vector512.AndNot(Vector512.Create(weights[f]), same);
            }

            Evaluate(r2, scale, out var value, out var slope);
            value.Store(values + j);
            if (slopes != null)
            {
                slope.Store(slopes + j);
            }
        }
    }

    /// <summary>k(x, xᵢ) for eight x, one per lane: <paramref name="x"/> is [features, 8], the results are [count, 8].</summary>
    [MethodImpl(AggressiveOptimization)]
    public static void EightRows(FeatureMap map, KernelSettings settings, double* features, nint stride, double* x, int count, double* values, double* slopes)
    {
        var scale = Vector512.Create(settings.Scale);
        var (numeric, all) = (map.Numeric, map.Count);
        var weights = stackalloc double[all];
        Weights(map, settings, weights);
        for (nint i = 0; i < count; i++)
        {
            var r2 = Vector.Zero;
            var f = 0;
            for (; f < numeric; f++)
            {
                var d = Vector512.Load(x + (f * Lanes)) - Vector512.Create(features[(f * stride) + i]);
                r2 = Fma(d * Vector512.Create(weights[f]), d, r2);
            }

            for (; f < all; f++)
            {
                var same = Vector512.Equals(Vector512.Load(x + (f * Lanes)), Vector512.Create(features[(f * stride) + i]));
                r2 += Vector512.AndNot(Vector512.Create(weights[f]), same);
            }

            Evaluate(r2, scale, out var value, out var slope);
            value.Store(values + (i * Lanes));
            if (slopes != null)
            {
                slope.Store(slopes + (i * Lanes));
            }
        }
    }

    /// <summary>The gradient Σᵢ cᵢ ∂k(x, xᵢ)/∂x by the features of eight x: <paramref name="c"/> holds cᵢ times the slope, [count, 8]; the result is [features,
    /// 8].</summary>
    [MethodImpl(AggressiveOptimization)]
    public static void EightGradients(FeatureMap map, KernelSettings settings, double* features, nint stride, double* x, int count, double* c, double* gradient)
    {
        for (var f = 0; f < map.Count; f++)
        {
            if (f >= map.Numeric)
            {
                Vector.Zero.Store(gradient + (f * Lanes));
                continue;
            }

            var own = Vector512.Load(x + (f * Lanes));
            var column = features + (f * stride);
            Vector even = Vector.Zero, odd = Vector.Zero;
            nint i = 0;
            for (; i + 2 <= count; i += 2)
            {
                even = Fma(Vector512.Load(c + (i * Lanes)), own - Vector512.Create(column[i]), even);
                odd = Fma(Vector512.Load(c + ((i + 1) * Lanes)), own - Vector512.Create(column[i + 1]), odd);
            }

            if (i < count)
            {
                even = Fma(Vector512.Load(c + (i * Lanes)), own - Vector512.Create(column[i]), even);
            }

            ((even + odd) * Vector512.Create(2 * settings.Weights[map.Owners[f]])).Store(gradient + (f * Lanes));
        }
    }

    [MethodImpl(AggressiveInlining)]
    private static void Evaluate(Vector r2, Vector scale, out Vector value, out Vector slope)
    {
        var r = Vector512.Sqrt(r2 * Vector512.Create(5.0));
        var decay = Exp(-r) * scale;
        var linear = Vector.One + r;
        value = Fma(r * r, Vector512.Create(1.0 / 3), linear) * decay;
        slope = linear * decay * Vector512.Create(-5.0 / 6);
    }

    private static void Weights(FeatureMap map, KernelSettings settings, double* weights)
    {
        for (var f = 0; f < map.Count; f++)
        {
            weights[f] = settings.Weights[map.Owners[f]];
        }
    }
}
