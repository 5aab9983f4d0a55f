using Tuning.Schedulers;
using Tuning.Search;
using Tuning.Specification;
using Tuning.Stopping;
using Tuning.Training;

namespace Tuning.Tests.Specification;

public sealed class ExperimentBuilderTests
{
    private static readonly ComponentCatalog _catalog = FakeAlgorithm.Catalog();

    [Fact]
    public void Csharp_and_file_come_down_to_the_same_experiment()
    {
        var built = ExperimentBuilder.Build(
            _catalog,
            new FakeAlgorithm(),
            new SearchSpace().Add("lr", Domain.LogUniform(1e-5, 1e-2)).Add("env", "Pendulum-v1"),
            new TuneConfig
            {
                Metric = "loss",
                Mode = Mode.Min,
                Samples = 50,
                MaxConcurrentTrials = 2,
                Seed = 7,
                TimeBudget = TimeSpan.FromMinutes(1),
                SearchAlgorithm = new RandomSearchOptions { ConstantGridSearch = true }
            },
            new RunConfig
            {
                Name = "a",
                StoragePath = "out",
                Stop = { ["loss"] = StopAt.Most(0.01), ["training_iteration"] = 100 },
                Stoppers = [new AllStopperOptions { Stoppers = [new TimeoutOptions { Seconds = 600 }, new TrialPlateauOptions { Metric = "loss" }] }],
                Checkpoint = new() { CheckpointFrequency = 2 },
                Failure = new() { MaxFailures = -1 },
                Loggers = ["json"],
            });

        var file = ExperimentFile.Parse(
            """
            a:
              run: PPO
              env: Pendulum-v1
              config: {lr: {loguniform: [1e-5, 1e-2]}}
              stop: {loss: {"<=": 0.01}, training_iteration: 100}
              num_samples: 50
              tune:
                metric: loss
                mode: min
                max_concurrent_trials: 2
                seed: 7
                time_budget_s: 60
                search_alg: {type: basic_variant, constant_grid_search: true}
                stoppers: [{all: [{type: timeout, seconds: 600}, {type: trial_plateau, metric: loss}]}]
              checkpoint_config: {checkpoint_frequency: 2}
              failure_config: {max_failures: -1}
              loggers: [json]
              storage_path: out
            """,
            Path.Combine(Directory.GetCurrentDirectory(), "a.yaml"),
            _catalog);

        Assert.Empty(file.Problems);
        Assert.Equal(file.Experiments[0].ToJson(), built.Specification.ToJson());
        Assert.Equal([new Objective("loss", Mode.Min)], built.Objectives);
        Assert.Empty(built.SuppliedAsCode);
    }

    [Fact]
    public void Everything_is_defined_again_from_the_json()
    {
        var built = ExperimentBuilder.Build(_catalog, new FakeAlgorithm(),
            run: new RunConfig { Stoppers = [new AnyStopperOptions { Stoppers = [new MaximumIterationOptions { MaxIterations = 3 }] }] });

        var again = _catalog.Define(ExperimentSpec.FromJson(built.Specification.ToJson()));

        Assert.Equal(built.SearchAlg, again.SearchAlg);
        Assert.Equal(built.Scheduler, again.Scheduler);
        Assert.Equal(built.Stoppers, again.Stoppers);
        Assert.Equal([new Objective("env_runners/episode_return_mean", Mode.Max)], again.Objectives);
    }

    [Fact]
    public void Defaults_of_the_trainable_lie_below_the_space()
    {
        var spec = ExperimentBuilder.Build(_catalog, new WithDefaults(), new SearchSpace().Add("a.b", 1)).Specification;

        Assert.Equal("""{"a":{"b":1,"c":2},"d":3}""", spec.Space.ToString());
    }

    [Fact]
    public void All_problems_come_at_once()
    {
        var error = Assert.Throws<SpecificationException>(() => ExperimentBuilder.Build(
            _catalog,
            new FakeAlgorithm(),
            new SearchSpace().Add("lr", Domain.Uniform(-1, 1)).Add("gama", 1),
            new TuneConfig { Metric = "los", Samples = 0, Constraints = ["x >"] },
            new RunConfig { Name = "a/b", Loggers = ["jsn"], Stoppers = [new MaximumIterationOptions { MaxIterations = 0 }] }));

        Assert.Equal(
            ["a/b.tune.mode", "a/b", "a/b.num_samples", "a/b.constraints[0]", "a/b.tune.stoppers[0].max_iter", "a/b.loggers[0]", "a/b.tune.metric",
                "a/b.config.gama", "a/b.config.lr"],
            error.Problems.Select(p => p.Path));
        Assert.Contains("is 'jsn', which is no logger. Did you mean 'json'?", error.Message);
        Assert.All(error.Problems, p => Assert.Contains(p.Message, error.Message));
    }

    [Fact]
    public void Scheduler_of_the_users_own_is_supplied_again_to_resume()
    {
        var tune = new TuneConfig { Scheduler = new OwnSchedulerOptions() };
        var built = ExperimentBuilder.Build(_catalog, new FakeAlgorithm(), tune: tune);

        Assert.Equal(["scheduler own_scheduler_options"], built.SuppliedAsCode);
        Assert.Same(tune.Scheduler, built.Scheduler);
        var spec = ExperimentSpec.FromJson(built.Specification.ToJson());
        Assert.Contains("'own_scheduler_options' is not registered here", Assert.Throws<SpecificationException>(() => _catalog.Define(spec)).Message);
        Assert.Same(tune.Scheduler, _catalog.Define(spec, tune: tune).Scheduler);
    }

    [Fact]
    public void Computed_code_is_supplied_again_to_resume()
    {
        var space = new SearchSpace().Add("lr", Domain.Uniform(0.1, 1)).Add("gamma", Domain.Computed(c => c.Get<double>("lr"), "same"));
        var built = ExperimentBuilder.Build(_catalog, new FakeAlgorithm(), space);

        Assert.Equal(["computed value gamma"], built.SuppliedAsCode);
        var spec = ExperimentSpec.FromJson(built.Specification.ToJson());
        Assert.Contains("Give the search space again", Assert.Throws<SpecificationException>(() => _catalog.Define(spec)).Message);
        Assert.Empty(_catalog.Define(spec, space: space).Specification.Space.MissingCode);
    }

    [Fact]
    public void Direction_of_a_metric_is_what_the_trainable_declares_or_must_be_given()
    {
        Assert.Equal([new Objective("env_runners/episode_return_mean", Mode.Max)], Objectives(new() { Metric = "episode_reward_mean" }));
        Assert.Equal([new Objective("env_runners/episode_return_mean", Mode.Min)], Objectives(new() { Metric = "episode_reward_mean", Mode = Mode.Min }));
        Assert.Contains("set Mode = Mode.Min or Mode = Mode.Max.", Refused(new() { Metric = "loss" }));
        Assert.Contains("is Min, and 'PPO' declares Max for its metric 'env_runners/episode_return_mean'", Refused(new() { Mode = Mode.Min }));

        static IEnumerable<Objective> Objectives(TuneConfig tune) => ExperimentBuilder.Build(_catalog, new FakeAlgorithm(), tune: tune).Objectives;
        static string Refused(TuneConfig tune) => Assert.Throws<SpecificationException>(() => Objectives(tune)).Message;
    }

    [Fact]
    public void Seed_is_any_whole_number_of_64_bits()
    {
        var (small, large, negative) = (7, long.MaxValue, -3L);

        Assert.Equal([7UL, (ulong)long.MaxValue, ulong.MaxValue - 2, ulong.MaxValue],
            new Int128?[] { small, large, negative, ulong.MaxValue }.Select(s => Seed(s)));
        Assert.Contains("tune.seed: is 18446744073709551616; it must be a whole number of 64 bits",
            Assert.Throws<SpecificationException>(() => Seed((Int128)ulong.MaxValue + 1)).Message);

        static ulong Seed(Int128? seed) => ExperimentBuilder.Build(_catalog, new FakeAlgorithm(), tune: new() { Seed = seed }).Specification.Seed!.Value;
    }

    [Fact]
    public void Arrays_that_nobody_made_are_empty()
    {
        var built = ExperimentBuilder.Build(
            _catalog,
            new FakeAlgorithm(),
            tune: new()
            {
                Objectives = default,
                ReferencePoint = default,
                Constraints = default,
                FeasibleIf = default,
                SearchAlgorithm = new RandomSearchOptions { PointsToEvaluate = default },
                Samples = Limits.Unlimited
            },
            run: new() { Stoppers = default, Callbacks = default, Hooks = default, Failure = new() { MaxFailures = Limits.Unlimited } });

        Assert.Empty(built.Callbacks);
        Assert.Equal((-1, -1), (built.Specification.NumSamples, built.Specification.Failures.MaxFailures));
        Assert.Equal(built.Specification, ExperimentSpec.FromJson(built.Specification.ToJson()));
    }

    private sealed record OwnSchedulerOptions : SchedulerOptions
    {
        public override ITrialScheduler Create(SchedulerContext context) => new FifoOptions().Create(context);
    }

    private sealed class WithDefaults : TrainableDefinition
    {
        public override string Name => "defaults";

        public override bool Checkpoints => false;

        public override ParameterSet Defaults => ParameterSet.Parse("""{"a":{"b":0,"c":2},"d":3}""");

        public override ITrainable Create(IServiceProvider services) => throw new NotSupportedException();
    }
}
