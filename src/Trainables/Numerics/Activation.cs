using Vector = System.Runtime.Intrinsics.Vector512<float>;

namespace Tuning.Numerics;

/// <summary>A function between layers. Each is 0 at 0, so that the padding of a row stays 0.</summary>
internal enum ActivationKind
{
    /// <summary>None.</summary>
    Linear,

    /// <summary>The hyperbolic tangent.</summary>
    Tanh,

    /// <summary>max(0, x).</summary>
    Relu,

    /// <summary>x / (1 + e⁻ˣ), also called SiLU.</summary>
    Swish,
}

/// <summary>Activations over arrays whose length is a multiple of 16.</summary>
internal static unsafe class Activation
{
    /// <summary>The kind of a name in RLlib's or PyTorch's writing.</summary>
    /// <exception cref="ArgumentException">There is none; the message lists those that exist.</exception>
    public static ActivationKind Parse(string name) => name?.ToLowerInvariant() switch
    {
        "tanh" => ActivationKind.Tanh,
        "relu" => ActivationKind.Relu,
        "swish" or "silu" => ActivationKind.Swish,
        "linear" or "none" or null => ActivationKind.Linear,
        _ => throw new ArgumentException($"fcnet_activation is '{name}'; it must be tanh, relu, swish (silu) or linear."),
    };

    /// <summary>Whether the derivative needs the function's argument as well as its value.</summary>
    public static bool NeedsArgument(ActivationKind kind) => kind == ActivationKind.Swish;

    /// <summary>The values of a function at arguments, which may be the same memory.</summary>
    [MethodImpl(AggressiveOptimization)]
    public static void Apply(ActivationKind kind, Floats arguments, Floats values, int length)
    {
        float* x = arguments.Room(length), y = values.Room(length);
        switch (kind)
        {
            case ActivationKind.Tanh:
                for (var i = 0; i < length; i += 16)
                {
                    VectorMath.Tanh(Vector512.Load(x + i)).Store(y + i);
                }

                break;
            case ActivationKind.Relu:
                for (var i = 0; i < length; i += 16)
                {
                    // This order of operands lets NaN through.
                    Vector512.MaxNative(Vector.Zero, Vector512.Load(x + i)).Store(y + i);
                }

                break;
            case ActivationKind.Swish:
                for (var i = 0; i < length; i += 16)
                {
                    var v = Vector512.Load(x + i);
                    (v * Sigmoid(v)).Store(y + i);
                }

                break;
            case ActivationKind.Linear when x != y:
                Unsafe.CopyBlock(y, x, (uint)length * sizeof(float));
                break;
        }
    }

    /// <summary>
    /// Deltas times f′ in [rows, columns], and the sum of each column of the result.
    /// </summary>
    /// <param name="kind">The function.</param>
    /// <param name="values">Its values.</param>
    /// <param name="arguments">Its arguments; read only where <see cref="NeedsArgument"/>.</param>
    /// <param name="deltas">The gradient by the values; becomes that by the arguments.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Their length and stride, a multiple of 16.</param>
    /// <param name="sums">Receives the sum of each column, row after row.</param>
    [MethodImpl(AggressiveOptimization)]
    public static void Backward(ActivationKind kind, Floats values, Floats arguments, Floats deltas, int rows, int columns, Floats sums)
    {
        float* y = values.Room(rows, columns, columns), x = NeedsArgument(kind) ? arguments.Room(rows, columns, columns) : null;
        float* d = deltas.Room(rows, columns, columns), totals = sums.Room(columns);
        for (var j = 0; j < columns; j += 16)
        {
            var sum = Vector.Zero;
            switch (kind)
            {
                case ActivationKind.Tanh:
                    for (nint i = j; i < (nint)rows * columns; i += columns)
                    {
                        var v = Vector512.Load(y + i);
                        var g = Vector512.Load(d + i);
                        g = VectorMath.Fma(-(v * v), g, g);
                        g.Store(d + i);
                        sum += g;
                    }

                    break;
                case ActivationKind.Relu:
                    for (nint i = j; i < (nint)rows * columns; i += columns)
                    {
                        var g = Vector512.ConditionalSelect(Vector512.GreaterThan(Vector512.Load(y + i), Vector.Zero), Vector512.Load(d + i), Vector.Zero);
                        g.Store(d + i);
                        sum += g;
                    }

                    break;
                case ActivationKind.Swish:
                    for (nint i = j; i < (nint)rows * columns; i += columns)
                    {
                        var s = Sigmoid(Vector512.Load(x + i));
                        var f = Vector512.Load(y + i);
                        var g = Vector512.Load(d + i) * VectorMath.Fma(f, Vector.One - s, s);
                        g.Store(d + i);
                        sum += g;
                    }

                    break;
                default:
                    for (nint i = j; i < (nint)rows * columns; i += columns)
                    {
                        sum += Vector512.Load(d + i);
                    }

                    break;
            }

            sum.Store(totals + j);
        }
    }

    [MethodImpl(AggressiveInlining)]
    private static Vector Sigmoid(Vector x) => Vector.One / (Vector.One + VectorMath.Exp(-x));
}
