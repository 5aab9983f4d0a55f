using Vector = System.Runtime.Intrinsics.Vector512<float>;

namespace Tuning.Learning;

/// <summary>
/// <c>grad_clip_by: value</c>, which clips each number of a gradient, and <c>norm</c>, which scales each parameter's gradient whose norm is above the bound, as
/// RLlib's <c>clip_gradients</c> does. <c>global_norm</c> is a factor that Adam's step takes along. Immutable.
/// </summary>
internal sealed unsafe class GradientClip
{
    private readonly float _bound;
    private readonly (int Start, int Length)[] _parameters;

    private GradientClip(double bound, (int Start, int Length)[] parameters) => (_bound, _parameters) = ((float)bound, parameters);

    /// <summary>The bound of the norm over all parameters; null where gradients are not clipped, or otherwise.</summary>
    public static double? Global(double? bound, GradientClipping by) => by == GradientClipping.GlobalNorm ? bound : null;

    /// <summary>The clipping of a gradient; null where it is not clipped, or by its global norm.</summary>
    /// <param name="bound">The bound; null for none.</param>
    /// <param name="by">What is held to it.</param>
    /// <param name="parameters">Where each parameter stands; between its numbers there may be zeros, and nothing else.</param>
    public static GradientClip? For(double? bound, GradientClipping by, IEnumerable<(int Start, int Length)> parameters) =>
        bound is not { } given || by == GradientClipping.GlobalNorm ? null : new(given, by == GradientClipping.Norm ? [.. parameters] : []);

    /// <summary>Clips a gradient.</summary>
    /// <param name="gradient">All of it, in the layout that this was made for.</param>
    [MethodImpl(AggressiveOptimization)]
    public void Apply(FloatBuffer gradient)
    {
        if (_parameters.Length == 0)
        {
            Clamp(gradient.Floats, gradient.Length);
        }

        foreach (var (start, length) in _parameters)
        {
            var norm = Math.Sqrt(SumOfSquares(gradient.Floats + start, length));
            if (norm > _bound)
            {
                Scale(gradient.Floats + start, length, (float)(_bound / norm));
            }
        }

        GC.KeepAlive(gradient);
    }

    // The length is a multiple of 16.
    [MethodImpl(AggressiveOptimization)]
    private void Clamp(Floats numbers, int length)
    {
        var x = numbers.Room(length);
        var (low, high) = (Vector512.Create(-_bound), Vector512.Create(_bound));
        for (var i = 0; i < length; i += 16)
        {
            Vector512.Min(high, Vector512.Max(low, Vector512.Load(x + i))).Store(x + i);
        }
    }

    // A parameter may begin and end anywhere.
    [MethodImpl(AggressiveOptimization)]
    private static double SumOfSquares(Floats numbers, int length)
    {
        var x = numbers.Room(length);
        var sums = Vector.Zero;
        var i = 0;
        for (; i <= length - 16; i += 16)
        {
            var value = Vector512.Load(x + i);
            sums = VectorMath.Fma(value, value, sums);
        }

        var sum = (double)VectorMath.Sum(sums);
        for (; i < length; i++)
        {
            sum += (double)x[i] * x[i];
        }

        return sum;
    }

    [MethodImpl(AggressiveOptimization)]
    private static void Scale(Floats numbers, int length, float factor)
    {
        var x = numbers.Room(length);
        var factors = Vector512.Create(factor);
        var i = 0;
        for (; i <= length - 16; i += 16)
        {
            (Vector512.Load(x + i) * factors).Store(x + i);
        }

        for (; i < length; i++)
        {
            x[i] *= factor;
        }
    }
}
