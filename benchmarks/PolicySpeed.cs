using System.Globalization;
using System.Runtime.Intrinsics;
using Tuning;

namespace Benchmarks;

/// <summary>
/// What <c>Policy.ComputeActions</c> takes on one thread, for one observation and for 256: <c>dotnet run --project benchmarks -c Release -- policy</c>.
/// Networks of 64×64 with tanh. The share of the peak counts the multiply-adds of the layers only.
/// </summary>
internal static class PolicySpeed
{
    private const int Batch = 256;
    private const int Rounds = 400;

    public static int Run(string[] args)
    {
        var width = Measure.Option(args, "--width", 64);
        Console.WriteLine(Measure.Machine);
        var peak = Kernels.Peak(1);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"multiply-add peak of one core: {peak:F1} GFLOP/s. Networks {width}×{width}, tanh, one thread; the best and the median of {Rounds} rounds."));
        Console.WriteLine($"{"",-34}{"1 observation",28}{"256 observations",34}");
        var limits = Vector512.IsHardwareAccelerated ? (One: 1e-6, Many: 30e-6) : (One: 2e-6, Many: 60e-6);
        var reached = true;
        foreach (var (env, filter) in new[] { ("Pendulum-v1", ObservationFilter.NoFilter), ("Pendulum-v1", ObservationFilter.MeanStdFilter),
            ("CartPole-v1", ObservationFilter.NoFilter) })
        {
            using var algorithm = new PpoConfig().Environment(env).EnvRunners(observationFilter: filter)
                .Training(trainBatchSize: 256, minibatchSize: 64, numEpochs: 1).Model(fcnetHiddens: [width, width]).Debugging(seed: 1).Build(threads: 1);
            algorithm.Train();
            var policy = algorithm.GetPolicy();
            var flop = 2.0 * ((policy.ObservationSize * width) + (width * width) + (width * policy.Module.ActionDistribution.InputSize));
            var observations = new float[Batch * policy.ObservationSize];
            var actions = new float[Batch * policy.ActionSize];
            for (var i = 0; i < observations.Length; i++)
            {
                observations[i] = MathF.Sin(i);
            }

            var one = Seconds(() => policy.ComputeSingleAction(observations.AsSpan(0, policy.ObservationSize), actions.AsSpan(0, policy.ActionSize)), 1000);
            var many = Seconds(() => policy.ComputeActions(observations, Batch, actions), 20);
            Console.WriteLine($"{env + ", " + filter,-34}{Text(one, flop / peak / 1e9),28}{Text(many, Batch * flop / peak / 1e9),34}");
            reached &= width != 64 || (one.Best <= limits.One && many.Best <= limits.Many);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"to reach with 64×64: {limits.One * 1e6:F0} µs and {limits.Many * 1e6:F0} µs: {(reached ? "reached" : "missed")}"));
        return reached ? 0 : 1;
    }

    private static string Text((double Best, double Median) seconds, double ideal) =>
        string.Create(CultureInfo.InvariantCulture, $"{seconds.Best * 1e6:F2} / {seconds.Median * 1e6:F2} µs ({ideal / seconds.Best:P0} of peak)");

    private static (double Best, double Median) Seconds(Action action, int calls)
    {
        var all = new double[Rounds];
        for (var i = 0; i < Rounds; i++)
        {
            all[i] = Kernels.Best(action, calls, 1);
        }

        Array.Sort(all);
        return (all[0], all[Rounds / 2]);
    }
}
