using Tuning;
using Tuning.Distributions;
using Tuning.Environments;
using Tuning.Learning;
using Tuning.Modules;
using Tuning.Networks;
using Tuning.Numerics;
using Tuning.Randomness;
using Tuning.Runners;

namespace Benchmarks;

/// <summary>What the pieces of an iteration take by themselves on one thread: 4 environments × 1,024 steps, then 640 minibatches of 64.</summary>
internal static class PpoPieces
{
    private const int Steps = 1024;
    private const int Environments = 4;
    private const int Minibatch = 64;
    private const int Minibatches = 10 * Steps * Environments / Minibatch;

    public static void Print(int width)
    {
        using var group = new EnvRunnerGroup(new EnvRunnerOptions
        {
            Environment = EnvironmentRegistry.Get("Pendulum-v1"),
            NumEnvRunners = 1,
            NumEnvsPerEnvRunner = Environments,
            StepsPerEnvironment = Steps,
            Seed = SeedPath.Of(1)
        });
        var module = new DefaultPpoModule(new(3, group.Policies[0].ActionDistribution, new() { HiddenLayers = [width, width] }), new RandomStream(1));
        Console.WriteLine();
        Console.WriteLine($"pieces of an iteration of 4,096 steps on one thread, networks {width}×{width}, the best of many:");
        RlModule[] modules = [module];
        var batch = group.Sample(modules)[0];
        var total = Line("rollout", Kernels.Best(() => group.Sample(modules), 1, 100));
        var options = new PpoOptions { MinibatchSize = Minibatch, Epochs = 10, LearningRate = 1e-3, Gamma = 0.9, Lambda = 0.95 };
        var workspace = module.CreateWorkspace(64);
        var values = new float[batch[0].Rows + Environments];
        total += Line("values", Kernels.Best(() => module.ComputeValues(batch[0].AllObservations, values.Length, values, workspace), 1, 100));
        var rows = new PpoRows();
        rows.Resize(batch[0].Rows, 3, 1, 2);
        total += Line("advantages", Kernels.Best(() => Advantages(batch[0], rows, values, options), 1, 100));
        var order = Enumerable.Range(0, rows.Count).ToArray();
        var random = new RandomStream(3);
        total += Line("shuffling", 10 * Kernels.Best(() => random.Shuffle(order.AsSpan()), 1, 100));
        total += Network("policy", module.Policy, group.Policies[0].ActionDistribution, false, rows, order);
        total += Network("value", module.Value, null, true, rows, order);
        Console.WriteLine(FormattableString.Invariant($"  {"together",-28}{total * 1e3,8:F2} ms: {Steps * Environments / total:F0} steps/s on one core"));
    }

    private static double Network(string name, DenseNetwork network, ActionDistribution? policy, bool value, PpoRows rows, int[] order)
    {
        var block = new MinibatchBlock(network, policy, 0, value, Minibatch);
        var (transposed, passes) = (new TransposedWeights(network), block.Passes);
        var settings = new LossSettings(new(0.3f, 0.2f, 0, 1f / Minibatch), 1, 10_000, 0, 1);
        transposed.Refresh();
        var (moment1, moment2) = (new FloatBuffer(network.BlockLength), new FloatBuffer(network.BlockLength));
        var at = 0;
        var total = Line($"{name}: gathering rows", Minibatches * Kernels.Best(() =>
        {
            block.Gather(rows, order.AsSpan(at, Minibatch), settings);
            at = (at + Minibatch) % order.Length;
        }));
        total += Line($"{name}: forward", Minibatches * Kernels.Best(() => passes.Forward(Minibatch)));
        total += Line($"{name}: loss", Minibatches * Kernels.Best(() => block.Loss(Minibatch, settings)));
        total += Line($"{name}: backward", Minibatches * Kernels.Best(() => passes.Backward(Minibatch, transposed)));
        total += Line($"{name}: norm of the gradient",
            Minibatches * Kernels.Best(() => Tuning.Numerics.Kernels.SumOfSquares(block.Gradient.Floats, network.BlockLength)));
        total += Line($"{name}: Adam", Minibatches * Kernels.Best(() => Tuning.Numerics.Kernels.Adam(network.Parameters, moment1.Floats, moment2.Floats,
            block.Gradient.Floats, network.BlockLength, AdamStep.Of(1000, 1e-9, 0.9, 0.999, 1e-8, 1))));
        total += Line($"{name}: transposing weights", Minibatches * Kernels.Best(transposed.Refresh));
        return total;
    }

    private static void Advantages(RolloutBuffer buffer, PpoRows rows, float[] values, PpoOptions options)
    {
        var final = new float[Math.Max(1, buffer.FinalCount)];
        for (var i = 0; i < Environments; i++)
        {
            rows.Copy(buffer, i, i * Steps);
            AdvantageEstimator.Compute(buffer, i, values, final, (float)options.Gamma, (float)options.Lambda, rows.Advantages.AsSpan(i * Steps, Steps),
                rows.Targets.AsSpan(i * Steps, Steps));
        }

        rows.Statistics();
    }

    private static double Line(string what, double seconds)
    {
        Console.WriteLine(FormattableString.Invariant($"  {what,-28}{seconds * 1e3,8:F2} ms"));
        return seconds;
    }
}
