using Tuning.Randomness;
using Tuning.Search.CmaEs;
using Tuning.Search.Numerics;

namespace Tuning.Tests.Search.CmaEs;

/// <summary>The distribution by itself, without bounds.</summary>
public sealed class CmaDistributionTests
{
    private static double Sphere(double[] x) => x.Sum(v => v * v);

    private static double Ellipsoid(double[] x) => x.Select((v, i) => Math.Pow(1e6, (double)i / (x.Length - 1)) * v * v).Sum();

    // Hansen and Ostermeier ("Completely derandomized self-adaptation in evolution strategies", 2001) and Hansen's tutorial need about
    // 1,800 evaluations on the sphere and 6,000 on the ellipsoid in 10 dimensions for values of 1e-10 from 1, without the active update.
    [Fact]
    public void Sphere_and_ellipsoid_take_as_many_evaluations_as_published()
    {
        Assert.InRange(Median(seed => Evaluations(Sphere, 10, 1e-10, seed)), 1_000, 2_000);
        Assert.InRange(Median(seed => Evaluations(Ellipsoid, 10, 1e-10, seed)), 2_500, 6_600);
    }

    [Fact]
    public void A_turned_ellipsoid_takes_no_longer()
    {
        var turned = Median(seed => Evaluations(Turned, 10, 1e-10, seed));

        Assert.InRange(turned, 2_500, 6_600);

        static double Turned(double[] x)
        {
            // Householder's reflection at (1, 2, … n): no axis stays where it was.
            var (n, length) = (x.Length, Enumerable.Range(1, x.Length).Sum(i => (double)i * i));
            var along = x.Select((v, i) => v * (i + 1)).Sum() * 2 / length;
            return Ellipsoid([.. x.Select((v, i) => v - (along * (i + 1)))]);
        }
    }

    [Fact]
    public void Only_the_order_of_values_and_no_shift_matters()
    {
        var (plain, monotone, shifted) = (Trace(Sphere, 0), Trace(x => Math.Log(1 + Sphere(x)) - 7, 0), Trace(x => Sphere([.. x.Select(v => v - 3)]), 3));

        Assert.Equal(plain, monotone);
        Assert.All(plain.Zip(shifted), p => Assert.Equal(p.First, p.Second - 3, 1e-9));
    }

    [Fact]
    public void A_point_from_afar_is_clipped()
    {
        var distribution = new CmaDistribution(new(4, 8), [0, 0, 0, 0], 1, false, null);
        var points = new double[32];
        points[0] = 1e6;
        distribution.Update(points);

        Assert.InRange(distribution.Mean[0], 0.1, Math.Sqrt(4) + (8.0 / 6));
    }

    [Fact]
    public void Adapted_learning_rates_get_nearer_to_the_optimum_under_noise()
    {
        // The mean after 6,000 evaluations of a sphere whose noise is as strong as values 1 from the optimum: 5 seeds each.
        var (plain, adapted) = (Median(seed => Noisy(false, seed)), Median(seed => Noisy(true, seed)));

        Assert.True(adapted < 0.5 * plain, $"{adapted} and {plain}");

        static double Noisy(bool adapts, ulong seed)
        {
            var noise = new RandomStream(seed + 100);
            var distribution = Run(x => Sphere(x) + noise.NextGaussian(), 5, 2, adapts, seed, 6_000, _ => false, out _);
            return Sphere(distribution.Mean[..5]);
        }
    }

    private static double Evaluations(Func<double[], double> function, int n, double target, ulong seed)
    {
        Run(function, n, 1.0 / Math.Sqrt(n), false, seed, 50_000, f => f < target, out var evaluations);
        return evaluations;
    }

    private static List<double> Trace(Func<double[], double> function, double shift)
    {
        var seen = new List<double>();
        Run(
            x =>
            {
                seen.AddRange(x);
                return function(x);
            },
            3,
            0.5,
            false,
            1,
            150,
            _ => false,
            out _,
            1 + shift);
        return seen;
    }

    private static CmaDistribution Run(Func<double[], double> function, int n, double step, bool adapts, ulong seed, int most, Func<double, bool> isEnd,
        out int evaluations, double start = 1)
    {
        var population = CmaParameters.DefaultPopulation(n);
        var mean = Enumerable.Repeat(start, n).ToArray();
        var distribution = new CmaDistribution(new(n, population), mean, step, adapts, null);
        var random = new RandomStream(seed);
        for (evaluations = 0; evaluations < most;)
        {
            var points = new List<(double Value, double[] X)>();
            for (var k = 0; k < population; k++)
            {
                var (normal, x) = (new double[Vector512Math.Padded(n)], new double[n]);
                for (var i = 0; i < n; i++)
                {
                    normal[i] = random.NextGaussian();
                }

                distribution.Sample(normal, x);
                points.Add((function(x), x));
                evaluations++;
                if (isEnd(points[^1].Value))
                {
                    return distribution;
                }
            }

            distribution.Update([.. points.OrderBy(p => p.Value).SelectMany(p => p.X)]);
        }

        return distribution;
    }

    private static double Median(Func<ulong, double> run) => Enumerable.Range(1, 5).Select(i => run((ulong)i)).Order().ElementAt(2);
}
