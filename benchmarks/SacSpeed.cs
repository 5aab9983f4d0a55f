using System.Globalization;
using System.Diagnostics;
using Tuning;
using Tuning.Environments;
using Tuning.Learning;
using Tuning.Modules;
using Tuning.Networks;
using Tuning.Numerics;
using Tuning.Policies;
using Tuning.Randomness;

namespace Benchmarks;

/// <summary>
/// How many gradient steps a second does SAC take on Pendulum-v1, one per environment step, networks of 256×256, batches of 256? The settings are those of
/// <c>experiments/pendulum-sac.yaml</c>. Return and speed are of the same run; <c>--gsde</c> turns state-dependent noise on.
/// </summary>
internal static class SacSpeed
{
    // Per row, in passes of 66,816 multiply-adds: policy forward on both observations, targets, values and judges forward, twice forward backward through the
    // values and the policy, and back to the action through one judge out of two. Counting both judges, as others compute both, it is 16.
    private const double FlopPerUpdate = 256 * 2.0 * 66_816 * 16;

    private const string Steps = "learners/default_policy/num_gradient_steps_lifetime";

    public static int Run(string[] args)
    {
        var steps = Measure.Option(args, "--steps", 20_000);
        var seed = Measure.Option(args, "--seed", 0);
        var gsde = args.Contains("--gsde");
        var cores = Environment.ProcessorCount;
        Console.WriteLine($"SAC, Pendulum-v1, {steps} steps, seed {seed}, gSDE {(gsde ? "on" : "off")}; {Measure.Machine}");
        foreach (var threads in cores == 1 ? [1] : (int[])[1, 2])
        {
            var peak = Kernels.Peak(cores);
            using var algorithm = Config(gsde, seed).Build(threads);
            var rates = new List<double>();
            var (start, sampling, learning) = (Stopwatch.GetTimestamp(), 0.0, 0.0);
            Metrics? result = null;
            var length = threads == 1 ? Math.Min(steps, 3000) : steps;
            while (algorithm.NumEnvStepsSampledLifetime < length)
            {
                var (before, begun) = (result?.Number(Steps) ?? 0, Stopwatch.GetTimestamp());
                result = algorithm.Train();
                rates.Add((result.Number(Steps)!.Value - before) / Stopwatch.GetElapsedTime(begun).TotalSeconds);
                sampling += result.Number("timers/env_runner_sampling_timer")!.Value;
                learning += result.Number("timers/learner_update_timer")!.Value;
            }

            var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            peak = Math.Max(peak, Kernels.Peak(cores));
            var updates = result!.Number(Steps)!.Value;
            var gigaflops = updates / seconds * FlopPerUpdate / 1e9;
            var evaluation = new PolicyEvaluation { Episodes = 100 }.Run(algorithm.GetPolicy(), EnvironmentRegistry.Get("Pendulum-v1"));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"cpu {threads}, {algorithm.NumEnvStepsSampledLifetime} steps: {updates / seconds:F0} updates/s, " +
                $"{algorithm.NumEnvStepsSampledLifetime / seconds:F0} steps/s (in the middle and in the best iteration {Measure.Median(rates):F0}, " +
                $"{rates.Max():F0}); {gigaflops:F1} GFLOP/s, {gigaflops / peak:P0} of the {peak:F0} GFLOP/s of {cores} cores"));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"  return {evaluation.Returns.Average():F1} (100 episodes, no exploration), {result.Number("env_runners/episode_return_mean"):F1} " +
                $"(training); of the time: rollout {sampling / seconds:P1}, learner {learning / seconds:P1}"));
        }

        Pieces(gsde);
        return 0;
    }

    private static SacConfig Config(bool gsde, long seed) => new SacConfig()
        .Environment("Pendulum-v1")
        .Training(actorLr: 1e-3, criticLr: 1e-3, alphaLr: 1e-3, tdErrorLossFn: TdErrorLoss.Mse, numStepsSampledBeforeLearningStarts: 100, randomTimesteps: 100,
            replayBufferConfig: new() { Prioritized = false })
        .Networks(policy: new() { UseGsde = gsde })
        .Debugging(seed);

    /// <summary>What the pieces of a gradient step take by themselves on one thread, the best of many.</summary>
    private static void Pieces(bool gsde)
    {
        using var algorithm = Config(gsde, 1).Build(threads: 1);
        while (algorithm.NumEnvStepsSampledLifetime < 1000)
        {
            algorithm.Train();
        }

        var module = (DefaultSacModule)algorithm.Module;
        using var learner = new ManagedSacLearner(module,
            new SacOptions { TdErrorLoss = TdErrorLoss.Mse, ActorLearningRate = 0, CriticLearningRate = 0, AlphaLearningRate = 0 },
            new RandomStream(1), 1);
        var buffer = new Tuning.Runners.RolloutBuffer(1000, 1, 3, 1, 2);
        learner.Replay.Add([buffer]);
        var peak = Kernels.Peak(1);
        Console.WriteLine();
        Console.WriteLine("pieces of a gradient step on one thread, the best of many:");
        Line("drawing a batch and its noise", Kernels.Best(learner.Draw, 1, 300));
        var block = SacBlock.For(module, 64);
        var settings = new SacSettings(0.1f, 1f / 256, false);
        TransposedWeights[] transposed = [new(module.Policy), .. module.Values.Select(v => new TransposedWeights(v))];
        Array.ForEach(transposed, t => t.Refresh());
        var blocks = 4 * Kernels.Best(() => block.Compute(learner.Rows, 0, 64, transposed, settings), 1, 300);
        Line("passes and losses, 4 blocks", blocks);
        Console.WriteLine(FormattableString.Invariant($"    {FlopPerUpdate / blocks / 1e9:F1} of {peak:F1} GFLOP/s"));
        Line("sums of gradients", Kernels.Best(() => Each(learner, (u, piece) => u.Reduce(piece, 4)), 1, 300));
        Line("Adam", Kernels.Best(() => Each(learner, (u, piece) => u.Apply(piece, AdamStep.Of(1000, 1e-9, 0.9, 0.999, 1e-8, 1))), 1, 300));
        Line("transposing weights", Kernels.Best(() => Array.ForEach(transposed, t => t.Refresh()), 1, 300));
        var step = Kernels.Best(() => learner.Step(0), 1, 300);
        Line("gradient step, all of it", step);
        Console.WriteLine(FormattableString.Invariant($"    {1 / step:F0} updates/s on one core"));
    }

    private static void Each(ManagedSacLearner learner, Action<AdamBlock, int> action)
    {
        foreach (var update in learner.Updates)
        {
            for (var piece = 0; piece < update.Pieces; piece++)
            {
                action(update, piece);
            }
        }
    }

    private static void Line(string what, double seconds) => Console.WriteLine(FormattableString.Invariant($"  {what,-32}{seconds * 1e6,8:F1} µs"));
}
