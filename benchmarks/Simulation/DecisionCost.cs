using System.Diagnostics;
using System.Globalization;
using Tuning;
using Tuning.Schedulers;
using Tuning.Simulation;
using Tuning.Trials;

namespace Benchmarks.Simulation;

/// <summary>What does a decision cost, with more and more trials? The whole controller, and of it the scheduler alone.</summary>
internal static class DecisionCost
{
    private const int Steps = 9;

    private static readonly int[] _sizes = [1_000, 10_000, 100_000, 1_000_000];

    public static int Run(string[] args)
    {
        var most = Measure.Option(args, "--trials", 1_000_000);
        var workers = Measure.Option(args, "--workers", 10_000);
        var limit = Measure.Option(args, "--limit", 180);
        var curves = SyntheticCurves.PowerLaw with { MaxSteps = Steps, SpeedSpread = 4 };
        var schedulers = Entrants.Schedulers(args, Steps, SyntheticCurves.Space, curves.Objectives);
        Console.WriteLine($"up to {workers:N0} workers, {Steps} steps a trial, random search; one run each after a first that is thrown away; {Measure.Machine}");
        Console.WriteLine();
        Console.WriteLine("| scheduler | trials | iterations | processor seconds | µs per event, all of it | ns per call of the scheduler, mean | median | 99 % | 99.99 %, µs | bytes per trial |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|");
        foreach (var (name, options) in schedulers)
        {
            Sample(curves, options, 1_000, workers);
            double seconds = 0, each = 0;
            foreach (var trials in _sizes.Where(s => s <= most))
            {
                if (Math.Max(10 * seconds, trials * each) > limit)
                {
                    Console.WriteLine($"| {name} | {trials:N0} | not run: the size before took {seconds:F0} s |  |  |  |  |  |  |  |");
                    break;
                }

                seconds = Sample(curves, options, trials, workers, name);
                each = seconds / trials;
            }
        }

        return 0;
    }

    // Of all threads, garbage collection included: what else runs on the machine does not count.
    private static double Processor => Environment.CpuUsage.TotalTime.TotalSeconds;

    private static double Sample(ICurveSource curves, SchedulerOptions options, int trials, int workers, string? name = null)
    {
        var timed = new Timed(options);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var start = Processor;
        var result = new Simulator(
            curves,
            SyntheticCurves.Space,
            new TuneConfig { NumSamples = trials, Seed = 1, Scheduler = timed },
            new RunConfig { Checkpoint = new() { CheckpointAtEnd = false, NumToKeep = 1 } },
            new SimulationOptions { Workers = Math.Min(workers, trials), StartupDelay = TimeSpan.FromSeconds(1) }).Run();
        var seconds = Processor - start;
        if (name is not null)
        {
            var bytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)trials;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {name} | {trials:N0} | {result.Reports:N0} | {seconds:F2} | {1e6 * seconds / result.Events:F2} | {timed.Clock!.Calls.Mean:F0} | {timed.Clock.Calls.Quantile(0.5):F0} | {timed.Clock.Calls.Quantile(0.99):F0} | {timed.Clock.Calls.Quantile(0.9999) / 1000:F1} | {bytes:F0} |"));
        }

        GC.KeepAlive(result);
        return seconds;
    }

    /// <summary>A scheduler under a stopwatch.</summary>
    private sealed record Timed(SchedulerOptions Inner) : SchedulerOptions
    {
        private readonly StrongBoxOf _box = new();

        public TimedScheduler? Clock => _box.Last;

        public override ITrialScheduler Create(SchedulerContext context) => _box.Last = new(Inner.Create(context));

        private sealed class StrongBoxOf
        {
            public TimedScheduler? Last { get; set; }
        }
    }

    private sealed class TimedScheduler(ITrialScheduler inner) : ITrialScheduler
    {
        public CallTimes Calls { get; } = new();

        public string Name => inner.Name;

        public bool NeedsCheckpoints => inner.NeedsCheckpoints;

        public IReadOnlyList<SchedulerDecision> Decide(TrialReport report, TrialBoard board)
        {
            var start = Stopwatch.GetTimestamp();
            var decisions = inner.Decide(report, board);
            Add(start);
            return decisions;
        }

        public IReadOnlyList<SchedulerDecision> DecideEnded(TrialId trial, TrialStatus status, TrialBoard board)
        {
            var start = Stopwatch.GetTimestamp();
            var decisions = inner.DecideEnded(trial, status, board);
            Add(start);
            return decisions;
        }

        public string? StartReason(TrialId trial, TrialBoard board) => inner.StartReason(trial, board);

        public string? LeaveReason(TrialId trial, TrialBoard board) => inner.LeaveReason(trial, board);

        public TrialId? Choose(TrialBoard board)
        {
            var start = Stopwatch.GetTimestamp();
            var chosen = inner.Choose(board);
            Add(start);
            return chosen;
        }

        public void Observe(SchedulerObservation observation)
        {
            var start = Stopwatch.GetTimestamp();
            inner.Observe(observation);
            Add(start);
        }

        private void Add(long start) => Calls.Add(Stopwatch.GetTimestamp() - start);
    }
}
