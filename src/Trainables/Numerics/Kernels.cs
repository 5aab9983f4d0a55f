using System.Diagnostics;
using System.Runtime.Intrinsics.X86;
using Vector = System.Runtime.Intrinsics.Vector512<float>;

namespace Tuning.Numerics;

/// <summary>The other kernels of training: narrow layers, transposition, sums, Adam. Sums run over 16 lanes, on every hardware.</summary>
internal static unsafe class Kernels
{
    /// <summary>
    /// A layer with few outputs: result[r·yRow + n·yColumn] = bias[n] + Σₖ x[r·xRow + k] · w[n·wRow + k], the sum over 16 lanes.
    /// </summary>
    /// <param name="inputs">Rows of inputs, aligned, padded with zeros to <paramref name="inner"/>.</param>
    /// <param name="xRow">Their stride.</param>
    /// <param name="parameters">Rows of weights, aligned and padded likewise.</param>
    /// <param name="wRow">Their stride.</param>
    /// <param name="biases">One number per output.</param>
    /// <param name="results">The outputs.</param>
    /// <param name="yRow">Stride of their rows.</param>
    /// <param name="yColumn">Stride of their columns.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="outputs">Number of outputs.</param>
    /// <param name="inner">Number of inputs, a multiple of 16.</param>
    [MethodImpl(AggressiveOptimization)]
    public static void Narrow(Floats inputs, nint xRow, Floats parameters, nint wRow, Floats biases, Floats results, nint yRow, nint yColumn, int rows,
        int outputs, int inner)
    {
        float* x = inputs.Room(rows, xRow, inner), w = parameters.Room(outputs, wRow, inner), bias = biases.Room(outputs),
            y = results.Room(rows, yRow, outputs, yColumn);
        for (var n = 0; n < outputs; n++)
        {
            var weights = w + (n * wRow);
            var r = 0;
            for (; Sse.IsSupported && r <= rows - 4; r += 4)
            {
                var sums = Vector128.Create(bias[n]) + FourProducts(x + (r * xRow), xRow, weights, inner);
                var to = y + (r * yRow) + (n * yColumn);
                (to[0], to[yRow], to[2 * yRow], to[3 * yRow]) = (sums[0], sums[1], sums[2], sums[3]);
            }

            for (; r < rows; r++)
            {
                var row = x + (r * xRow);
                var sum = Vector.Zero;
                for (var k = 0; k < inner; k += 16)
                {
                    sum = VectorMath.Fma(Vector512.Load(row + k), Vector512.Load(weights + k), sum);
                }

                y[(r * yRow) + (n * yColumn)] = bias[n] + VectorMath.Sum(sum);
            }
        }
    }

    /// <summary>Four rows times one; each sum is that of <see cref="VectorMath.Sum"/> to the last bit.</summary>
    [MethodImpl(AggressiveInlining)]
    private static Vector128<float> FourProducts(float* x, nint xRow, float* w, int inner)
    {
        Vector s0 = Vector.Zero, s1 = Vector.Zero, s2 = Vector.Zero, s3 = Vector.Zero;
        for (var k = 0; k < inner; k += 16)
        {
            var weight = Vector512.Load(w + k);
            s0 = VectorMath.Fma(Vector512.Load(x + k), weight, s0);
            s1 = VectorMath.Fma(Vector512.Load(x + xRow + k), weight, s1);
            s2 = VectorMath.Fma(Vector512.Load(x + (2 * xRow) + k), weight, s2);
            s3 = VectorMath.Fma(Vector512.Load(x + (3 * xRow) + k), weight, s3);
        }

        var (f0, f1, f2, f3) = (VectorMath.Quarter(s0), VectorMath.Quarter(s1), VectorMath.Quarter(s2), VectorMath.Quarter(s3));
        var left = Sse.UnpackLow(f0, f1) + Sse.UnpackHigh(f0, f1);
        var right = Sse.UnpackLow(f2, f3) + Sse.UnpackHigh(f2, f3);
        return Sse.MoveLowToHigh(left, right) + Sse.MoveHighToLow(right, left);
    }

    /// <summary>The sum of <paramref name="length"/> numbers, a multiple of 16.</summary>
    [MethodImpl(AggressiveOptimization)]
    public static float Sum(Floats numbers, int length)
    {
        var x = numbers.Room(length);
        var sum = Vector.Zero;
        for (var i = 0; i < length; i += 16)
        {
            sum += Vector512.Load(x + i);
        }

        return VectorMath.Sum(sum);
    }

    /// <summary>The sum of squares of <paramref name="length"/> numbers, a multiple of 16.</summary>
    [MethodImpl(AggressiveOptimization)]
    public static double SumOfSquares(Floats numbers, int length)
    {
        var x = numbers.Room(length);
        Vector even = Vector.Zero, odd = Vector.Zero;
        var i = 0;
        for (; i <= length - 32; i += 32)
        {
            var (a, b) = (Vector512.Load(x + i), Vector512.Load(x + i + 16));
            even = VectorMath.Fma(a, a, even);
            odd = VectorMath.Fma(b, b, odd);
        }

        if (i < length)
        {
            var a = Vector512.Load(x + i);
            even = VectorMath.Fma(a, a, even);
        }

        return VectorMath.Sum(even + odd);
    }

    /// <summary>Whether none of <paramref name="length"/> numbers, a multiple of 16, is NaN or infinite.</summary>
    [MethodImpl(AggressiveOptimization)]
    public static bool AreFinite(Floats numbers, int length)
    {
        var x = numbers.Room(length);
        var sum = Vector.Zero;
        for (var i = 0; i < length; i += 16)
        {
            // 0 for what is finite, else NaN.
            sum += Vector512.Load(x + i) * Vector.Zero;
        }

        return VectorMath.Sum(sum) == 0;
    }

    /// <summary>Adds a term, lengths a multiple of 16.</summary>
    [MethodImpl(AggressiveOptimization)]
    public static void Add(Floats target, Floats term, int length)
    {
        float* x = target.Room(length), y = term.Room(length);
        for (var i = 0; i < length; i += 16)
        {
            (Vector512.Load(x + i) + Vector512.Load(y + i)).Store(x + i);
        }
    }

    /// <summary>Adds three terms one after the other, lengths a multiple of 16: what three additions make, in one pass through memory.</summary>
    [MethodImpl(AggressiveOptimization)]
    public static void Add(Floats target, Floats first, Floats second, Floats third, int length)
    {
        float* x = target.Room(length), y0 = first.Room(length), y1 = second.Room(length), y2 = third.Room(length);
        for (var i = 0; i < length; i += 16)
        {
            (Vector512.Load(x + i) + Vector512.Load(y0 + i) + Vector512.Load(y1 + i) + Vector512.Load(y2 + i)).Store(x + i);
        }
    }

    /// <summary>A product, element by element, lengths a multiple of 16.</summary>
    [MethodImpl(AggressiveOptimization)]
    public static void Multiply(Floats left, Floats right, Floats product, int length)
    {
        float* x = left.Room(length), y = right.Room(length), z = product.Room(length);
        for (var i = 0; i < length; i += 16)
        {
            (Vector512.Load(x + i) * Vector512.Load(y + i)).Store(z + i);
        }
    }

    /// <summary>target ← τ·source + (1−τ)·target, lengths a multiple of 16.</summary>
    [MethodImpl(AggressiveOptimization)]
    public static void Blend(Floats target, Floats source, int length, float tau)
    {
        float* x = target.Room(length), y = source.Room(length);
        var (share, rest) = (Vector512.Create(tau), Vector512.Create(1 - tau));
        for (var i = 0; i < length; i += 16)
        {
            VectorMath.Fma(Vector512.Load(y + i), share, Vector512.Load(x + i) * rest).Store(x + i);
        }
    }

    /// <summary>transposed[j, i] = matrix[i, j] for row counts and lengths that are multiples of 4.</summary>
    [MethodImpl(AggressiveOptimization)]
    public static void Transpose(Floats matrix, nint sourceRow, Floats transposed, nint targetRow, int rows, int columns)
    {
        float* source = matrix.Room(rows, sourceRow, columns), target = transposed.Room(columns, targetRow, rows);
        Debug.Assert(rows % 4 == 0 && columns % 4 == 0, "Blocks are four by four.");
        if (!Sse.IsSupported)
        {
            for (var i = 0; i < rows; i++)
            {
                for (var j = 0; j < columns; j++)
                {
                    target[(j * targetRow) + i] = source[(i * sourceRow) + j];
                }
            }

            return;
        }

        for (var i = 0; i < rows; i += 4)
        {
            var from = source + (i * sourceRow);
            var to = target + i;
            for (var j = 0; j < columns; j += 4)
            {
                var r0 = Vector128.Load(from + j);
                var r1 = Vector128.Load(from + sourceRow + j);
                var r2 = Vector128.Load(from + (2 * sourceRow) + j);
                var r3 = Vector128.Load(from + (3 * sourceRow) + j);
                var (low01, high01) = (Sse.UnpackLow(r0, r1), Sse.UnpackHigh(r0, r1));
                var (low23, high23) = (Sse.UnpackLow(r2, r3), Sse.UnpackHigh(r2, r3));
                Sse.MoveLowToHigh(low01, low23).Store(to);
                Sse.MoveHighToLow(low23, low01).Store(to + targetRow);
                Sse.MoveLowToHigh(high01, high23).Store(to + (2 * targetRow));
                Sse.MoveHighToLow(high23, high01).Store(to + (3 * targetRow));
                to += 4 * targetRow;
            }
        }
    }

    /// <summary>
    /// One step of Adam (Kingma and Ba, 2015) as PyTorch writes it:
    /// m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g², p ← p − (lr/(1−β₁ᵗ)) · m / (√v/√(1−β₂ᵗ) + ε), with g scaled first.
    /// </summary>
    [MethodImpl(AggressiveOptimization)]
    public static void Adam(Floats weights, Floats first, Floats second, Floats gradient, int length, in AdamStep step)
    {
        float* parameters = weights.Room(length), moment1 = first.Room(length), moment2 = second.Room(length), gradients = gradient.Room(length);
        var scale = Vector512.Create(step.GradientScale);
        var (beta1, rest1) = (Vector512.Create(step.Beta1), Vector512.Create(step.Rest1));
        var (beta2, rest2) = (Vector512.Create(step.Beta2), Vector512.Create(step.Rest2));
        var (rate, root, epsilon) = (Vector512.Create(-step.StepSize), Vector512.Create(step.RootScale), Vector512.Create(step.Epsilon));
        for (var i = 0; i < length; i += 16)
        {
            var g = Vector512.Load(gradients + i) * scale;
            var m = VectorMath.Fma(g, rest1, Vector512.Load(moment1 + i) * beta1);
            var v = VectorMath.Fma(g * rest2, g, Vector512.Load(moment2 + i) * beta2);
            m.Store(moment1 + i);
            v.Store(moment2 + i);
            var denominator = VectorMath.Fma(Vector512.Sqrt(v), root, epsilon);
            VectorMath.Fma(rate, m / denominator, Vector512.Load(parameters + i)).Store(parameters + i);
        }
    }
}

/// <summary>The numbers of one step of Adam.</summary>
/// <param name="GradientScale">What gradients are multiplied by first: 1, or less to clip them.</param>
/// <param name="Beta1">Decay of the first moment.</param>
/// <param name="Rest1">1 − β₁.</param>
/// <param name="Beta2">Decay of the second moment.</param>
/// <param name="Rest2">1 − β₂.</param>
/// <param name="StepSize">Learning rate / (1 − β₁ᵗ).</param>
/// <param name="RootScale">1 / √(1 − β₂ᵗ).</param>
/// <param name="Epsilon">ε.</param>
internal readonly record struct AdamStep(float GradientScale, float Beta1, float Rest1, float Beta2, float Rest2, float StepSize, float RootScale,
    float Epsilon)
{
    /// <summary>The numbers of step <paramref name="t"/>, counted from 1.</summary>
    public static AdamStep Of(long t, double learningRate, double beta1, double beta2, double epsilon, double gradientScale) => new(
        (float)gradientScale,
        (float)beta1,
        (float)(1 - beta1),
        (float)beta2,
        (float)(1 - beta2),
        (float)(learningRate / (1 - Math.Pow(beta1, t))),
        (float)(1 / Math.Sqrt(1 - Math.Pow(beta2, t))),
        (float)epsilon);
}
