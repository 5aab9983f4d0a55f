using System.Runtime.Intrinsics;
using Tuning.Numerics;

namespace Tuning.Tests.Numerics;

public sealed class VectorMathTests
{
    [Fact]
    public void Tanh_everywhere_is_right_to_six_digits()
    {
        for (var x = -20f; x <= 20; x += 0.0037f)
        {
            Assert.InRange(Error(VectorMath.Tanh(Vector512.Create(x))[3], Math.Tanh(x)), 0, 1e-6);
        }

        for (var x = 1e-20f; x < 1; x *= 1.7f)
        {
            Assert.InRange(Error(VectorMath.Tanh(Vector512.Create(-x))[0], -Math.Tanh(x)), 0, 1e-6);
        }
    }

    [Fact]
    public void Tanh_of_special_numbers()
    {
        Assert.Equal(0, VectorMath.Tanh(Vector512<float>.Zero)[0]);
        Assert.Equal(1, VectorMath.Tanh(Vector512.Create(float.PositiveInfinity))[0], 1e-6f);
        Assert.Equal(-1, VectorMath.Tanh(Vector512.Create(float.NegativeInfinity))[0], 1e-6f);
        Assert.True(float.IsNaN(VectorMath.Tanh(Vector512.Create(float.NaN))[0]));
        Assert.InRange(VectorMath.Tanh(Vector512.Create(100f))[0], 0.999999f, 1f);
    }

    [Fact]
    public void Exp_everywhere_is_right_to_six_digits()
    {
        for (var x = -87f; x <= 88.6f; x += 0.0119f)
        {
            Assert.InRange(Error(VectorMath.Exp(Vector512.Create(x))[5], Math.Exp(x)), 0, 3e-7);
        }
    }

    [Fact]
    public void Exp_of_special_numbers()
    {
        Assert.Equal(1, VectorMath.Exp(Vector512<float>.Zero)[0]);
        Assert.Equal(0, VectorMath.Exp(Vector512.Create(float.NegativeInfinity))[0]);
        Assert.Equal(0, VectorMath.Exp(Vector512.Create(-200f))[0]);
        Assert.Equal(float.PositiveInfinity, VectorMath.Exp(Vector512.Create(89f))[0]);
        Assert.True(float.IsNaN(VectorMath.Exp(Vector512.Create(float.NaN))[0]));
    }

    [Fact]
    public void Log_everywhere_is_right_to_six_digits()
    {
        for (var x = 1e-30f; x < 1e30f; x *= 1.00737f)
        {
            var expected = Math.Log(x);
            Assert.Equal(expected, VectorMath.Log(Vector512.Create(x))[7], 3e-7 * Math.Max(0.3, Math.Abs(expected)));
        }

        Assert.Equal(0, VectorMath.Log(Vector512<float>.One)[0]);
    }

    [Fact]
    public void Sum_adds_every_lane_once()
    {
        Assert.Equal(120, VectorMath.Sum(Vector512<float>.Indices));
    }

    private static double Error(float value, double expected) => Math.Abs(value - expected) / Math.Abs(expected);
}
