using Tuning.Control;
using Tuning.Randomness;
using Tuning.Schedulers;
using Tuning.Schedulers.Population;

namespace Tuning.Tests.Schedulers.Population;

[Trait("Lane", "Slow")]
public sealed class PopulationBasedTrainingTests
{
    private static readonly SearchSpace _lr = new SearchSpace().Add("lr", Domain.LogUniform(1e-4, 1));

    // Ray's test_pbt: ceil of the share, but at most half of the population, and none of one.
    [Theory]
    [InlineData(1, 0.25, 0)]
    [InlineData(2, 0.25, 1)]
    [InlineData(3, 0.25, 1)]
    [InlineData(4, 0.25, 1)]
    [InlineData(5, 0.25, 2)]
    [InlineData(8, 0.25, 2)]
    [InlineData(10, 0.25, 3)]
    [InlineData(16, 0.25, 4)]
    [InlineData(5, 0.5, 2)]
    [InlineData(3, 0.5, 1)]
    [InlineData(8, 0, 0)]
    public void Quantile_has_as_many_as_in_Ray(int count, double fraction, int size) => Assert.Equal(size, Ranking.QuantileSize(count, fraction));

    [Theory]
    [InlineData(8, 8, 0, 1)]
    [InlineData(8, 3, 0, 2)]
    [InlineData(13, 13, 40, 3)]
    [InlineData(20, 5, 60, 4)]
    [InlineData(2, 2, 0, 5)]
    public void Every_decision_is_what_a_slow_twin_says(int trials, int slots, int failsOneIn, int seed)
    {
        var run = Noisy((ulong)seed, trials, slots, failsOneIn, Mode.Max);

        Assert.True(run.Commands<ExperimentCommand.AdoptCheckpoint>().Count() >= trials / 2);
    }

    [Fact]
    public void Thousand_reasons_say_the_numbers_that_led_to_the_decision()
    {
        var checkedReasons = 0;
        for (var seed = 10UL; checkedReasons < 1000; seed++)
        {
            var run = Noisy(seed, 40, 40, 0, seed % 2 == 0 ? Mode.Max : Mode.Min);
            checkedReasons += run.Commands<ExperimentCommand.PlanExploit>().Count();
        }
    }

    // Figure 2 of the paper: what is trained sees only a part of the quadratic, and no constant h brings both parts to their best.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Toy_quadratic_of_the_paper_is_solved_and_is_not_without_exploits(bool synch)
    {
        var options = new PopulationBasedTrainingOptions
        {
            TimeAttribute = "training_iteration",
            PerturbationInterval = 4,
            HyperparameterMutations = new SearchSpace().Add("h0", Domain.Uniform(0, 1)).Add("h1", Domain.Uniform(0, 1)),
            Synchronous = synch,
        };

        Assert.InRange(Best(Toy(options.Create)), 1.15, 1.2);
        Assert.InRange(Best(Toy(_ => new FifoScheduler())), 0.35, 0.45);
    }

    [Fact]
    public void Toy_quadratic_is_solved_by_bandits()
    {
        var options = new Pb2Options
        {
            TimeAttribute = "training_iteration",
            PerturbationInterval = 8,
            HyperparameterBounds = ParameterSet.Empty.With("h0", new[] { 0.0, 1.0 }).With("h1", new[] { 0.0, 1.0 })
        };

        Assert.InRange(Best(Toy(options.Create)), 1.1, 1.2);
    }

    [Fact]
    public void More_members_than_slots_take_turns_and_train_evenly()
    {
        var run = Noisy(7, 12, 3, 0, Mode.Max);

        var times = run.Commands<ExperimentCommand.Answer>().Where(a => a.Verdict == Verdict.Pause).ToList();
        Assert.NotEmpty(times);
        Assert.All(times, a => Assert.StartsWith("gives way at ", a.Reason, StringComparison.Ordinal));

        // Nobody starved: all came to the end.
        Assert.All(run.Controller.Views(), v => Assert.True(v.TrainingIteration >= 60));
    }

    [Theory]
    [InlineData(8, 8, 0)]
    [InlineData(8, 3, 0)]
    [InlineData(8, 8, 25)]
    [InlineData(9, 2, 25)]
    public void Synchronous_members_wait_for_each_other_also_where_some_fail(int trials, int slots, int failsOneIn)
    {
        var run = new VirtualPopulation(3)
        {
            Scheduler = Options(synch: true).Create,
            Config = i => ParameterSet.Empty.With("lr", 0.5 / (i + 1)),
            Step = Climb,
            Trials = trials,
            Slots = slots,
            Iterations = 40,
            FailsOneIn = failsOneIn,
            MaxFailures = failsOneIn > 0 ? 1 : 0,
        }.Run();

        if (failsOneIn > 0)
        {
            Assert.Contains(run.Controller.Views(), v => v.Status == TrialStatus.Failed);
        }

        // All that did not fail came to the end, and nobody passed a barrier before all that lived had come to it.
        Assert.All(run.Controller.Views().Where(v => v.Status == TrialStatus.Terminated), v => Assert.Equal(40, v.TrainingIteration));
        var at = new Dictionary<TrialId, long>();
        foreach (var (e, recorded) in run.Record)
        {
            if (e is ExperimentEvent.Reported r)
            {
                at[r.Report.Trial] = r.Report.TrainingIteration;
                Assert.True(at.Values.Max() <= ((at.Values.Min() / 5) + 1) * 5, $"{at.Values.Min()} and {at.Values.Max()}");
            }

            foreach (var ended in recorded.OfType<ExperimentCommand.EndTrial>())
            {
                at.Remove(ended.Trial);
            }
        }

        Assert.NotEmpty(run.Commands<ExperimentCommand.AdoptCheckpoint>());
    }

    [Fact]
    public void Exploits_take_a_checkpoint_no_older_than_the_comparison_that_chose_the_source()
    {
        foreach (var (trials, slots, failsOneIn) in new[] { (8, 8, 0), (8, 3, 30), (16, 16, 30), (10, 2, 20) })
        {
            foreach (var synch in new[] { false, true })
            {
                var run = new VirtualPopulation((ulong)trials)
                {
                    Scheduler = Options(synch).Create,
                    Config = i => ParameterSet.Empty.With("lr", 0.5 / (i + 1)),
                    Step = Climb,
                    Trials = trials,
                    Slots = slots,
                    Iterations = 60,
                    FailsOneIn = failsOneIn,
                    MaxFailures = 2,
                    LeavesSlowly = trials != 16,
                    Checkpoints = new() { MaxToKeep = 1 },
                }.Run();
                CheckSources(run);
            }
        }
    }

    [Fact]
    public void Score_that_is_no_number_leads_to_no_comparison()
    {
        var run = new VirtualPopulation(1)
        {
            Scheduler = Options().Create,
            Config = i => ParameterSet.Empty.With("lr", 0.1),
            Step = (state, _) => double.NaN,
            Trials = 4,
            Slots = 2,
            Iterations = 20,
        }.Run();

        Assert.Empty(run.Commands<ExperimentCommand.PlanExploit>());
        Assert.All(run.Controller.Views(), v => Assert.Equal((TrialStatus.Terminated, 20L), (v.Status, v.TrainingIteration)));
    }

    [Fact]
    public void Time_that_each_trial_counts_for_itself_goes_on_after_an_exploit()
    {
        // reports are numbered per trial, training_iteration goes back to the source's.
        var run = new VirtualPopulation(2)
        {
            Scheduler = (Options() with { TimeAttribute = "time_total_s" }).Create,
            Config = i => ParameterSet.Empty.With("lr", 0.5 / (i + 1)),
            Step = Climb,
            Iterations = 60,
        }.Run();

        var last = new Dictionary<TrialId, int>();
        foreach (var answer in run.Commands<ExperimentCommand.Answer>().Where(a => a.Verdict == Verdict.Exploit))
        {
            Assert.True(answer.Report - last.GetValueOrDefault(answer.Trial) >= 5);
            last[answer.Trial] = answer.Report;
        }

        Assert.NotEmpty(last);
    }

    internal static PopulationBasedTrainingOptions Options(bool synch = false) => new()
    {
        TimeAttribute = "training_iteration",
        PerturbationInterval = 5,
        HyperparameterMutations = _lr,
        Synchronous = synch,
    };

    // Progress is best at a learning rate of 0.1, and worse the farther away.
    internal static double Climb(LearnerState state, ParameterSet config)
    {
        state.Weights = state.Weights is [var w] ? [w] : [0];
        state.Weights[0] += 1 / (1 + Math.Pow(Math.Log10(config.Get<double>("lr")) + 1, 2));
        return state.Weights[0];
    }

    private static VirtualPopulation Noisy(ulong seed, int trials, int slots, int failsOneIn, Mode mode)
    {
        var noise = new RandomStream(seed + 100);
        return new VirtualPopulation(seed)
        {
            Scheduler = context => new PbtTwin(Options().Create(context), 5, mode, (1e-4, 1)),
            Config = i => ParameterSet.Empty.With("lr", Math.Pow(10, -4.0 * (i + 1) / (trials + 1))),
            Step = (state, config) => (mode == Mode.Max ? 1 : -1) * (Climb(state, config) + (0.3 * noise.NextGaussian())),
            Mode = mode,
            Trials = trials,
            Slots = slots,
            Iterations = 60,
            FailsOneIn = failsOneIn,
        }.Run();
    }

    private static VirtualPopulation Toy(Func<SchedulerContext, Tuning.Schedulers.ITrialScheduler> scheduler) => new VirtualPopulation(1)
    {
        Scheduler = scheduler,
        Config = i => ParameterSet.Empty.With("h0", i == 0 ? 1.0 : 0.0).With("h1", i == 0 ? 0.0 : 1.0),
        Step = (state, config) =>
        {
            var theta = state.Weights.Length == 0 ? state.Weights = [0.9, 0.9] : state.Weights;
            theta[0] -= 0.02 * config.Get<double>("h0") * theta[0];
            theta[1] -= 0.02 * config.Get<double>("h1") * theta[1];
            return 1.2 - (theta[0] * theta[0]) - (theta[1] * theta[1]);
        },
        Trials = 2,
        Slots = 2,
        Iterations = 400,
    }.Run();

    private static double Best(VirtualPopulation run) => run.Controller.Views().Max(v => v.BestObjective!.Value);

    // Reads the record: the checkpoint follows a report of the source that is no older than the one it was compared at last.
    private static void CheckSources(VirtualPopulation run)
    {
        var compared = new Dictionary<TrialId, (int Report, long Time)>();
        var planned = new Dictionary<TrialId, (TrialId Source, int Report)>();
        var reasons = new Dictionary<TrialId, string>();
        var adopted = 0;
        foreach (var (e, recorded) in run.Record)
        {
            if (e is ExperimentEvent.Reported { Report: var report } && report.TrainingIteration % 5 == 0)
            {
                compared[report.Trial] = (report.Number, report.TrainingIteration);
            }

            foreach (var command in recorded)
            {
                switch (command)
                {
                    case ExperimentCommand.PlanExploit p:
                        planned[p.Trial] = (p.Source, compared.GetValueOrDefault(p.Source).Report);
                        break;
                    case ExperimentCommand.Answer { Verdict: Verdict.Exploit } answer:
                        reasons[answer.Trial] = answer.Reason!;
                        break;
                    case ExperimentCommand.Redirect { Verdict: Verdict.Exploit } redirect:
                        reasons[redirect.Trial] = redirect.Reason;
                        break;
                    case ExperimentCommand.AdoptCheckpoint a:
                        adopted++;
                        Assert.Matches($@"checkpoint of its report ({a.Source.AfterReport}|\d+ or {a.Source.AfterReport}|{a.Source.AfterReport} or \d+); own",
                            reasons[a.Trial]);
                        Assert.Equal(planned[a.Trial].Source, a.Source.Trial);
                        Assert.True(a.Source.AfterReport >= planned[a.Trial].Report, $"{a}; the source was compared at its report {planned[a.Trial].Report}");
                        break;
                }
            }
        }

        Assert.True(adopted > 0);
    }
}
