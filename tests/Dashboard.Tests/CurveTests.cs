using FsCheck;
using FsCheck.Fluent;
using Tuning.Dashboard.Projection;

namespace Tuning.Tests;

/// <summary>Curves in bounded room.</summary>
public sealed class CurveTests
{
    [Fact]
    public void Short_curve_is_kept_whole()
    {
        var curve = new Curve();
        for (var i = 0; i < Curve.Capacity; i++)
        {
            curve.Add(i, i * i, i);
        }

        Assert.Equal(Curve.Capacity, curve.Count);
        Assert.All(Enumerable.Range(0, curve.Count), i => Assert.Equal((float)(i * i), curve.Points[(2 * i) + 1]));
    }

    [Fact]
    public void Long_curve_keeps_its_extremes_and_its_order() => Prop.ForAll<int, int, int>((length, high, low) =>
    {
        var count = 1 + (Math.Abs(length % 20) * 977);
        var (top, bottom) = (Math.Abs(high % count), Math.Abs(low % count));
        var curve = new Curve();
        for (var i = 0; i < count; i++)
        {
            curve.Add(i, i % 13 == 5 ? float.NaN : i == top ? 1e6f : i == bottom ? -1e6f : i % 7, i);
        }

        var points = curve.Points.ToArray().Chunk(2).ToList();
        Assert.True(curve.Count <= Curve.Capacity);
        Assert.Equal(points.Select(p => p[0]).Order(), points.Select(p => p[0]));
        Assert.Equal(top % 13 != 5, points.Any(p => p[0] == top && p[1] == 1e6f));
        Assert.Equal(bottom % 13 != 5 && bottom != top, points.Any(p => p[0] == bottom && p[1] == -1e6f));
        Assert.All(points.Where(p => !float.IsNaN(p[1]) && Math.Abs(p[1]) < 1e6f), p => Assert.Equal((int)p[0] % 7, p[1]));
    }).QuickCheckThrowOnFailure();
}
