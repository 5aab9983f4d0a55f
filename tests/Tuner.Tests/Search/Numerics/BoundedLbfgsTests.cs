using Tuning.Search.Numerics;

namespace Tuning.Tests.Search.Numerics;

public sealed class BoundedLbfgsTests
{
    [Fact]
    public void Rosenbrocks_valley_is_followed_to_its_end()
    {
        var search = Minimise(Rosenbrock, [-1.2, 1, -0.5, 0.8], -5, 5);

        Assert.All(search.Best.ToArray(), x => Assert.Equal(1, x, 1e-4));
    }

    [Fact]
    public void Minimum_outside_is_found_on_the_border()
    {
        // (x − 3)² + (y + x)² within [−1, 1]: x at its bound, y = −1 beside it.
        var search = Minimise(
            (x, g) =>
            {
                (g[0], g[1]) = ((2 * (x[0] - 3)) + (2 * (x[0] + x[1])), 2 * (x[0] + x[1]));
                return Math.Pow(x[0] - 3, 2) + Math.Pow(x[0] + x[1], 2);
            },
            [0, 0.5], -1, 1);

        Assert.Equal([1, -1], search.Best.ToArray().Select(x => Math.Round(x, 6)));
    }

    [Fact]
    public void Steps_into_undefined_regions_are_taken_back()
    {
        var search = Minimise(
            (x, g) =>
            {
                g[0] = 1 - (1 / x[0]);
                return x[0] < 0.3 ? double.NaN : x[0] - Math.Log(x[0]);
            },
            [8], -10, 10);

        Assert.Equal(1, search.Best[0], 1e-4);
    }

    [Fact]
    public void Start_without_a_value_ends_at_once()
    {
        var search = Minimise((_, _) => double.NaN, [0.5], 0, 1);

        Assert.Equal(0.5, search.Best[0]);
    }

    private static BoundedLbfgs Minimise(Objective objective, double[] start, double lower, double upper)
    {
        var search = new BoundedLbfgs(start.Length, 200, 1e-7);
        search.Start(start, [.. start.Select(_ => lower)], [.. start.Select(_ => upper)]);
        var gradient = new double[start.Length];
        for (var evaluations = 0; !search.IsDone; evaluations++)
        {
            Assert.True(evaluations < 2000);
            Assert.All(search.Point.ToArray(), x => Assert.InRange(x, lower, upper));
            search.Tell(objective(search.Point, gradient), gradient);
        }

        return search;
    }

    private static double Rosenbrock(ReadOnlySpan<double> x, Span<double> g)
    {
        g.Clear();
        var sum = 0.0;
        for (var i = 0; i + 1 < x.Length; i++)
        {
            var (a, b) = (1 - x[i], x[i + 1] - (x[i] * x[i]));
            sum += (a * a) + (100 * b * b);
            g[i] += (-2 * a) - (400 * x[i] * b);
            g[i + 1] += 200 * b;
        }

        return sum;
    }

    private delegate double Objective(ReadOnlySpan<double> x, Span<double> gradient);
}
