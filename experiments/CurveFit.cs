using Tuning;
using Tuning.Training;

/// <summary>
/// A sample trainable: fits a polynomial to noisy points of a sine by stochastic gradient descent. It needs no environment and
/// ends in milliseconds, so that <c>quickstart.yaml</c> can show search spaces at work, and <c>curve-fit-two-objectives.yaml</c> a trade-off.
/// </summary>
internal static class CurveFit
{
    private const int Points = 200;

    /// <summary>The trainable as experiment files name it.</summary>
    public static TrainableDefinition Trainable { get; } =
        Tuning.Trainable.FromFunction<Config>("curve-fit", TrainAsync, checkpoints: true, new Objective("validation_loss", Mode.Min));

    private static async Task TrainAsync(TrialContext<Config> trial, CancellationToken cancel)
    {
        var (x, y) = Data(trial);
        var state = trial.Checkpoint?.ReadJson<State>("state.json") ?? new State(0, new double[trial.Config.Degree + 1], new double[trial.Config.Degree + 1]);
        while (true)
        {
            var epoch = state.Epoch + 1;
            for (var begin = 0; begin < Points; begin += trial.Config.BatchSize)
            {
                Step(trial.Config, state, x, y, begin, Math.Min(begin + trial.Config.BatchSize, Points));
            }

            state = state with { Epoch = epoch };
            await trial.ReportAsync(
                new()
                {
                    ["loss"] = Loss(state.Weights, x, y, 0, Points),
                    ["validation_loss"] = Loss(state.Weights, x, y, Points, 2 * Points),
                    ["operations"] = (double)epoch * OperationsPerEpoch(trial.Config),
                },
                save: directory => directory.WriteJson("state.json", state));
        }
    }

    // The first half is trained on, the second half is not; the same points for all trials of one experiment's configuration seed.
    private static (double[] X, double[] Y) Data(TrialContext<Config> trial)
    {
        var random = Tuning.Randomness.SeedPath.Of((ulong)trial.Config.DataSeed).Stream();
        var x = new double[2 * Points];
        var y = new double[2 * Points];
        for (var i = 0; i < x.Length; i++)
        {
            x[i] = (2 * random.NextDouble()) - 1;
            y[i] = Math.Sin(3 * x[i]) + (0.1 * random.NextGaussian());
        }

        return (x, y);
    }

    private static void Step(Config config, State state, double[] x, double[] y, int begin, int end)
    {
        Span<double> slope = stackalloc double[state.Weights.Length];
        Span<double> basis = stackalloc double[state.Weights.Length];
        for (var i = begin; i < end; i++)
        {
            var error = Predict(state.Weights, x[i], basis) - y[i];
            for (var k = 0; k < slope.Length; k++)
            {
                slope[k] += 2 * error * basis[k] / (end - begin);
            }
        }

        for (var k = 0; k < slope.Length; k++)
        {
            state.Speeds[k] = ((config.Optimizer == "momentum" ? config.Momentum : 0) * state.Speeds[k]) - (config.Lr * slope[k]);
            state.Weights[k] += state.Speeds[k];
        }
    }

    // Multiplications: the basis, the sum and the slope of every point, and the weights at every step. Another measure of what a trial costs than time, and
    // the same on every machine.
    private static int OperationsPerEpoch(Config config)
    {
        var (weights, steps) = (config.Degree + 1, (Points + config.BatchSize - 1) / config.BatchSize);
        var perPoint = (2 * Math.Max(0, weights - 2)) + weights + (3 * weights);
        return (Points * perPoint) + (steps * (config.Optimizer == "momentum" ? 2 : 1) * weights);
    }

    private static double Loss(double[] weights, double[] x, double[] y, int begin, int end)
    {
        Span<double> basis = stackalloc double[weights.Length];
        var sum = 0.0;
        for (var i = begin; i < end; i++)
        {
            var error = Predict(weights, x[i], basis) - y[i];
            sum += error * error;
        }

        return sum / (end - begin);
    }

    // Chebyshev's polynomials: T0 = 1, T1 = x, Tk = 2 x Tk-1 - Tk-2.
    private static double Predict(double[] weights, double x, Span<double> basis)
    {
        var sum = 0.0;
        for (var k = 0; k < weights.Length; k++)
        {
            basis[k] = k switch { 0 => 1, 1 => x, _ => (2 * x * basis[k - 1]) - basis[k - 2] };
            sum += weights[k] * basis[k];
        }

        return sum;
    }

    /// <summary>What an experiment file gives under <c>config</c>, in snake_case.</summary>
    internal sealed record Config
    {
        /// <summary>The degree of the polynomial.</summary>
        public int Degree { get; init; } = 3;

        /// <summary>The learning rate.</summary>
        public double Lr { get; init; } = 0.05;

        /// <summary><c>sgd</c> or <c>momentum</c>.</summary>
        public string Optimizer { get; init; } = "sgd";

        /// <summary>What remains of the last step; for <c>momentum</c> only.</summary>
        public double Momentum { get; init; }

        /// <summary>Points per step.</summary>
        public int BatchSize { get; init; } = 20;

        /// <summary>Which points are drawn.</summary>
        public long DataSeed { get; init; } = 1;
    }

    private sealed record State(int Epoch, double[] Weights, double[] Speeds);
}
