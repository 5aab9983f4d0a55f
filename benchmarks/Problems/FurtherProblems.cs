using static Benchmarks.Problems.Dimension;

namespace Benchmarks.Problems;

/// <summary>Problems of other kinds than those of the reference table: plateaus, many categories, valleys, constraints, noise.</summary>
internal static class FurtherProblems
{
    public static Problem Levy { get; } = new("levy8", Cube(8, -10, 10, _ => 1), 0, p =>
    {
        var w = p.Vector(8).Select(x => 1 + ((x - 1) / 4)).ToArray();
        var sum = Square(Math.Sin(Math.PI * w[0])) + (Square(w[7] - 1) * (1 + Square(Math.Sin(2 * Math.PI * w[7]))));
        for (var i = 0; i < 7; i++)
        {
            sum += Square(w[i] - 1) * (1 + (10 * Square(Math.Sin((Math.PI * w[i]) + 1))));
        }

        return sum;
    });

    public static Problem StyblinskiTang { get; } = new("styblinski6", Cube(6, -5, 5, _ => -2.903534), -39.16616570377142 * 6, p =>
        p.Vector(6).Sum(x => 0.5 * ((x * x * x * x) - (16 * x * x) + (5 * x))));

    public static Problem Griewank { get; } = new("griewank6", Cube(6, -100, 100, i => 100 * Shifts.S[i]), 0, p =>
    {
        var (x, sum, product) = (p.Vector(6), 1.0, 1.0);
        for (var i = 0; i < 6; i++)
        {
            var z = x[i] - (100 * Shifts.S[i]);
            sum += z * z / 4000;
            product *= Math.Cos(z / Math.Sqrt(i + 1));
        }

        return sum - product;
    });

    /// <summary>Steps without a slope, over whole and real numbers.</summary>
    public static Problem Plateaus { get; } = new("plateaus6",
    [
        Whole("a", -20, 20, 7), Whole("b", 0, 60, 41), LogWhole("c", 1, 1000, 90), Real("x", -5, 5, 2.2), Real("y", -5, 5, -1.7), Real("z", 0, 10, 6.3),
    ], 0, p =>
    {
        double[] distances = [Math.Abs(p["a"] - 7) / 4, Math.Abs(p["b"] - 41) / 6, 2 * Math.Abs(Math.Log10(p["c"] / 90)), Math.Abs(p["x"] - 2.2),
            Math.Abs(p["y"] + 1.7), Math.Abs(p["z"] - 6.3)];
        return distances.Sum(Math.Floor) + (0.5 * Math.Floor(distances.Max()));
    });

    /// <summary>Ten choices of three, in pairs that matter together.</summary>
    public static Problem Categories { get; } = CategoryTable.Problem("categories10", 10, 3);

    /// <summary>A narrow bent valley: the product of two parameters matters, on a logarithmic scale.</summary>
    public static Problem Valley { get; } =
        new("valley4", [Log("lr", 1e-6, 1, 1e-2), Log("decay", 1e-8, 1, 1e-4), Log("eps", 1e-10, 1e-1, 1e-6), Real("warmup", 0, 1, 0.3)], 0, p =>
    {
        var (lr, decay, eps) = (Math.Log10(p["lr"]) + 2, Math.Log10(p["decay"]) + 4, Math.Log10(p["eps"]) + 6);
        return (20 * Square(lr + decay + (0.15 * lr * lr))) + (0.1 * lr * lr) + (0.02 * eps * eps) + Square(p["warmup"] - 0.3 - (0.05 * lr));
    });

    /// <summary>Numbers and categories whose meaning hangs on each other, and parameters that are there only at times.</summary>
    public static Problem Pipeline { get; } = new("pipeline",
    [
        Category("optimizer", "adam", "rmsprop", "sgd"), Log("lr", 1e-6, 1, 1e-3),
        Real("momentum", 0, 0.99) with { When = "{optimizer} == \"sgd\"" }, Log("beta", 1e-4, 0.3, 1e-2) with { When = "{optimizer} == \"adam\"" },
        Category("schedule", "cosine", "none", "steps"), Whole("period", 5, 100) with { When = "{schedule} == \"steps\"" },
        Whole("layers", 1, 8, 4), LogWhole("units", 16, 1024, 128), Real("dropout", 0, 0.8, 0.2),
    ], 0, p =>
    {
        var (lr, units) = (Math.Log10(p["lr"]), Math.Log2(p["units"]));
        var optimizer = p["optimizer"] switch
        {
            0 => (0.2 * Square(lr + 3)) + (0.1 * Square(Math.Log10(p["beta"]) + 2)),
            1 => 0.15 + (0.3 * Square(lr + 3.5)),
            _ => 0.05 + (0.25 * Square(lr + 1 + (2 * p["momentum"]))) + (0.5 * Square(p["momentum"] - 0.8)),
        };
        var schedule = p["schedule"] switch { 0 => 0.0, 1 => 0.2, _ => 0.05 + (0.3 * Square((p["period"] - 40) / 50)) };
        return optimizer + schedule + (0.02 * Square(p["layers"] - 4)) + (0.05 * Square(units - 9 + (0.5 * p["layers"])))
            + (0.6 * Square(p["dropout"] - 0.2 - (0.05 * (units - 7))));
    });

    /// <summary>A network under a limit on its size.</summary>
    public static Problem Limited { get; } =
        new("limited", [Whole("layers", 1, 12), LogWhole("units", 8, 1024), Log("lr", 1e-5, 1, 1e-3), Real("dropout", 0, 0.9, 0.1)], LimitedBest, p =>
        Network(p["layers"], p["units"]) + (0.2 * Square(Math.Log10(p["lr"]) + 2 + (0.25 * Math.Log2(p["layers"])))) + Square(p["dropout"] - 0.1))
        {
            Constraints = ["{layers} * {units} <= 1024"],
        };

    /// <summary>Validation error as of a network in training: diverges beyond a learning rate, and its noise grows with the error.</summary>
    public static Problem NoisyTraining { get; } = new("training-noise",
    [
        Log("lr", 1e-5, 1, 0.02), Log("wd", 1e-6, 0.1, 1e-4), LogWhole("batch", 16, 1024, 64), Real("dropout", 0, 0.7, 0.15),
            Category("activation", "gelu", "relu", "tanh"),
    ], 0, p =>
    {
        var (lr, batch) = (Math.Log10(p["lr"]), Math.Log2(p["batch"]));
        var activation = (int)p["activation"];
        var edge = -1.2 + (0.15 * (batch - 6)) - (0.3 * activation);
        if (lr > edge + 0.6)
        {
            return 0.8;
        }

        var error = (0.05 * Square(lr + 1.7 - (0.15 * (batch - 6)) + (0.2 * activation))) + (0.01 * Square(Math.Log10(p["wd"]) + 4))
            + (0.2 * Square(p["dropout"] - 0.15)) + (0.004 * Square(batch - 6)) + (0.03 * activation);
        return Math.Min(0.8, error);
    })
    {
        Noise = regret => 0.01 + (0.1 * regret),
        MostTrials = 100,
    };

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Problem> All { get; } =
        [Levy, StyblinskiTang, Griewank, Plateaus, Categories, Valley, Pipeline, Limited, KernelRidge.Problem, NoisyTraining];

    // The best network within the limit; everything else can be had at its best.
    private static double LimitedBest =>
        Enumerable.Range(1, 12).SelectMany(l => Enumerable.Range(8, 1017).Where(u => l * u <= 1024).Select(u => Network(l, u))).Min();

    private static double Network(double layers, double units) => (1 / (1 + (0.5 * layers))) + (0.3 * Square(Math.Log2(units / 256)) / 4);

    private static double Square(double x) => x * x;
}
