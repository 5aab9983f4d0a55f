using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Tuning;
using Tuning.Randomness;
using Tuning.Schedulers;
using Tuning.Trials;

namespace Benchmarks;

/// <summary>
/// What does a decision cost with so many trials? All trials of a scheduler come to each of its rungs in random order; timed are the decisions of the later
/// half, of
/// which most stop a trial and word the reason, and apart from them what it takes to note a report.
/// </summary>
internal static class SchedulerCost
{
    private static readonly int[] _milestones = [1, 3, 9];

    public static int Run(string[] args)
    {
        var most = Measure.Option(args, "--trials", 100_000);
        Console.WriteLine($"One thread, {Measure.Machine}. Nanoseconds per report: the decision, and noting it; medians and 99th percentiles of batches " +
            "of 20.");
        Console.WriteLine($"{"scheduler",-22}{"trials",10}{"decide",10}{"99 %",10}{"note",10}{"99 %",10}");
        (string Name, SchedulerOptions Options, int Objectives, bool Pauses)[] rows =
        [
            ("asha", new AshaOptions { MaxTime = 27, ReductionFactor = 3 }, 1, false),
            ("asha, ray", new AshaOptions { MaxTime = 27, ReductionFactor = 3, Compatibility = SchedulerCompatibility.Ray }, 1, false),
            ("asha, promotion", new AshaOptions { MaxTime = 27, ReductionFactor = 3, Variant = AshaVariant.Promotion }, 1, true),
            ("hyperband", new HyperBandOptions { MaxTime = 27 }, 1, true),
            ("median", new MedianStoppingOptions { TimeAttribute = "training_iteration", GracePeriod = 1 }, 1, false),
            ("mo_asha", new MoAshaOptions { MaxTime = 27 }, 2, false),
            ("wilcoxon", new WilcoxonOptions { InstanceAttribute = "iteration" }, 1, false),
        ];
        foreach (var (name, options, objectives, pauses) in rows)
        {
            for (var trials = 100; trials <= most; trials *= trials == 100 ? 100 : 10)
            {
                // Once for the compiler, once for the figures.
                Play(options, objectives, pauses, Math.Min(trials, 2000));
                var (decide, note) = Play(options, objectives, pauses, trials);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{name,-22}{trials,10:N0}{Percentile(decide, 0.5),10:N0}{Percentile(decide, 0.99),10:N0}" +
                    $"{Percentile(note, 0.5),10:N0}{Percentile(note, 0.99),10:N0}"));
            }
        }

        return 0;
    }

    private static (List<double> Decide, List<double> Note) Play(SchedulerOptions options, int objectives, bool pauses, int trials)
    {
        const int batch = 20;
        var scheduler = options.Create(new([.. Enumerable.Range(0, objectives).Select(m => new Objective($"loss{m}", Mode.Min))], SeedPath.Of(1)));
        var board = new Board(trials);
        for (var i = 0; i < trials; i++)
        {
            scheduler.Observe(new SchedulerObservation.TrialAdded(new(i), ParameterSet.Empty));
            scheduler.Observe(new SchedulerObservation.TrialStarted(new(i)));
        }

        // A trial that has ended: what racing compares with.
        for (var time = 1; time <= 9; time++)
        {
            var metrics = new Metrics { ["iteration"] = time, ["training_iteration"] = time, ["loss0"] = 0.5 };
            scheduler.Observe(new SchedulerObservation.Reported(new(new(trials), time, default, time, 1, metrics), []));
        }

        scheduler.Observe(new SchedulerObservation.TrialEnded(new(trials), TrialStatus.Terminated));
        var random = new RandomStream(1);
        var (decide, note) = (new List<double>(), new List<double>());
        var reports = new TrialReport[batch];
        var decisions = new IReadOnlyList<SchedulerDecision>[batch];
        var order = Enumerable.Range(0, trials).ToArray();
        foreach (var time in pauses ? _milestones.AsSpan(0, 1) : _milestones)
        {
            random.Shuffle(order.AsSpan());
            for (var from = 0; from + batch <= trials; from += batch)
            {
                for (var i = 0; i < batch; i++)
                {
                    var metrics = new Metrics { ["iteration"] = time, ["training_iteration"] = time };
                    for (var m = 0; m < objectives; m++)
                    {
                        metrics[$"loss{m}"] = random.NextDouble();
                    }

                    reports[i] = new(new(order[from + i]), time, default, time, 1, metrics);
                }

                var start = Stopwatch.GetTimestamp();
                for (var i = 0; i < batch; i++)
                {
                    decisions[i] = scheduler.Decide(reports[i], board);
                }

                var decided = Stopwatch.GetTimestamp();
                for (var i = 0; i < batch; i++)
                {
                    scheduler.Observe(new SchedulerObservation.Reported(reports[i], decisions[i]));
                }

                var noted = Stopwatch.GetTimestamp();
                if (from > trials / 2)
                {
                    decide.Add(Stopwatch.GetElapsedTime(start, decided).TotalNanoseconds / batch);
                    note.Add(Stopwatch.GetElapsedTime(decided, noted).TotalNanoseconds / batch);
                }
            }
        }

        return (decide, note);
    }

    private static double Percentile(List<double> values, double share)
    {
        values.Sort();
        return values[(int)(share * (values.Count - 1))];
    }

    private sealed class Board(int count) : TrialBoard
    {
        public override DateTimeOffset Now => default;

        public override TimeSpan Elapsed => default;

        public override int Count => count;

        public override IReadOnlyCollection<TrialId> Live => ImmutableArray<TrialId>.Empty;

        public override IReadOnlyCollection<TrialId> Startable => ImmutableArray<TrialId>.Empty;

        public override TrialView this[TrialId id] => throw new InvalidOperationException("A decision must not make views.");

        public override TrialStatus StatusOf(TrialId id) => TrialStatus.Running;

        public override int CountOf(TrialStatus status) => status == TrialStatus.Running ? count : 0;
    }
}
