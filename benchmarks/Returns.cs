using System.Globalization;
using System.Diagnostics;
using Tuning;
using Tuning.Environments;
using Tuning.Policies;

namespace Benchmarks;

/// <summary>
/// Do the experiment files reach their returns? Each runs as it is for seeds 0 to 4, by the command line that users call. With
/// <c>--only NAME</c> those are run whose names hold NAME (<c>--only multi-agent</c>), with <c>--full</c> the runs go on to the limit of their steps;
/// <c>--rllib FOLDER</c> runs RLlib's own files for PPO instead.
/// Tuned files train to their last step, and the policy that stands there plays 100 episodes with its likeliest actions, seeds 10,000 and up.
/// </summary>
internal static class Returns
{
    private const string Metric = "env_runners/episode_return_mean";

    private sealed record Case(string File, string Name, double Target, long Within, string Seed, bool Evaluated = false);

    public static async Task<int> RunAsync(string[] args)
    {
        var seeds = Measure.Option(args, "--seeds", 5);
        var first = Measure.Option(args, "--first-seed", 0);
        var full = args.Contains("--full");
        var only = Measure.Option(args, "--only", "");
        var folder = Measure.Option(args, "--experiments", "experiments");
        var rllib = Measure.Option(args, "--rllib", "");
        Case[] cases = rllib.Length > 0
            ? [new(Path.Combine(rllib, "pendulum-ppo.yaml"), "pendulum-ppo", -500, 400_000, "config.seed"),
                new(Path.Combine(rllib, "cartpole-ppo.yaml"), "cartpole-ppo", 150, 100_000, "--seed")]
            :
            [
                Tuned("pendulum-ppo", -185, 100_000),
                Tuned("cartpole-ppo", 495, 100_000),
                Tuned("acrobot-ppo", -85, 1_000_000),
                Tuned("cartpole-dqn", 490, 50_000),
                Tuned("mountaincar-dqn", -115, 120_000),
                Tuned("acrobot-dqn", -85, 100_000),
                Tuned("pendulum-sac", -160, 20_000),
                Tuned("mountaincar-continuous-sac", 93, 50_000),
                new(Path.Combine(folder, "multi-agent-pendulum-ppo.yaml"), "multi-agent-pendulum-ppo", -600, 500_000, "config.seed"),
            ];
        Console.WriteLine(Measure.Machine);
        var failed = 0;
        foreach (var one in cases.Where(c => c.Name.Contains(only, StringComparison.Ordinal)))
        {
            var (reached, sum) = (0, 0.0);
            Console.WriteLine(FormattableString.Invariant($"{one.Name}: {one.Target} within {one.Within} environment steps"));
            for (var seed = first; seed < first + seeds; seed++)
            {
                var (isThere, earned) = await RunAsync(one, seed, full);
                reached += isThere ? 1 : 0;
                sum += earned;
            }

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{one.Name}: reached by {reached} of {seeds} seeds{(one.Evaluated ? $", mean {sum / seeds:F1}" : "")}"));
            failed += (one.Evaluated ? sum / seeds < one.Target : reached < seeds - (seeds / 5)) ? 1 : 0;
        }

        return failed == 0 ? 0 : 1;

        Case Tuned(string name, double target, long within) => new(Path.Combine(folder, name + ".yaml"), name, target, within, "config.seed", Evaluated: true);
    }

    private static async Task<(bool IsThere, double Earned)> RunAsync(Case one, int seed, bool full)
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
            if (one.Evaluated)
            {
                var environment = EnvironmentRegistry.Get((string)results[0].Config["env"]!);
                var earned = new PolicyEvaluation().Run(Policy.FromCheckpoint(results[0].Checkpoint!.Path), environment).Mean;
                var steps = rows[^1]["num_env_steps_sampled_lifetime"];
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"  seed {seed}: {earned,7:F1} after {steps:F0} steps; the last 100 training episodes {rows[^1][Metric],7:F1}; {seconds:F1} s"));
                return (earned >= one.Target && steps <= one.Within, earned);
            }

            var there = rows.FirstOrDefault(r => r[Metric] >= one.Target && r["num_env_steps_sampled_lifetime"] <= one.Within);
            var when = there is null ? "never" : FormattableString.Invariant($"after {there["num_env_steps_sampled_lifetime"],6:F0} steps");
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"  seed {seed}: {one.Target} {when}; at the end {rows[^1][Metric],7:F1} after {rows[^1]["num_env_steps_sampled_lifetime"],6:F0} steps, " +
                $"{seconds:F1} s ({results[0].Reason})"));
            return (there is not null, rows[^1][Metric]);
        }
        finally
        {
            Directory.Delete(storage, recursive: true);
        }
    }
}
