using System.Globalization;
using Tuning;
using Tuning.Schedulers;
using Tuning.Simulation;

namespace Benchmarks.Simulation;

/// <summary>
/// What does a decision cost, with more and more trials? Of each scheduler, all of its calls together per report that it handled (what is done
/// rarely and takes long counts with that), and its single decisions; and what the whole controller takes. Each scheduler has a process of its own, as many at
/// once as there are cores.
/// </summary>
internal static class DecisionCost
{
    private const int Steps = 9;
    private const int Figures = 9;

    private static readonly int[] _sizes = [100, 1_000, 10_000, 100_000, 1_000_000];

    public static async Task<int> RunAsync(string[] args)
    {
        var entrants = CostEntrant.All(args, Steps);
        if (Measure.IsChild(args))
        {
            return Measure.Answer([.. Rows(entrants[Measure.Option(args, "--entrant", 0)], args).SelectMany(r => r)]);
        }

        Console.WriteLine($"up to {Measure.Option(args, "--workers", 10_000):N0} workers, {Steps} steps a trial, random search; one run each after some that " +
            $"are thrown away; {Measure.Machine}");
        Console.WriteLine("ns per report: all calls of the scheduler, over the reports. A decision: what it answers to a report, or to the end of a trial. " +
            "Without garbage collections and what else had the processor.");
        Console.WriteLine();
        Console.WriteLine("| scheduler | trials | reports | processor seconds | µs per event, all of it | ns per report, mean | decision, median | 99 % | " +
            "longest, µs | bytes per trial |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|");
        var means = new Dictionary<string, List<(double Trials, double Mean)>>();
        using var cores = new SemaphoreSlim(Environment.ProcessorCount);
        foreach (var (entrant, running) in entrants.Select((e, i) => (e, RunAloneAsync(i, args, cores))).ToList())
        {
            var rows = (await running).Values.Chunk(Figures).ToList();
            means[entrant.Name] = [.. rows.Select(r => (r[0], r[4]))];
            foreach (var row in rows)
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"| {entrant.Name} | {row[0]:N0} | {row[1]:N0} | {row[2]:F2} | {row[3]:F2} | {row[4]:F0} | {row[5]:F0} | {row[6]:F0} | {row[7]:N0} | " +
                        $"{row[8]:F0} |"));
            }
        }

        Console.WriteLine();
        Console.WriteLine("| ns per report, mean | " + string.Join(" | ", _sizes.Select(s => $"{s:N0}")) + " |");
        Console.WriteLine("|---|" + string.Concat(_sizes.Select(_ => "---|")));
        foreach (var (name, of) in means)
        {
            var cells = _sizes.Select(s => of.Exists(m => m.Trials == s) ? of.Find(m => m.Trials == s).Mean.ToString("N0", CultureInfo.InvariantCulture) : "-");
            Console.WriteLine($"| {name} | {string.Join(" | ", cells)} |");
        }

        return 0;
    }

    private static async Task<Sample> RunAloneAsync(int entrant, string[] args, SemaphoreSlim cores)
    {
        await cores.WaitAsync();
        try
        {
            return await Measure.InOwnProcessAsync(["simulate", .. args, "--entrant", entrant.ToString(CultureInfo.InvariantCulture)]);
        }
        finally
        {
            cores.Release();
        }
    }

    private static IEnumerable<double[]> Rows(CostEntrant entrant, string[] args)
    {
        var most = Measure.Option(args, "--trials", 1_000_000);
        var limit = Measure.Option(args, "--limit", 300);
        var workers = Measure.Option(args, "--workers", 10_000);

        var first = Sample(entrant, _sizes[0], workers);
        var each = first[2] / _sizes[0];
        if (entrant.AsksModel)
        {
            yield return first;
            yield break;
        }

        // What is compiled on the way is compiled before.
        for (var i = 0; i < 3; i++)
        {
            Sample(entrant, _sizes[1], workers);
        }

        foreach (var trials in _sizes.Skip(1).Where(s => s <= most && s * each <= limit))
        {
            var row = Sample(entrant, trials, workers);
            each = row[2] / trials;
            yield return row;
        }
    }

    // Of all threads, garbage collection included: what else runs on the machine does not count.
    private static double Processor => Environment.CpuUsage.TotalTime.TotalSeconds;

    private static double[] Sample(CostEntrant entrant, int trials, int workers)
    {
        var timed = new Timed(entrant.Options);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var start = Processor;

        // The one trial of a schedule makes the reports of all.
        var runs = entrant.IsAlone ? 1 : trials;
        var result = new Simulator(
            entrant.IsAlone ? entrant.Curves with { MaxSteps = trials } : entrant.Curves,
            SyntheticCurves.Space,
            new TuneConfig { Samples = runs, Seed = 1, Scheduler = timed, Objectives = entrant.Curves.Objectives },
            new RunConfig { Checkpoint = new() { CheckpointAtEnd = false, MaxToKeep = 1 } },
            new SimulationOptions { Workers = Math.Min(workers, runs), StartupDelay = TimeSpan.FromSeconds(1) }).Run();
        var seconds = Processor - start;
        var bytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)runs;
        var clock = timed.Clock!;
        GC.KeepAlive(result);
        return [trials, result.Reports, seconds, 1e6 * seconds / result.Events, clock.All.Sum / result.Reports, clock.Decisions.Quantile(0.5),
            clock.Decisions.Quantile(0.99), clock.Decisions.Longest / 1000, bytes];
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
}
