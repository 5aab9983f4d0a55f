using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Tuning;

namespace Benchmarks;

/// <summary>
/// How many environment steps a second does PPO take on Pendulum-v1, learning included? 4 environments × 1,024 steps, 10 epochs,
/// minibatches of 64, two networks 64×64, no state-dependent noise: one trial under the Tuner with its journal, in a fresh process, so
/// that compilation counts.
/// </summary>
internal static class PpoSpeed
{
    // One environment step: both networks forward once to act and to value, then forward and backward in each of ten epochs.
    private const double FlopPerStep = 0.53e6;

    public static async Task<int> RunAsync(string[] args)
    {
        var cpu = Measure.Option(args, "--cpu", 0);
        var steps = Measure.Option(args, "--steps", 409_600);
        var runners = Measure.Option(args, "--runners", 1);
        if (cpu > 0)
        {
            Console.WriteLine(JsonSerializer.Serialize(await TrainAsync(cpu, steps, runners, Measure.Option(args, "--seed", 0))));
            return 0;
        }

        if (args.Contains("--pieces"))
        {
            PpoPieces.Print(Measure.Option(args, "--width", 64));
            return 0;
        }

        var runs = Measure.Option(args, "--runs", 5);
        Console.WriteLine($"PPO, Pendulum-v1, {runners} × {4 / runners} environments, {steps} steps; {Measure.Machine}");
        var peak = Kernels.Peak(Environment.ProcessorCount);
        foreach (var threads in (int[])[1, Math.Min(2, Environment.ProcessorCount)])
        {
            var results = new List<Run>();
            for (var seed = 0; seed < runs; seed++)
            {
                results.Add(InFreshProcess(threads, steps, runners, seed));
                peak = Math.Max(peak, Kernels.Peak(Environment.ProcessorCount));
            }

            Report(threads, results, peak);
        }

        PpoPieces.Print(64);
        return 0;
    }

    private static void Report(int threads, List<Run> runs, double peak)
    {
        Console.WriteLine();
        foreach (var run in runs)
        {
            Console.WriteLine(FormattableString.Invariant($"cpu {threads}, seed {run.Seed}: {run.Steps / run.Seconds,8:F0} steps/s, episode_return_mean {run.Return,7:F1}, {run.Seconds:F2} s in all, {run.ProcessorSeconds:F2} s of processors"));
        }

        var speed = Measure.Median([.. runs.Select(r => r.Steps / r.Seconds)]);
        var after = Measure.Median([.. runs.Select(r => r.SteadySpeed)]);
        var gigaflops = speed * FlopPerStep / 1e9;
        Console.WriteLine(FormattableString.Invariant($"cpu {threads}: {speed:F0} steps/s (median of {runs.Count}), {gigaflops:F1} GFLOP/s, {gigaflops / peak:P0} of the {peak:F0} GFLOP/s of {Environment.ProcessorCount} cores; {after:F0} steps/s in the middle iteration"));
        var total = runs.Sum(r => r.Seconds);
        Console.WriteLine(FormattableString.Invariant($"  of the time: rollout {runs.Sum(r => r.Sampling) / total:P1}, learner {runs.Sum(r => r.Learning) / total:P1}, result {runs.Sum(r => r.Iterations - r.Sampling - r.Learning) / total:P1}, session and journal {runs.Sum(r => r.Trial - r.Iterations) / total:P1}, start {runs.Sum(r => r.Start) / total:P1}, last checkpoint and end {runs.Sum(r => r.End) / total:P1}; the first iteration, compilation mostly, {runs.Sum(r => r.First) / total:P1}"));
    }

    private static async Task<Run> TrainAsync(int cpu, int steps, int runners, int seed)
    {
        var config = new PpoConfig()
            .Environment("Pendulum-v1")
            .EnvRunners(numEnvRunners: runners, numEnvsPerEnvRunner: 4 / runners)
            .Training(lr: 1e-3, gamma: 0.9, lambda: 0.95, trainBatchSize: 4096, minibatchSize: 64, numEpochs: 10, vfClipParam: 10_000)
            .Model(fcnetHiddens: [64, 64])
            .Debugging(seed);
        var storage = Measure.NewDirectory(inMemory: false);
        try
        {
            var (start, begun) = (Stopwatch.GetTimestamp(), TimeProvider.System.GetUtcNow());
            var results = await new Tuner(config, new RunConfig
            {
                Name = "pendulum",
                StoragePath = storage,
                CpuPerTrial = cpu,
                Stop = { ["num_env_steps_sampled_lifetime"] = steps },
            }).FitAsync();
            var (seconds, ended) = (Stopwatch.GetElapsedTime(start).TotalSeconds, TimeProvider.System.GetUtcNow());
            var rows = await results[0].ReadHistoryAsync("timers/env_runner_sampling_timer", "timers/learner_update_timer", "timers/training_iteration", "num_env_steps_sampled_lifetime");
            var perIteration = rows[0]["num_env_steps_sampled_lifetime"];
            return new Run(
                seed,
                (long)rows[^1]["num_env_steps_sampled_lifetime"],
                seconds,
                results[0].TimeTotal.TotalSeconds,
                (rows[0].At - begun).TotalSeconds - rows[0].TimeTotal,
                (ended - rows[^1].At).TotalSeconds,
                rows.Sum(r => r["timers/env_runner_sampling_timer"]),
                rows.Sum(r => r["timers/learner_update_timer"]),
                rows.Sum(r => r["timers/training_iteration"]),
                rows[0]["timers/training_iteration"],
                perIteration / Measure.Median([.. rows.Select(r => r["timers/training_iteration"])]),
                results[0].Metrics.Number("env_runners/episode_return_mean") ?? double.NaN,
                Environment.CpuUsage.TotalTime.TotalSeconds);
        }
        finally
        {
            Directory.Delete(storage, recursive: true);
        }
    }

    private static Run InFreshProcess(int cpu, int steps, int runners, int seed)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet")
        {
            start.ArgumentList.Add(typeof(PpoSpeed).Assembly.Location);
        }

        foreach (var argument in (string[])["ppo", "--cpu", cpu.ToString(CultureInfo.InvariantCulture), "--steps", steps.ToString(CultureInfo.InvariantCulture), "--runners", runners.ToString(CultureInfo.InvariantCulture), "--seed", seed.ToString(CultureInfo.InvariantCulture)])
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? JsonSerializer.Deserialize<Run>(output[output.LastIndexOf('{')..])!
            : throw new InvalidOperationException($"The run with cpu {cpu} and seed {seed} ended with {process.ExitCode}: {output}");
    }

    /// <summary>One training run; all times in seconds.</summary>
    private sealed record Run(int Seed, long Steps, double Seconds, double Trial, double Start, double End, double Sampling, double Learning, double Iterations, double First, double SteadySpeed, double Return, double ProcessorSeconds);
}
