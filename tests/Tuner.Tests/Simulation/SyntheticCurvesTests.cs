using Tuning.Simulation;

namespace Tuning.Tests.Simulation;

public sealed class SyntheticCurvesTests
{
    private static ParameterSet Config(double lr, long width = 512) => ParameterSet.Empty.With("lr", lr).With("width", width);

    private static List<CurvePoint> Follow(SyntheticCurves curves, ParameterSet config, ulong seed = 1)
    {
        var (curve, state, points) = (curves.Open(config), default(CurveState), new List<CurvePoint>());
        while (curve.Next(state, new CurveNoise(seed).At(points.Count + 1)) is { } point)
        {
            points.Add(point);
            state = point.State;
        }

        return points;
    }

    private static double Loss(CurvePoint point) => point.Metrics.Number("loss")!.Value;

    [Fact]
    public void Power_law_is_what_its_formula_says()
    {
        // At a rate of 10^-2.5, in the middle of the scale, and the greatest width the asymptote is the floor.
        var points = Follow(SyntheticCurves.PowerLaw, Config(Math.Pow(10, -2.5)));

        Assert.Equal(81, points.Count);
        Assert.Equal(0.1 + (0.9 * Math.Pow(2, -0.7)), Loss(points[0]), 9);
        Assert.Equal(0.1 + (0.9 * Math.Pow(82, -0.7)), Loss(points[80]), 9);
        Assert.All(points, p => Assert.Equal(10, p.Seconds));
    }

    [Fact]
    public void Power_laws_do_not_cross_and_crossing_ones_do()
    {
        bool Crosses(SyntheticCurves curves)
        {
            var (low, high) = (Follow(curves, Config(1e-3)), Follow(curves, Config(0.3)));
            return Loss(low[0]) > Loss(high[0]) != Loss(low[^1]) > Loss(high[^1]);
        }

        Assert.False(Crosses(SyntheticCurves.PowerLaw));
        Assert.True(Crosses(SyntheticCurves.Crossing));
    }

    [Fact]
    public void Noise_belongs_to_the_trial_and_the_report_and_has_its_deviation()
    {
        var curves = SyntheticCurves.Noisy with { MaxSteps = 4000 };
        var clean = Follow(curves with { Noise = 0 }, Config(0.01));
        var noise = Follow(curves, Config(0.01), 1).Select((p, i) => Loss(p) - Loss(clean[i])).ToList();

        Assert.Equal(noise, Follow(curves, Config(0.01), 1).Select((p, i) => Loss(p) - Loss(clean[i])));
        Assert.NotEqual(noise, Follow(curves, Config(0.01), 2).Select((p, i) => Loss(p) - Loss(clean[i])));

        // Four standard errors of mean and deviation.
        Assert.InRange(noise.Average(), -4 * 0.05 / Math.Sqrt(4000), 4 * 0.05 / Math.Sqrt(4000));
        Assert.InRange(Math.Sqrt(noise.Average(n => n * n)), 0.05 * (1 - (4 / Math.Sqrt(8000))), 0.05 * (1 + (4 / Math.Sqrt(8000))));
    }

    [Fact]
    public void Wide_models_cost_more_and_fixed_cost_is_one_step()
    {
        Assert.Equal(16, Follow(SyntheticCurves.Costly, Config(0.01))[0].Seconds / Follow(SyntheticCurves.Costly, Config(0.01, 8))[0].Seconds, 9);
        Assert.Single(Follow(SyntheticCurves.FixedCost, Config(0.01)));
        Assert.Equal(4, Follow(SyntheticCurves.TwoObjectives, Config(0.01))[0].Metrics.Number("latency")!.Value, 9);
    }

    [Fact]
    public void Progress_outlives_a_change_of_configuration()
    {
        var curves = SyntheticCurves.Crossing;
        var fast = Follow(curves, Config(1.0))[39].State;
        var changed = curves.Open(Config(Math.Pow(10, -2.5))).Next(fast, default)!.Value;

        // Fast to where the best rate alone would come much later, and then better than either.
        Assert.True(Loss(changed) < Loss(Follow(curves, Config(1.0))[^1]));
        Assert.True(Loss(changed) < Loss(Follow(curves, Config(Math.Pow(10, -2.5)))[40]));
    }
}
