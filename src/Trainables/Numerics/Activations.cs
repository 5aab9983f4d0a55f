using Vector = System.Runtime.Intrinsics.Vector512<float>;

namespace Tuning.Numerics;

/// <summary>Activations over arrays whose length is a multiple of 16.</summary>
internal static unsafe class Activations
{
    /// <summary>Whether the derivative needs the function's argument as well as its value.</summary>
    public static bool NeedsArgument(Activation kind) => kind == Activation.Swish;

    /// <summary>The values of a function at arguments, which may be the same memory.</summary>
    [MethodImpl(AggressiveOptimization)]
    public static void Apply(Activation kind, Floats arguments, Floats values, int length)
    {
        float* x = arguments.Room(length), y = values.Room(length);
        switch (kind)
        {
            case Activation.Tanh:
                for (var i = 0; i < length; i += 16)
                {
                    VectorMath.Tanh(Vector512.Load(x + i)).Store(y + i);
                }

                break;
            case Activation.Relu:
                for (var i = 0; i < length; i += 16)
                {
                    // This order of operands lets NaN through.
                    Vector512.MaxNative(Vector.Zero, Vector512.Load(x + i)).Store(y + i);
                }

                break;
            case Activation.Swish:
                for (var i = 0; i < length; i += 16)
                {
                    var v = Vector512.Load(x + i);
                    (v * Sigmoid(v)).Store(y + i);
                }

                break;
            case Activation.Linear when x != y:
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
    public static void Backward(Activation kind, Floats values, Floats arguments, Floats deltas, int rows, int columns, Floats sums)
    {
        float* y = values.Room(rows, columns, columns), x = NeedsArgument(kind) ? arguments.Room(rows, columns, columns) : null;
        float* d = deltas.Room(rows, columns, columns), totals = sums.Room(columns);
        for (var j = 0; j < columns; j += 16)
        {
            var sum = Vector.Zero;
            switch (kind)
            {
                case Activation.Tanh:
                    for (nint i = j; i < (nint)rows * columns; i += columns)
                    {
                        var v = Vector512.Load(y + i);
                        var g = Vector512.Load(d + i);
                        g = VectorMath.Fma(-(v * v), g, g);
                        g.Store(d + i);
                        sum += g;
                    }

                    break;
                case Activation.Relu:
                    for (nint i = j; i < (nint)rows * columns; i += columns)
                    {
                        var g = Vector512.ConditionalSelect(Vector512.GreaterThan(Vector512.Load(y + i), Vector.Zero), Vector512.Load(d + i), Vector.Zero);
                        g.Store(d + i);
                        sum += g;
                    }

                    break;
                case Activation.Swish:
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
