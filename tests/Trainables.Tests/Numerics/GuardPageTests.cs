using Tuning.Learning;
using Tuning.Networks;
using Tuning.Numerics;

namespace Tuning.Tests.Numerics;

/// <summary>
/// Every kernel on buffers that end at a protected page, exactly as long as it says it needs: what goes beyond ends the process here, and not at a user's.
/// One float less is refused before anything is touched.
/// </summary>
public sealed class GuardPageTests : IDisposable
{
    private static readonly int[] _rows = [1, 2, 3, 4, 5, 7, 8, 9, 13, 16, 17, 31, 48, 64, 65];
    private static readonly int[] _columns = [16, 32, 48, 64, 80, 96, 112, 128, 160, 176];
    private static readonly int[] _inner = [1, 2, 3, 7, 16, 33];
    private readonly List<GuardedFloats> _made = [];

    public GuardPageTests() => Assert.SkipUnless(GuardedFloats.IsSupported, "Guarded pages are made by the calls of Linux.");

    public void Dispose() => _made.ForEach(m => m.Dispose());

    [Fact]
    public void Products_touch_what_they_are_given_and_no_more()
    {
        foreach (var rows in _rows)
        {
            foreach (var columns in _columns)
            {
                foreach (var inner in _inner)
                {
                    Exactly(f => Gemm.Multiply(f[0], inner, 1, f[1], columns, f[2], columns, rows, inner, columns, f[3]), rows * inner, inner * columns,
                        rows * columns, columns);
                    Exactly(f => Gemm.Multiply(f[0], 1, rows, f[1], columns, f[2], columns, rows, inner, columns), rows * inner, inner * columns,
                        rows * columns);
                    Exactly(f => Gemm.Tanh(f[0], inner, f[1], columns, f[2], rows, inner, columns, f[3]), rows * inner, inner * columns, rows * columns,
                        columns);
                    Exactly(f => Gemm.TanhSlope(f[0], 1, rows, f[1], columns, f[2], f[3], rows, inner, columns, f[4]), rows * inner, inner * columns,
                        rows * columns, rows * columns, columns);
                }

                Exactly(f => Kernels.Narrow(f[0], columns, f[1], columns, f[2], f[3], 3, 1, rows, 3, columns), rows * columns, 3 * columns, 3, 3 * rows);
                Exactly(f => Kernels.Narrow(f[0], columns, f[1], columns, f[2], f[3], 1, rows, rows, 5, columns), rows * columns, 5 * columns, 5, 5 * rows);
            }

            Free();
        }
    }

    [Fact]
    public void Activations_and_sums_touch_what_they_are_given_and_no_more()
    {
        foreach (var kind in Enum.GetValues<Activation>())
        {
            foreach (var length in _columns)
            {
                Exactly(f => Activations.Apply(kind, f[0], f[1], length), length, length);
                int[] lengths = Activations.NeedsArgument(kind) ? [3 * length, 3 * length, length, 3 * length] : [3 * length, 3 * length, length];
                Exactly(f => Activations.Backward(kind, f[0], f[^1], f[1], 3, length, f[2]), lengths);
            }
        }

        foreach (var length in _columns)
        {
            Exactly(f => Kernels.Sum(f[0], length), length);
            Exactly(f => Kernels.SumOfSquares(f[0], length), length);
            Exactly(f => Kernels.Add(f[0], f[1], length), length, length);
            Exactly(f => Kernels.Add(f[0], f[1], f[2], f[3], length), length, length, length, length);
            Exactly(f => Kernels.Multiply(f[0], f[1], f[2], length), length, length, length);
            Exactly(f => Kernels.Blend(f[0], f[1], length, 0.5f), length, length);
            Exactly(f => Kernels.Transpose(f[0], length, f[1], 8, 8, length), 8 * length, 8 * length);
            Exactly(f => Kernels.Adam(f[0], f[1], f[2], f[3], length, AdamStep.Of(1, 0.1, 0.9, 0.999, 1e-8, 1)), length, length, length, length);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Losses_touch_what_they_are_given_and_no_more(int size)
    {
        foreach (var count in _rows)
        {
            var (padded, coefficients) = (DenseNetwork.Pad(count), new PolicyCoefficients(0.2f, 0.3f, 0.01f, 1f / count));
            Exactly(f => ValueLoss.Compute(f[0], f[1], f[2], count, 1, 1), padded, padded, padded);
            Exactly(f => new GaussianPolicyLoss(size).Compute(Rows(f), coefficients), 2 * size * padded, 2 * size * padded, 2 * size * padded, size * padded,
                padded);
            Exactly(f => new CategoricalPolicyLoss([size, 4]).Compute(Rows(f), coefficients), (size + 4) * padded, (size + 4) * padded, (size + 4) * padded,
                2 * padded, padded);
            PolicyRows Rows(Floats[] f) =>
                new() { Inputs = f[0], OldInputs = f[1], Deltas = f[2], Actions = f[3], Advantages = f[4], Stride = padded, Count = count };
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void State_dependent_noise_touches_what_it_is_given_and_no_more(bool fullStd)
    {
        var noise = new StateDependentNoise(new("log_std", 3, fullStd, UseExpln: false, LearnFeatures: true), 16, 20, 32);
        var block = 16 + noise.BlockLength;
        Exactly(f => noise.Scales(f[0], f[1]), block, noise.Size);
        Exactly(f => noise.Backward(f[0], f[1], f[2]), block, noise.Size, block);
        foreach (var rows in _rows)
        {
            Exactly(f => noise.LogDeviations(f[0], f[1], rows, f[2], 1, rows), 32 * rows, noise.Size, 3 * rows);
        }
    }

    /// <summary>Runs a kernel with buffers of these lengths; each that is one shorter is refused, and nothing is written then.</summary>
    private void Exactly(Action<Floats[]> kernel, params int[] lengths)
    {
        var buffers = lengths.Select((length, i) => Make(length, (ulong)i)).ToArray();
        kernel(buffers);
        for (var i = 0; i < lengths.Length; i++)
        {
            var before = buffers.Select(b => b.Span.ToArray()).ToArray();
            Floats[] shorter = [.. buffers];
            unsafe
            {
                shorter[i] = new(buffers[i].Room(lengths[i]), lengths[i] - 1);
            }

            Assert.Throws<ArgumentException>(() => kernel(shorter));
            Assert.All(buffers.Zip(before), pair => Assert.Equal(pair.Second, pair.First.Span.ToArray()));
        }
    }

    private Floats Make(int length, ulong seed)
    {
        _made.Add(new(length, seed));
        return _made[^1].Floats;
    }

    private void Free()
    {
        Dispose();
        _made.Clear();
    }
}
