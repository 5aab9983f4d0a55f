using System.Diagnostics;
using Tuning;
using Tuning.Distributions;
using Tuning.Environments;
using Tuning.Learning;
using Tuning.Modules;
using Tuning.Randomness;
using Tuning.Runners;

namespace Benchmarks;

internal static class SacSpeed
{
    private const double FlopPerUpdate = 547e6;

    public static int Run(string[] args)
    {
        for (var threads = 1; threads <= 2; threads++)
        {
            using var group = new EnvRunnerGroup(new EnvRunnerOptions { Environment = EnvironmentRegistry.Get("Pendulum-v1"), NumEnvRunners = 1, NumEnvsPerEnvRunner = 1, StepsPerEnvironment = 1, Seed = SeedPath.Of(1), ActionDistribution = s => ActionDistribution.SquashedGaussian(s.Size) });
            var module = (DefaultSacModule)ModuleRegistry.Create(ModuleRegistry.DefaultSacName, new(3, group.ActionDistribution, new() { FcnetHiddens = [256, 256], FcnetActivation = "relu", FcnetKernelInitializer = "kaiming_uniform" }) { TwinQ = true }, new RandomStream(1));
            using var learner = new ManagedSacLearner(module, new() { ActorLr = 1e-3, CriticLr = 1e-3, AlphaLr = 1e-3, Huber = false, NumStepsSampledBeforeLearningStarts = 1, Replay = new() { Capacity = 100_000, Gamma = 0.99 } }, new RandomStream(2), threads);
            IReadOnlyList<IReadOnlyList<RolloutBuffer>> Sample() => ((IEnvRunnerGroup)group).Sample([module]);
            for (var i = 0; i < 1000; i++)
            {
                learner.Replay.Add(Sample()[0]);
            }

            var peak = Kernels.Peak(threads);
            var sampling = Kernels.Best(() => Sample(), 1, 1000);
            var drawing = Kernels.Best(learner.Draw, 1, 300);
            var step = Kernels.Best(() => learner.Step(0), 1, 600);
            var all = Kernels.Best(() => learner.Train(Sample()[0], 1000), 1, 600);
            Console.WriteLine($"{threads} threads: env {sampling * 1e6:F1} µs, draw {drawing * 1e6:F1} µs, step {step * 1e6:F0} µs, all {all * 1e6:F0} µs: {1 / all:F0} updates/s, {FlopPerUpdate / all / 1e9:F1} GFLOP/s of {peak:F1}");
        }

        return 0;
    }
}
