using Microsoft.Extensions.Logging.Abstractions;
using System.Globalization;
using Tuning.Control;
using Tuning.Randomness;
using Tuning.Running;
using Tuning.Schedulers;
using Tuning.Simulation;
using Tuning.Testing;
using Tuning.Tests.Control;
using Tuning.Trials;

namespace Tuning.Tests.Simulation;

/// <summary>A simulation without costs against the real loop, sessions and journal with a clock that stands still.</summary>
[Trait("Lane", "Slow")]
public sealed class RealRunTests
{
    private const int Epochs = 6;

    private static readonly SeedPath _seed = SeedPath.Of(1);

    // Pause, exploit and stop at random, every kind also about other trials.
    private static DecidingAtRandom Scheduler(ulong seed) => new(seed);

    private static ExperimentPlan Plan(ulong seed) => new()
    {
        Objectives = [new("loss", Mode.Min)],
        NumSamples = 4 + (int)(seed % 7),
        Slots = 1 + (int)(seed % 4),
        TrainableCheckpoints = true,
        Checkpoints = new()
        {
            CheckpointFrequency = (int)(seed % 3),
            CheckpointAtEnd = (seed % 5) switch { 0 => false, 1 => null, _ => true },
            MaxToKeep = seed % 2 == 0 ? 1 : null,
        },
    };

    [Fact]
    public void Simulation_without_costs_decides_what_the_real_experiment_decides()
    {
        var commands = 0;
        for (ulong seed = 1; seed <= 12; seed++)
        {
            using var real = Real(seed);
            Assert.True(real.Run().Finished);

            using var simulated = new TemporaryFolder();
            Simulate(seed, simulated.Path);

            var (expected, actual) = (real.Journal().Select(Text).ToList(), Entries(simulated.Path).Select(Text).ToList());
            for (var i = 0; i < Math.Min(expected.Count, actual.Count); i++)
            {
                Assert.True(expected[i] == actual[i], $"Seed {seed}, line {i + 2}:\nreal      {expected[i]}\nsimulated {actual[i]}");
            }

            Assert.Equal(expected.Count, actual.Count);
            commands += real.Commands<ExperimentCommand.AdoptCheckpoint>().Count + real.Commands<ExperimentCommand.Redirect>().Count;
        }

        Assert.True(commands > 40, $"Only {commands} exploits and redirections: the test shows little.");
    }

    [Fact]
    public void Decisions_of_a_simulation_are_verified_from_its_journal()
    {
        using var folder = new TemporaryFolder();
        var costs = new SimulationOptions
        {
            Workers = 3,
            StartupDelay = TimeSpan.FromSeconds(3),
            CheckpointSaveTime = TimeSpan.FromSeconds(1),
            CheckpointLoadTime = TimeSpan.FromSeconds(2),
            ReportLatency = TimeSpan.FromMilliseconds(200),
            MeanTimeBetweenFailures = TimeSpan.FromMinutes(2),
            RepairTime = TimeSpan.FromSeconds(40),
        };
        var plan = Plan(3) with { NumSamples = 30, Failures = new() { MaxFailures = -1 } };
        Simulate(3, folder.Path, plan, costs, seconds: 10);

        var controller = new ExperimentController(plan, new ScriptedSearcher(), Scheduler(3), [], _seed);
        foreach (var entry in Entries(folder.Path))
        {
            Assert.Null(controller.Verify(entry.Event, entry.Commands));
        }

        Assert.True(controller.IsFinished);
        Assert.True(Entries(folder.Path).SelectMany(e => e.Commands).OfType<ExperimentCommand.RetryTrial>().Count() > 5);
        Assert.True(Entries(folder.Path).SelectMany(e => e.Commands).OfType<ExperimentCommand.AdoptCheckpoint>().Count() > 5);
    }

    private static void Simulate(ulong seed, string directory, ExperimentPlan? plan = null, SimulationOptions? options = null, double seconds = 0)
    {
        var searcher = new ScriptedSearcher();
        var curves = new SomeCurves(Epochs, seconds, (config, state) => Loss(config, state.Step));
        plan ??= Plan(seed);
        using var journal = EventJournal.Create(directory, new JournalHeader { Product = "test", Seed = 1, Specification = "{}" });
        var controller = new ExperimentController(plan, searcher, Scheduler(seed), [], _seed);
        new VirtualExperiment(
            clock => new()
            {
                Controller = controller,
                Searcher = searcher,
                Journal = journal,
                Time = clock,
                Logger = NullLogger.Instance,
                Info = new() { Name = "test", Directory = directory, Objectives = plan.Objectives },
                IsVirtual = true,
            },
            curves,
            options ?? new() { Workers = plan.Slots },
            _seed).Run();
    }

    private static LoopHarness Real(ulong seed) => new()
    {
        Trainable = Trainable.FromFunction<ParameterSet>("t", async (trial, cancel) =>
        {
            for (var epoch = trial.Checkpoint?.ReadJson<int>("epoch.json") ?? 1; epoch <= Epochs; epoch++)
            {
                var after = epoch;
                await trial.ReportAsync(new() { ["loss"] = Loss(trial.Config, epoch) }, dir => dir.WriteJson("epoch.json", after + 1));
            }
        }, checkpoints: true),
        Scheduler = () => Scheduler(seed),
        Plan = Plan(seed),
        IsInline = true,
        Time = new ManualTimeProvider(),
    };

    private static double Loss(ParameterSet config, long epoch) => (config.Get<double>("x") + config.Get("y", 0.0)) / epoch;

    private static List<JournalEntry> Entries(string directory)
    {
        List<JournalEntry> entries = [];
        using var reader = new JournalReader(directory);
        while (reader.Read() is { } entry)
        {
            entries.Add(entry);
        }

        return entries;
    }

    private static string Text(JournalEntry entry)
    {
        var happened = entry.Event is ExperimentEvent.Reported r
            ? string.Create(CultureInfo.InvariantCulture, $"{r.Report.Trial} reported {r.Report.Number}, {r.Report.Metrics}, {r.Report.TimeTotal}, {r.Digest}")
            : (entry.Event with { At = default, Lasted = null }).ToString();
        return happened + " → " + string.Join("; ", entry.Commands);
    }

    private sealed class DecidingAtRandom(ulong seed) : ITrialScheduler
    {
        private readonly RandomScheduler _random = new(seed);
        private readonly FifoScheduler _fifo = new();

        public string Name => "random";

        public bool NeedsCheckpoints => true;

        public IReadOnlyList<SchedulerDecision> Decide(TrialReport report, TrialBoard board) => _random.Decide(report, board);

        public TrialId? Choose(TrialBoard board) => _fifo.Choose(board);

        public void Observe(SchedulerObservation observation) => _fifo.Observe(observation);
    }
}
