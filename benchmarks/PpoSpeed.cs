using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Tuning;
using Tuning.Environments;
using Tuning.Policies;

namespace Benchmarks;

/// <summary>
/// How many environment steps a second does PPO take, learning included, and what has it learnt by then? Each run is one trial under the
/// Tuner with its journal, in a fresh process, so that compilation counts; its final policy then plays 100 episodes with its likeliest actions.
/// </summary>
internal static class PpoSpeed
{
    public static async Task<int> RunAsync(string[] args)
    {
        if (args.Contains("--pieces"))
        {
            PpoPieces.Print(Measure.Option(args, "--width", 64));
            return 0;
        }

        var only = Measure.Option(args, "--env", "");
        var workloads = PpoWorkload.All.Where(w => w.Key.Contains(only, StringComparison.Ordinal)).ToList();
        var cpu = Measure.Option(args, "--cpu", 0);
        var runners = Measure.Option(args, "--runners", 1);
        if (cpu > 0)
        {
            var (workload, seed) = (workloads[0], Measure.Option(args, "--seed", 0));
            Console.WriteLine(JsonSerializer.Serialize(await TrainAsync(workload, cpu, Measure.Option(args, "--steps", workload.Steps), runners, seed)));
            return 0;
        }

        var runs = Measure.Option(args, "--runs", 5);
        Console.WriteLine($"PPO, two networks 64×64 (tanh), gSDE off; {Measure.Machine}");
        foreach (var workload in workloads)
        {
            var steps = Measure.Option(args, "--steps", workload.Steps);
            Console.WriteLine();
            Console.WriteLine($"{workload.Environment}: {workload.Title}; {runners} environment runner{(runners == 1 ? "" : "s")}, {steps} steps");
            var peak = Kernels.Peak(Environment.ProcessorCount);
            foreach (var threads in (int[])[1, Math.Min(2, Environment.ProcessorCount)])
            {
                var results = new List<Run>();
                for (var seed = 0; seed < runs; seed++)
                {
                    results.Add(InFreshProcess(workload, threads, steps, runners, seed));
                    peak = Math.Max(peak, Kernels.Peak(Environment.ProcessorCount));
                }

                Report(workload, threads, results, peak);
            }
        }

        PpoPieces.Print(64);
        return 0;
    }

    private static void Report(PpoWorkload workload, int threads, List<Run> runs, double peak)
    {
        foreach (var run in runs)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"cpu {threads}, seed {run.Seed}: {run.Steps / run.Training,8:F0} steps/s in training, {run.Steps / run.Seconds,8:F0} with start and end, " +
                $"return of the final policy {run.Return,7:F1}, of the last 100 training episodes {run.TrainingReturn,7:F1}; {run.Seconds:F2} s in all, " +
                $"{run.ProcessorSeconds:F2} s of processors"));
        }

        var training = Measure.Median([.. runs.Select(r => r.Steps / r.Training)]);
        var whole = Measure.Median([.. runs.Select(r => r.Steps / r.Seconds)]);
        var middle = Measure.Median([.. runs.Select(r => r.SteadySpeed)]);
        var reach = System.Runtime.Intrinsics.Vector512.IsHardwareAccelerated ? workload.Speed : workload.Speed / 2;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"cpu {threads}: medians of {runs.Count}: {Line(training)} in training; {Line(whole)} with start and end; {Line(middle)} in the middle iteration"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"  mean return {runs.Average(r => r.Return):F1} (to reach: {workload.Return}), to reach on two cores: {reach:F0} steps/s; the peer is " +
            $"documented at {workload.Peer.Low:F0} to {workload.Peer.High:F0}: training is {training / workload.Peer.High:F0} to " +
            $"{training / workload.Peer.Low:F0} times as fast"));
        var total = runs.Sum(r => r.Seconds);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"  of all the time: rollout {runs.Sum(r => r.Sampling) / total:P1}, learner {runs.Sum(r => r.Learning) / total:P1}, result " +
            $"{runs.Sum(r => r.Iterations - r.Sampling - r.Learning) / total:P1}, session and journal {runs.Sum(r => r.Training - r.Iterations) / total:P1}, " +
            $"start {runs.Sum(r => r.Start) / total:P1}, last checkpoint and end {runs.Sum(r => r.End) / total:P1}; the first iteration, compilation mostly, " +
            $"{runs.Sum(r => r.First) / total:P1}"));

        string Line(double speed)
        {
            var gigaflops = speed * workload.MegaflopsPerStep / 1e3;
            return string.Create(CultureInfo.InvariantCulture,
                $"{speed:F0} steps/s ({gigaflops:F0} GFLOP/s, {gigaflops / peak:P0} of the {peak:F0} of {Environment.ProcessorCount} cores)");
        }
    }

    private static async Task<Run> TrainAsync(PpoWorkload workload, int cpu, int steps, int runners, int seed)
    {
        var storage = Measure.NewDirectory(inMemory: false);
        try
        {
            var (start, begun) = (Stopwatch.GetTimestamp(), TimeProvider.System.GetUtcNow());
            var results = await new Tuner(workload.Configure(steps, runners, seed), new RunConfig
            {
                Name = workload.Key,
                StoragePath = storage,
                CpuPerTrial = cpu,
                Stop = { ["num_env_steps_sampled_lifetime"] = steps },
            }).FitAsync();
            var (seconds, ended, processors) =
                (Stopwatch.GetElapsedTime(start).TotalSeconds, TimeProvider.System.GetUtcNow(), Environment.CpuUsage.TotalTime.TotalSeconds);
            var rows = await results[0].ReadHistoryAsync("timers/env_runner_sampling_timer", "timers/learner_update_timer", "timers/training_iteration",
                "num_env_steps_sampled_lifetime");
            var perIteration = rows[0]["num_env_steps_sampled_lifetime"];

            // The trial's own clock starts before its environments are made.
            var first = rows[0]["timers/training_iteration"];
            return new Run(
                seed,
                (long)rows[^1]["num_env_steps_sampled_lifetime"],
                seconds,
                (rows[^1].At - rows[0].At).TotalSeconds + first,
                (rows[0].At - begun).TotalSeconds - first,
                (ended - rows[^1].At).TotalSeconds,
                rows.Sum(r => r["timers/env_runner_sampling_timer"]),
                rows.Sum(r => r["timers/learner_update_timer"]),
                rows.Sum(r => r["timers/training_iteration"]),
                first,
                perIteration / Measure.Median([.. rows.Select(r => r["timers/training_iteration"])]),
                new PolicyEvaluation().Run(Policy.FromCheckpoint(results[0].Checkpoint!.Path), EnvironmentRegistry.Get(workload.Environment)).Mean,
                results[0].Metrics.Number("env_runners/episode_return_mean") ?? double.NaN,
                processors);
        }
        finally
        {
            Directory.Delete(storage, recursive: true);
        }
    }

    private static Run InFreshProcess(PpoWorkload workload, int cpu, int steps, int runners, int seed)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet")
        {
            start.ArgumentList.Add(typeof(PpoSpeed).Assembly.Location);
        }

        foreach (var argument in (string[])["ppo", "--env", workload.Key, "--cpu", Text(cpu), "--steps", Text(steps), "--runners", Text(runners), "--seed",
            Text(seed)])
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? JsonSerializer.Deserialize<Run>(output[output.LastIndexOf('{')..])!
            : throw new InvalidOperationException($"The run with cpu {cpu} and seed {seed} ended with {process.ExitCode}: {output}");

        static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>One training run; all times in seconds.</summary>
    /// <param name="Seed">The seed.</param>
    /// <param name="Steps">Environment steps.</param>
    /// <param name="Seconds">From the call of <c>FitAsync</c> to its return.</param>
    /// <param name="Training">From the first iteration's beginning to the last report.</param>
    /// <param name="Start">Before the first iteration.</param>
    /// <param name="End">After the last report.</param>
    /// <param name="Sampling">All rollouts.</param>
    /// <param name="Learning">All learning.</param>
    /// <param name="Iterations">All iterations.</param>
    /// <param name="First">The first iteration.</param>
    /// <param name="SteadySpeed">Steps per second of the median iteration.</param>
    /// <param name="Return">Mean return of 100 evaluation episodes.</param>
    /// <param name="TrainingReturn">Mean return of the last 100 training episodes.</param>
    /// <param name="ProcessorSeconds">Processor time of the process until the end of training.</param>
    private sealed record Run(
        int Seed, long Steps, double Seconds, double Training, double Start, double End, double Sampling, double Learning, double Iterations, double First,
            double SteadySpeed, double Return, double TrainingReturn, double ProcessorSeconds);
}
