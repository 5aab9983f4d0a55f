using Tuning;
using Tuning.Runners;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Tuning.Distributions;
using Tuning.Learning;
using Tuning.Modules;
using Tuning.Numerics;
using Tuning.Randomness;

namespace Benchmarks;

/// <summary>The speed of the managed backend's kernels and of PPO's gradient step: <c>dotnet run --project benchmarks -c Release -- kernels</c>.</summary>
internal static unsafe class Kernels
{
    private const int Rows = 64;
    private const int Width = 64;

    public static int Run(string[] args)
    {
        var cores = Environment.ProcessorCount;
        Console.WriteLine($"{cores} cores, 512-bit vectors {(Vector512.IsHardwareAccelerated ? "yes" : "no")}");
        var peak = Peak(1);
        var peakAll = Peak(cores);
        Console.WriteLine($"multiply-add peak              {peak,8:F1} GFLOP/s on one core, {peakAll:F1} on {cores}");

        using var one = new Matrices();
        const double product = 2.0 * Rows * Width * Width;
        Report("forward  64x64 · 64x64         ", product / Best(() => one.Forward()) / 1e9, peak);
        Report("backward by inputs             ", product / Best(() => one.ByInputs()) / 1e9, peak);
        Report("backward by weights            ", product / Best(() => one.ByWeights()) / 1e9, peak);
        Report($"forward on {cores} cores             ", cores * product / Together(cores) / 1e9, peakAll);
        Console.WriteLine($"tanh of 64x64                  {Best(() => one.Tanh()) * 1e6,8:F2} µs");
        Console.WriteLine($"Adam, 4,481 parameters         {Best(() => one.Adam()) * 1e6,8:F2} µs");

        // 3 → 64 → 64 → 2 and 3 → 64 → 64 → 1: forward, both products backward but the first layer's by its inputs.
        const double macs = (2 * ((3 * 64) + (64 * 64))) + (64 * 64) + (3 * 64);
        const double flop = Rows * 2.0 * ((2 * macs) + (3 * 64));
        for (var threads = 1; threads <= Math.Min(2, cores); threads++)
        {
            var seconds = MinibatchSeconds(threads);
            Console.WriteLine($"minibatch of 64, both networks {seconds * 1e6,8:F2} µs on {threads} thread{(threads > 1 ? "s" : " ")}, " +
                $"{flop / seconds / 1e9,6:F1} GFLOP/s, {flop / seconds / 1e9 / (threads == 1 ? peak : peakAll),4:P0} of peak " +
                $"({4096 / (seconds * 640 * 1e3),5:F0} thousand steps/s in training alone)");
        }

        return 0;
    }

    private static void Report(string what, double gigaflops, double peak) =>
        Console.WriteLine($"{what}{gigaflops,8:F1} GFLOP/s, {gigaflops / peak:P0} of peak");

    private static double MinibatchSeconds(int threads)
    {
        var module = new DefaultPpoModule(new(3, ActionDistribution.DiagonalGaussian(1), new() { HiddenLayers = [64, 64] }), new RandomStream(1));
        using var learner = module.CreatePpoLearner(new() { MinibatchSize = 64, Epochs = 10, LearningRate = 1e-3, Gamma = 0.9, Lambda = 0.95 },
            new RandomStream(2), threads);
        var buffer = new RolloutBuffer(1024, 4, 3, 1, 2);
        var random = new RandomStream(3);
        var workspace = module.CreateWorkspace(4);
        for (var t = 0; t <= 1024; t++)
        {
            foreach (ref var x in buffer.Observations(t))
            {
                x = (random.NextSingle() * 2) - 1;
            }

            if (t < 1024)
            {
                module.ForwardExploration(buffer.Observations(t), 4, buffer.ActionDistributionInputs(t), workspace);
                module.ActionDistribution.Sample(buffer.ActionDistributionInputs(t), 4, random, buffer.Actions(t));
                foreach (ref var reward in buffer.Rewards(t))
                {
                    reward = random.NextSingle();
                }
            }
        }

        RolloutBuffer[] batch = [buffer];
        var best = double.MaxValue;
        for (var i = 0; i < 100; i++)
        {
            var start = Stopwatch.GetTimestamp();
            var metrics = learner.Update(batch, 4096L * (i + 1));
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds / metrics.GradientSteps);
        }

        return best;
    }

    private static double Together(int cores)
    {
        using var team = new ThreadTeam(cores, "benchmark");
        var matrices = Enumerable.Range(0, cores).Select(_ => new Matrices()).ToArray();
        const int calls = 50;
        return Best(() => team.Run(thread =>
        {
            for (var i = 0; i < calls; i++)
            {
                matrices[thread].Forward();
            }
        }), 10) / calls;
    }

    /// <summary>The shortest of many short measurements: what the machine does when nothing else disturbs it.</summary>
    internal static double Best(Action action, int calls = 100, int rounds = 400)
    {
        var best = double.MaxValue;
        for (var round = 0; round < rounds; round++)
        {
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < calls; i++)
            {
                action();
            }

            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds / calls);
        }

        return best;
    }

    /// <summary>Multiply-adds in registers by so many threads, in GFLOP/s: what no kernel can exceed.</summary>
    internal static double Peak(int threads)
    {
        using var team = new ThreadTeam(threads, "peak");
        const int loops = 100_000;
        if (!Vector512.IsHardwareAccelerated)
        {
            // Twelve chains of 512 bits do not fit into sixteen registers of 256.
            return threads * loops * 12.0 * 16 / Best(() => team.Run(_ => NarrowChains(loops)), 3) / 1e9;
        }

        var seconds = Best(() => team.Run(_ => Chains(loops)), 3);
        return threads * loops * 12.0 * 32 / seconds / 1e9;
    }

    // Inlined, it would lose the chains: nobody reads their sum.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Chains(int loops)
    {
        var (x, y) = (Vector512.Create(0.999f), Vector512.Create(1e-3f));

        // Twelve different chains.
        Vector512<float> a = x, b = a + y, c = b + y, d = c + y, e = d + y, f = e + y, g = f + y, h = g + y, i = h + y, j = i + y, k = j + y, l = k + y;
        for (var n = 0; n < loops; n++)
        {
            a = Vector512.FusedMultiplyAdd(a, x, y);
            b = Vector512.FusedMultiplyAdd(b, x, y);
            c = Vector512.FusedMultiplyAdd(c, x, y);
            d = Vector512.FusedMultiplyAdd(d, x, y);
            e = Vector512.FusedMultiplyAdd(e, x, y);
            f = Vector512.FusedMultiplyAdd(f, x, y);
            g = Vector512.FusedMultiplyAdd(g, x, y);
            h = Vector512.FusedMultiplyAdd(h, x, y);
            i = Vector512.FusedMultiplyAdd(i, x, y);
            j = Vector512.FusedMultiplyAdd(j, x, y);
            k = Vector512.FusedMultiplyAdd(k, x, y);
            l = Vector512.FusedMultiplyAdd(l, x, y);
        }

        return Vector512.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float NarrowChains(int loops)
    {
        var (x, y) = (Vector256.Create(0.999f), Vector256.Create(1e-3f));

        // Twelve different chains.
        Vector256<float> a = x, b = a + y, c = b + y, d = c + y, e = d + y, f = e + y, g = f + y, h = g + y, i = h + y, j = i + y, k = j + y, l = k + y;
        for (var n = 0; n < loops; n++)
        {
            a = Vector256.FusedMultiplyAdd(a, x, y);
            b = Vector256.FusedMultiplyAdd(b, x, y);
            c = Vector256.FusedMultiplyAdd(c, x, y);
            d = Vector256.FusedMultiplyAdd(d, x, y);
            e = Vector256.FusedMultiplyAdd(e, x, y);
            f = Vector256.FusedMultiplyAdd(f, x, y);
            g = Vector256.FusedMultiplyAdd(g, x, y);
            h = Vector256.FusedMultiplyAdd(h, x, y);
            i = Vector256.FusedMultiplyAdd(i, x, y);
            j = Vector256.FusedMultiplyAdd(j, x, y);
            k = Vector256.FusedMultiplyAdd(k, x, y);
            l = Vector256.FusedMultiplyAdd(l, x, y);
        }

        return Vector256.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }

    private sealed class Matrices : IDisposable
    {
        private readonly FloatBuffer _a = Random(Rows * Width, 1);
        private readonly FloatBuffer _b = Random(Width * Width, 2);
        private readonly FloatBuffer _c = new(Rows * Width);
        private readonly FloatBuffer _bias = Random(Width, 3);
        private readonly FloatBuffer[] _adam = [.. Enumerable.Range(0, 4).Select(i => Random(4496, (ulong)i + 9))];

        public void Forward() => Gemm.Multiply(_a.Floats, Width, 1, _b.Floats, Width, _c.Floats, Width, Rows, Width, Width, _bias.Floats);

        public void ByInputs() => Gemm.Multiply(_a.Floats, Width, 1, _b.Floats, Width, _c.Floats, Width, Rows, Width, Width);

        public void ByWeights() => Gemm.Multiply(_a.Floats, 1, Width, _b.Floats, Width, _c.Floats, Width, Width, Rows, Width);

        public void Tanh() => Activations.Apply(Activation.Tanh, _a.Floats, _c.Floats, Rows * Width);

        public void Adam() => Tuning.Numerics.Kernels.Adam(_adam[0].Floats, _adam[1].Floats, _adam[2].Floats, _adam[3].Floats, 4496,
            AdamStep.Of(10, 1e-3, 0.9, 0.999, 1e-8, 1));

        public void Dispose() => GC.KeepAlive(this);

        private static FloatBuffer Random(int length, ulong seed)
        {
            var (buffer, random) = (new FloatBuffer(length), new RandomStream(seed));
            foreach (ref var x in buffer.Span)
            {
                x = random.NextSingle();
            }

            return buffer;
        }
    }
}
