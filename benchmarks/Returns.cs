using System.Diagnostics;
using Tuning;

namespace Benchmarks;

/// <summary>
/// Do the experiment files reach their returns? Each runs as it is for seeds 0 to 4, by the command line that users call. With
/// <c>--only NAME</c> those are run whose names hold NAME (<c>--only multi-agent</c>), with <c>--full</c> the runs go on to the limit of their steps; <c>--rllib FOLDER</c> runs RLlib's own files for PPO instead.
/// </summary>
internal static class Returns
{
    private const string Metric = "env_runners/episode_return_mean";

    private sealed record Case(string File, string Name, double Target, long Within, string Seed);

    public static async Task<int> RunAsync(string[] args)
    {
        var seeds = Measure.Option(args, "--seeds", 5);
        var first = Measure.Option(args, "--first-seed", 0);
        var full = args.Contains("--full");
        var only = Measure.Option(args, "--only", "");
        var folder = Measure.Option(args, "--experiments", "experiments");
        var rllib = Measure.Option(args, "--rllib", "");
        Case[] cases = rllib.Length > 0
            ? [new(Path.Combine(rllib, "pendulum-ppo.yaml"), "pendulum-ppo", -500, 400_000, "config.seed"), new(Path.Combine(rllib, "cartpole-ppo.yaml"), "cartpole-ppo", 150, 100_000, "--seed")]
            : [new(Path.Combine(folder, "pendulum-ppo.yaml"), "pendulum-ppo", -300, 400_000, "config.seed"), new(Path.Combine(folder, "cartpole-ppo.yaml"), "cartpole-ppo", 450, 300_000, "config.seed"), new(Path.Combine(folder, "multi-agent-pendulum-ppo.yaml"), "multi-agent-pendulum-ppo", -600, 500_000, "config.seed")];
        Console.WriteLine(Measure.Machine);
        var failed = 0;
        foreach (var one in cases.Where(c => c.Name.Contains(only, StringComparison.Ordinal)))
        {
            var reached = 0;
            Console.WriteLine(FormattableString.Invariant($"{one.Name}: {one.Target} within {one.Within} environment steps"));
            for (var seed = first; seed < first + seeds; seed++)
            {
                reached += await RunAsync(one, seed, full) ? 1 : 0;
            }

            Console.WriteLine($"{one.Name}: reached by {reached} of {seeds} seeds");
            failed += reached < seeds - (seeds / 5) ? 1 : 0;
        }

        return failed == 0 ? 0 : 1;
    }

    private static async Task<bool> RunAsync(Case one, int seed, bool full)
    {
        var storage = Measure.NewDirectory(inMemory: true);
        try
        {
            List<string> arguments = [one.File, "--storage", storage, "--quiet"];
            arguments.AddRange(one.Seed == "--seed" ? ["--seed", $"{seed}"] : ["--set", $"{one.Seed}={seed}"]);
            if (full)
            {
                arguments.AddRange(["--set", $"stop={{num_env_steps_sampled_lifetime: {one.Within}}}"]);
            }

            var start = Stopwatch.GetTimestamp();
            var code = await TunerCommandLine.RunAsync([.. arguments], tuner => tuner.AddLoggers().AddTrainables());
            var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            if (code != 0)
            {
                throw new InvalidOperationException($"{one.File} with seed {seed} ended with {code}.");
            }

            var results = await ResultGrid.LoadAsync(Path.Combine(storage, one.Name));
            var rows = await results[0].ReadHistoryAsync(Metric, "num_env_steps_sampled_lifetime");
            var there = rows.FirstOrDefault(r => r[Metric] >= one.Target && r["num_env_steps_sampled_lifetime"] <= one.Within);
            var when = there is null ? "never" : FormattableString.Invariant($"after {there["num_env_steps_sampled_lifetime"],6:F0} steps");
            Console.WriteLine(FormattableString.Invariant($"  seed {seed}: {one.Target} {when}; at the end {rows[^1][Metric],7:F1} after {rows[^1]["num_env_steps_sampled_lifetime"],6:F0} steps, {seconds:F1} s ({results[0].Reason})"));
            return there is not null;
        }
        finally
        {
            Directory.Delete(storage, recursive: true);
        }
    }
}
