using static Benchmarks.Problems.Dimension;

namespace Benchmarks.Problems;

/// <summary>The problems of the reference table.</summary>
internal static class ReferenceProblems
{
    private static readonly double[] Alpha = [1.0, 1.2, 3.0, 3.2];

    private static readonly double[][] A =
    [
        [10, 3, 17, 3.5, 1.7, 8],
        [0.05, 10, 17, 0.1, 8, 14],
        [3, 3.5, 1.7, 10, 17, 8],
        [17, 8, 0.05, 10, 0.1, 14],
    ];

    private static readonly double[][] P =
    [
        [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
        [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
        [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650],
        [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
    ];

    private static readonly double[] HartmannBest = [0.20169, 0.150011, 0.476874, 0.275332, 0.311652, 0.6573];

    public static Problem Branin { get; } = new("branin", [Real("x0", -5, 10, Math.PI), Real("x1", 0, 15, 2.275)], 0.39788735772973816, p =>
    {
        var (x, y) = (p["x0"], p["x1"]);
        var a = y - (5.1 / (4 * Math.PI * Math.PI) * x * x) + (5 / Math.PI * x) - 6;
        return (a * a) + (10 * (1 - (1 / (8 * Math.PI))) * Math.Cos(x)) + 10;
    });

    public static Problem Hartmann { get; } = Hartmann6("hartmann6");

    public static Problem Rosenbrock { get; } = new("rosenbrock5", Cube(5, -2, 2, _ => 1), 0, p =>
    {
        var (x, sum) = (p.Vector(5), 0.0);
        for (var i = 0; i < 4; i++)
        {
            sum += (100 * Square(x[i + 1] - (x[i] * x[i]))) + Square(1 - x[i]);
        }

        return sum;
    });

    public static Problem Rastrigin { get; } = new("rastrigin5", Cube(5, -5, 5, i => 5 * Shifts.S[i]), 0, p =>
    {
        var (x, sum) = (p.Vector(5), 50.0);
        for (var i = 0; i < 5; i++)
        {
            var z = x[i] - (5 * Shifts.S[i]);
            sum += (z * z) - (10 * Math.Cos(2 * Math.PI * z));
        }

        return sum;
    });

    public static Problem Ackley { get; } = Ackley10("ackley10");

    public static Problem Ellipsoid { get; } = new("ellipsoid20", Cube(20, -5, 5, i => 8 * Shifts.S[i]), 0, p =>
    {
        var (x, sum) = (p.Vector(20), 0.0);
        for (var i = 0; i < 20; i++)
        {
            sum += Math.Pow(1e4, i / 19.0) * Square(x[i] - (8 * Shifts.S[i]));
        }

        return sum;
    });

    public static Problem Mixed { get; } = Mixed7("mixed7");

    public static Problem Conditional { get; } = new("conditional",
    [
        Category("alg", "nn", "rf", "svm"),
        Log("c", 1e-3, 1e3) with { When = "{alg} == \"svm\"" },
        Log("g", 1e-4, 10) with { When = "{alg} == \"svm\"" },
        Whole("depth", 1, 32) with { When = "{alg} == \"rf\"" },
        Whole("n", 10, 500) with { When = "{alg} == \"rf\"" },
        Whole("layers", 1, 4) with { When = "{alg} == \"nn\"", IsFixed = true },
        .. Enumerable.Range(1, 4).Select(i => Real("u" + i, 0, 1, 0.3 + (0.1 * i)) with { When = $"{{alg}} == \"nn\" and {{layers}} >= {i}" }),
        Log("lr", 1e-5, 1, 1e-3) with { When = "{alg} == \"nn\"" },
    ], 0.1, p => p["alg"] switch
    {
        2 => 0.3 + (0.05 * Square(Math.Log10(p["c"]) - 1)) + (0.05 * Square(Math.Log10(p["g"]) + 2)),
        1 => 0.25 + (0.002 * Square(p["depth"] - 12)) + (0.1 * Math.Abs(p["n"] - 300) / 500),
        _ => 0.1 + (0.1 * Square(Math.Log10(p["lr"]) + 3)) + (0.05 * Square(p["layers"] - 3))
            + (0.03 * Enumerable.Range(1, (int)p["layers"]).Sum(i => Square(p["u" + i] - 0.3 - (0.1 * i)))),
    });

    /// <summary>Hartmann6 whose values are told with noise of 0.3.</summary>
    public static Problem NoisyHartmann { get; } = Hartmann6("hartmann6-noise", sigma: 0.3, mostTrials: 100);

    /// <summary>Ten trials at once that end in random order.</summary>
    public static IReadOnlyList<Problem> Asynchronous { get; } =
        [Hartmann6("hartmann6-w10", parallelism: 10, mostTrials: 100), Ackley10("ackley10-w10", 10, 100), Mixed7("mixed7-w10", 10, 100)];

    /// <summary>Those of the table, one trial after the other and without noise.</summary>
    public static IReadOnlyList<Problem> Sequential { get; } = [Branin, Hartmann, Rosenbrock, Rastrigin, Ackley, Ellipsoid, Mixed, Conditional];

    private static Problem Hartmann6(string name, double sigma = 0, int parallelism = 1, int mostTrials = 300) =>
        new(name, Cube(6, 0, 1, i => HartmannBest[i]), -3.32236801141551, p =>
    {
        var (x, sum) = (p.Vector(6), 0.0);
        for (var i = 0; i < 4; i++)
        {
            var exponent = 0.0;
            for (var j = 0; j < 6; j++)
            {
                exponent += A[i][j] * Square(x[j] - P[i][j]);
            }

            sum -= Alpha[i] * Math.Exp(-exponent);
        }

        return sum;
    })
        {
            Noise = sigma > 0 ? _ => sigma : null,
            Parallelism = parallelism,
            MostTrials = mostTrials,
        };

    private static Problem Ackley10(string name, int parallelism = 1, int mostTrials = 300) => new(name, Cube(10, -15, 30, i => 10 * Shifts.S[i]), 0, p =>
    {
        var (x, squares, waves) = (p.Vector(10), 0.0, 0.0);
        for (var i = 0; i < 10; i++)
        {
            var z = x[i] - (10 * Shifts.S[i]);
            squares += z * z;
            waves += Math.Cos(2 * Math.PI * z);
        }

        return (-20 * Math.Exp(-0.2 * Math.Sqrt(squares / 10))) - Math.Exp(waves / 10) + 20 + Math.E;
    })
    {
        Parallelism = parallelism,
        MostTrials = mostTrials,
    };

    private static Problem Mixed7(string name, int parallelism = 1, int mostTrials = 300)
    {
        double[] l = [-2.5, -3.2, -1.5, -4], a = [0, 0.1, 0.8, 1.2], b = [0.4, 0, 0.2];
        return new(name,
        [
            Log("lr", 1e-5, 1, Math.Pow(10, -2.5)), Log("wd", 1e-6, 0.1, Math.Pow(10, -4.5)), Real("m", 0, 1, 0.9), Whole("n", 1, 12, 6),
            LogWhole("b", 8, 256, 32), Category("o", "a", "b", "c", "d"), Category("k", 0L, 1L, 2L),
        ], 0, p =>
        {
            var (o, k) = ((int)p["o"], (int)p["k"]);
            return Square(Math.Log10(p["lr"]) - l[o]) + (0.3 * Square(Math.Log10(p["wd"]) + 4 + (0.5 * k))) + (2 * Square(p["m"] - 0.9))
                + (0.05 * Square(p["n"] - 5 - k)) + (0.1 * Square(Math.Log2(p["b"]) - 5)) + a[o] + b[k];
        })
        {
            Parallelism = parallelism,
            MostTrials = mostTrials,
        };
    }

    private static double Square(double x) => x * x;
}
