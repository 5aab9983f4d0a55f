using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Tuning;
using Tuning.Schedulers;
using Tuning.Search;
using Tuning.Simulation;

namespace Benchmarks.Simulation;

/// <summary>A family of curves and the value that is to be reached; of noisy curves without the noise.</summary>
internal sealed record Race(SyntheticCurves Curves, double Target)
{
    public static IReadOnlyList<Race> All { get; } =
    [
        new(SyntheticCurves.PowerLaw, 0.15),
        new(SyntheticCurves.Crossing, 0.15),
        new(SyntheticCurves.Noisy, 0.15),
        new(SyntheticCurves.Costly, 0.15),
        new(SyntheticCurves.FixedCost with { SecondsPerStep = 600 }, 0.105),
    ];

    public string Metric => Curves.Noise > 0 ? SyntheticCurves.NoiselessLoss : "loss";
}

/// <summary>How long does each scheduler with each search algorithm take to a target, on virtual time?</summary>
internal static class TimeToTarget
{
    public static int Run(string[] args)
    {
        var seeds = Measure.Option(args, "--seeds", 7);
        var workers = Measure.Option(args, "--workers", 8);
        var budget = TimeSpan.FromHours(Measure.Option(args, "--hours", 6));
        var most = Measure.Option(args, "--trials", 300);
        var failing = Measure.Option(args, "--mtbf-hours", 0);
        var families = Measure.Option(args, "--families", "").Split(',', StringSplitOptions.RemoveEmptyEntries);
        var options = new SimulationOptions
        {
            Workers = workers,
            StartupDelay = TimeSpan.FromSeconds(5),
            CheckpointSaveTime = TimeSpan.FromSeconds(0.5),
            CheckpointLoadTime = TimeSpan.FromSeconds(1),
            ReportLatency = TimeSpan.FromMilliseconds(10),
            MeanTimeBetweenFailures = failing > 0 ? TimeSpan.FromHours(failing) : null,
            RepairTime = TimeSpan.FromMinutes(5),
        };
        var races = Race.All.Where(r => families.Length == 0 || families.Contains(r.Curves.Name)).ToList();
        var objectives = ImmutableArray.Create(new Objective("loss", Mode.Min));
        var longest = races.Max(r => r.Curves.MaxSteps);
        var schedulers = Entrants.Schedulers(args, longest, SyntheticCurves.Space, objectives);
        var searchers = Entrants.Searchers(args, longest, SyntheticCurves.Space, objectives);
        Console.WriteLine($"minutes of virtual time to the target, median of {seeds} seeds (least to greatest), {workers} workers, at most " +
            $"{budget.TotalHours} hours and {most} trials (pb2: as many as workers); {Measure.Machine}");
        Console.WriteLine("a number in [brackets]: that many seeds never reached it, and count as the whole time");
        Console.WriteLine();
        Console.WriteLine("| scheduler | search algorithm | " + string.Join(" | ", races.Select(r => $"{r.Curves.Name} ≤ {r.Target}")) + " |");
        Console.WriteLine("|---|---|" + string.Concat(races.Select(_ => "---|")));
        var start = Stopwatch.GetTimestamp();
        foreach (var scheduler in schedulers)
        {
            foreach (var searcher in searchers)
            {
                try
                {
                    var cells = races.Select(race => Cell(race, scheduler.Options, searcher.Options, options, budget, most, seeds));
                    Console.WriteLine($"| {scheduler.Name} | {searcher.Name} | {string.Join(" | ", cells)} |");
                }
                catch (AggregateException e) when (e.InnerException is SpecificationException)
                {
                    Console.WriteLine($"| {scheduler.Name} | {searcher.Name} | left out: {e.InnerException.Message.ReplaceLineEndings(" ")} |");
                }
            }
        }

        Console.WriteLine();
        Console.WriteLine($"{schedulers.Count * searchers.Count * races.Count * seeds} experiments in {Stopwatch.GetElapsedTime(start).TotalSeconds:F0} s");
        return 0;
    }

    private static string Cell(Race race, SchedulerOptions scheduler, SearcherOptions searcher, SimulationOptions options, TimeSpan budget, int trials,
        int seeds)
    {
        // A model of PB2 is for few members: it has as many as there are workers.
        var members = scheduler is Pb2Options ? Math.Min(trials, options.Workers) : trials;
        var reached = new TimeSpan?[seeds];
        var failures = new string?[seeds];
        Parallel.For(0, seeds, i =>
        {
            var target = new TargetStopper(race.Metric, race.Target);
            var result = new Simulator(
                race.Curves,
                SyntheticCurves.Space,
                new TuneConfig { Samples = members, Seed = (ulong)i + 1, Scheduler = scheduler, SearchAlgorithm = searcher, TimeBudget = budget },
                new RunConfig
                {
                    Stoppers = [target],
                    Failure = new() { MaxFailures = -1 },
                    Checkpoint = new() { CheckpointFrequency = 9, CheckpointAtEnd = false }
                },
                options).Run();
            (reached[i], failures[i]) = (target.Reached, result.IsFailed ? result.EndReason : null);
        });

        if (Array.Find(failures, f => f is not null) is { } failure)
        {
            return failure;
        }

        var minutes = reached.Select(r => (r ?? budget).TotalMinutes).ToList();
        var missed = reached.Count(r => r is null);
        var text = string.Create(CultureInfo.InvariantCulture, $"{Measure.Median(minutes):F1} ({minutes.Min():F1} to {minutes.Max():F1})");
        return missed == 0 ? text : $"{text} [{missed}]";
    }
}
