using System.Diagnostics;
using System.Globalization;
using Tuning;
using Tuning.Environments;
using Tuning.Gymnasium;
using Tuning.Randomness;


namespace Benchmarks;

/// <summary>
/// How many steps a second come through the bridge to Python, beside a loop over Gymnasium's own <c>SyncVectorEnv</c> in the same run? Random actions, as many
/// copies on both sides; with two processes each has half of them. Gymnasium's actions are drawn before its clock starts, ours while it runs.
/// </summary>
internal static class GymSpeed
{
    private const string Reference = """
        import sys, time
        import numpy as np, gymnasium as gym
        from gymnasium.vector import SyncVectorEnv, AutoresetMode
        name, copies, steps = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
        envs = SyncVectorEnv([lambda: gym.make(name)] * copies, autoreset_mode=AutoresetMode.SAME_STEP)
        envs.reset(seed=1)
        envs.action_space.seed(1)
        actions = [envs.action_space.sample() for _ in range(1000)]
        for i in range(steps // 10):
            envs.step(actions[i % 1000])
        start = time.perf_counter()
        for i in range(steps):
            envs.step(actions[i % 1000])
        print(steps * copies / (time.perf_counter() - start))
        """;

    public static int Run(string[] args)
    {
        var path = Environment.GetEnvironmentVariable("TUNER_GYMNASIUM_PATH") ?? "";
        var python = Environment.GetEnvironmentVariable("TUNER_PYTHON") ?? "/usr/bin/python3";
        var (steps, runs) = (Measure.Option(args, "--steps", 40_000), Measure.Option(args, "--runs", 5));
        GymnasiumEnvironments.Register();
        var config = ParameterSet.From(
            [new("python", python), new("python_path", path.Split(':', StringSplitOptions.RemoveEmptyEntries))]);
        Console.WriteLine($"environment steps per second, medians of {runs} runs that take turns; {Measure.Machine}");
        Console.WriteLine("environment   copies  SyncVectorEnv   one process          two processes");
        foreach (var name in (string[])["Pendulum-v1", "CartPole-v1"])
        {
            foreach (var copies in (int[])[1, 8, 32])
            {
                var (own, one, two) = (new List<double>(), new List<double>(), new List<double>());
                for (var run = 0; run < runs; run++)
                {
                    own.Add(Python(python, path, name, copies, steps / copies));
                    one.Add(Bridge(config, name, copies, 1, steps / copies));
                    two.Add(copies == 1 ? double.NaN : Bridge(config, name, copies, 2, steps / copies));
                }

                var (a, b, c) = (Median(own), Median(one), Median(two));
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{name,-13} {copies,6} {a,14:N0} {b,13:N0} ({b / a:0.00}) {(copies == 1 ? "" : $"{c:N0} ({c / a:0.00})"),19}"));
            }
        }

        return 0;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static double Python(string python, string path, string name, int copies, int steps)
    {
        var start = new ProcessStartInfo(python, ["-c", Reference, name, $"{copies}", $"{steps}"]) { RedirectStandardOutput = true };
        start.Environment["PYTHONPATH"] = path;
        start.Environment["OMP_NUM_THREADS"] = "1";
        using var process = Process.Start(start)!;
        return double.Parse(process.StandardOutput.ReadToEnd(), CultureInfo.InvariantCulture);
    }

    private static double Bridge(ParameterSet config, string name, int copies, int processes, int steps)
    {
        var definition = EnvironmentRegistry.Get("gym:" + name);
        var groups = Enumerable.Range(0, processes).Select(i => new VectorEnvironment(definition, config, copies / processes, SeedPath.Of(1) / i)).ToArray();
        try
        {
            Parallel(steps / 10);
            var clock = Stopwatch.StartNew();
            Parallel(steps);
            return steps * copies / clock.Elapsed.TotalSeconds;
        }
        finally
        {
            Array.ForEach(groups, g => g.Dispose());
        }

        void Parallel(int count)
        {
            var threads = groups.Select((g, i) => new Thread(() => Play(g, count, new RandomStream((ulong)i)))).ToList();
            threads.ForEach(t => t.Start());
            threads.ForEach(t => t.Join());
        }
    }

    private static void Play(VectorEnvironment copies, int steps, RandomStream random)
    {
        var space = copies.ActionSpaces[0];
        var actions = Enumerable.Range(0, copies.Count).Select(_ => new float[space.Size]).ToArray();
        var observation = new float[copies.ObservationSpaces[0].Size];
        for (var i = 0; i < copies.Count; i++)
        {
            copies.Reset(i);
        }

        for (var step = 0; step < steps; step++)
        {
            for (var i = 0; i < copies.Count; i++)
            {
                space.Sample(random, actions[i]);
                copies.Send(i, actions[i]);
            }

            for (var i = 0; i < copies.Count; i++)
            {
                if (copies.Step(i, actions[i], observation).Done)
                {
                    copies.Reset(i);
                }
            }
        }
    }
}
