using System.Text.Json;
using Tuning.Running;
using Tuning.Schedulers;
using Tuning.Testing;

namespace Tuning.Tests.Schedulers.Population;

/// <summary>Populations through the whole machine: journal, checkpoints, threads, files.</summary>
[Trait("Lane", "Slow")]
public sealed class PopulationExperimentTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static readonly Tuning.Training.TrainableDefinition _climb = Trainable.FromFunction<ParameterSet>("climb", async (trial, cancel) =>
    {
        var (start, height) = trial.Checkpoint?.ReadJson<double[]>("state.json") is { } s ? ((int)s[0], s[1]) : (0, 0.0);
        for (var i = start + 1; ; i++)
        {
            height += 1 - Math.Abs(trial.Config.Get<double>("lr") - 0.5);
            await trial.ReportAsync(new() { ["height"] = height, ["training_iteration"] = i }, dir => dir.WriteJson("state.json", new[] { i, height }));
        }
    }, checkpoints: true);

    private RunConfig Run(string name) => new() { Name = name, StoragePath = _folder.Path, Stop = { ["training_iteration"] = 30 } };

    private static TuneConfig Tune(SchedulerOptions? scheduler, int samples = 4) =>
        new() { Metric = "height", Mode = Mode.Max, Samples = samples, Scheduler = scheduler, MaxConcurrentTrials = 2, Seed = 3 };

    [Fact]
    public async Task A_schedule_is_written_and_run_again()
    {
        var options = new PopulationBasedTrainingOptions
        {
            TimeAttribute = "training_iteration",
            Synchronous = true,
            PerturbationInterval = 5,
            HyperparameterMutations = new SearchSpace().Add("lr", Domain.Uniform(0, 1))
        };

        var results = await new Tuner(_climb, new SearchSpace(), Tune(options), Run("pbt")).FitAsync(Cancellation);

        // What the space says nothing of was drawn.
        Assert.All(results, r => Assert.InRange(r.Config.Get<double>("lr"), 0, 1));
        var global = await File.ReadAllLinesAsync(Path.Combine(results.Directory, ExploitSchedules.GlobalName), Cancellation);
        Assert.NotEmpty(global);
        var file = Directory.EnumerateFiles(results.Directory, "pbt_policy_*.txt").First();
        var lines = await File.ReadAllLinesAsync(file, Cancellation);
        Assert.All(lines, l => Assert.Equal(6, JsonDocument.Parse(l).RootElement.GetArrayLength()));
        var policy = Tuning.Schedulers.Population.ReplayPolicy.Of(file, [.. lines]);

        var again = await new Tuner(_climb, new SearchSpace(), Tune(new PopulationBasedTrainingReplayOptions { PolicyFile = file }, 1), Run("again"))
            .FitAsync(Cancellation);

        // A takeover of a trial that had come to its end is no part of what is run again, which ends there.
        var last = policy.Changes.Where(c => c.Iteration < 30).Select(c => c.Config).LastOrDefault(policy.Start);
        Assert.Equal(last, again[0].Config);
        Assert.Equal(30, again[0].Metrics.Number("training_iteration"));

        // The record holds the schedule; and made anew from the journal the files are the same.
        File.Delete(file);
        Assert.Empty((await Tuner.VerifyAsync(again.Directory, _climb)).Differences);
        var before = await File.ReadAllTextAsync(Path.Combine(results.Directory, ExploitSchedules.GlobalName), Cancellation);
        using (var reader = new JournalReader(results.Directory))
        {
            new ExploitSchedules(results.Directory, reader.ReadState(new()).Takeovers).Written();
        }

        Assert.Equal(before, await File.ReadAllTextAsync(Path.Combine(results.Directory, ExploitSchedules.GlobalName), Cancellation));
        Assert.True(File.Exists(file));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_computed_follows_explored_values_and_constraints_hold(bool isConstant)
    {
        // A plain value in the space is explored like any other.
        var space = new SearchSpace().Add("lr", isConstant ? 0.3 : Domain.Uniform(0, 1)).Add("twice", Domain.Expression("lr * 2"))
            .Add("extra", Domain.Uniform(0, 1).When("lr > 0.4"));
        var options = new PopulationBasedTrainingOptions
        {
            TimeAttribute = "training_iteration",
            Synchronous = true,
            PerturbationInterval = 2,
            ResampleProbability = 1,
            HyperparameterMutations = new SearchSpace().Add("lr", Domain.Uniform(0, 1))
        };

        var results = await new Tuner(_climb, space, Tune(options, 6) with { Constraints = ["lr <= 0.6"] }, Run("computed")).FitAsync(Cancellation);

        Assert.Contains(results.Decisions(), d => d.Kind == DecisionKind.Exploit);
        Assert.All(results, r =>
        {
            var lr = r.Config.Get<double>("lr");
            Assert.InRange(lr, 0, 0.6);
            Assert.Equal(2 * lr, r.Config.Get<double>("twice"));
            Assert.Equal(lr > 0.4, r.Config.TryGet("extra", out _));
        });
    }

    [Fact]
    public void Rays_file_is_read_from_its_end()
    {
        var policy = Tuning.Schedulers.Population.ReplayPolicy.Of("pbt_policy_a.txt",
        [
            """["1", "2", 4, 4, {"lr": 0.9}, {"lr": 0.8}]""",
            """["3", "4", 5, 5, {"lr": 0.1}, {"lr": 0.2}]""",
            """["5", "3", 8, 10, {"lr": 0.2}, {"lr": 0.3}]""",
        ]);

        Assert.Equal(ParameterSet.Empty.With("lr", 0.1), policy.Start);
        Assert.Equal([(5L, ParameterSet.Empty.With("lr", 0.2)), (10L, ParameterSet.Empty.With("lr", 0.3))], policy.Changes);
    }

    [Fact]
    public async Task Custom_function_has_the_last_word()
    {
        var options = new PopulationBasedTrainingOptions
        {
            TimeAttribute = "training_iteration",
            PerturbationInterval = 5,
            HyperparameterMutations = new SearchSpace().Add("lr", Domain.Uniform(0, 1)),
            CustomExplore = config => config.With("lr", 0.5),
        };

        var results = await new Tuner(_climb, new SearchSpace(), Tune(options), Run("custom")).FitAsync(Cancellation);

        Assert.Contains(results, r => r.Config.Get<double>("lr") == 0.5);
    }

    [Fact]
    public void What_does_not_fit_a_population_is_refused()
    {
        var options = new PopulationBasedTrainingOptions
        {
            TimeAttribute = "training_iteration",
            HyperparameterMutations = new SearchSpace().Add("lr", Domain.Uniform(0, 1))
        };

        Refused("its size", "whose size must be known", Tune(options, -1));
        Refused("a model", "learns from results", Tune(options) with { SearchAlgorithm = new Tuning.Search.Tpe.TpeOptions() });
        Refused("no policy", "policy_file: 'none.txt' cannot be read or is empty",
            Tune(new PopulationBasedTrainingReplayOptions { PolicyFile = "none.txt" }, 1));
        Refused("two trials", "exactly one trial", Tune(new PopulationBasedTrainingReplayOptions { PolicyFile = "none.txt" }, 2));

        void Refused(string name, string message, TuneConfig tune) =>
            Assert.Contains(message, Assert.Throws<SpecificationException>(() =>
                Tuning.Specification.ExperimentBuilder.Build(new(), _climb, new SearchSpace(), tune, Run(name))).Message, StringComparison.Ordinal);
    }
}
