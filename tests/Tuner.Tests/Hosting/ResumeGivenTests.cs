using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tuning.Schedulers;
using Tuning.Search.Tpe;
using Tuning.Stopping;
using Tuning.Testing;

namespace Tuning.Tests.Hosting;

/// <summary>The table of <c>docs/resume.md</c>: what may change when an experiment is continued, and what must be given again.</summary>
public sealed class ResumeGivenTests : IDisposable
{
    private static readonly TuneConfig _tune = new() { Metric = "loss", Mode = Mode.Min, Samples = 3, MaxConcurrentTrials = 1, Seed = 7 };

    private readonly TemporaryFolder _folder = new();
    private Action<int, int> _at = (_, _) => { };

    public enum Row
    {
        Samples, Stop, Stoppers, Concurrency, TimeBudget, Loggers, Retention, Failures, Cores, Resources,
        Space, Constraints, Feasibility, Objective, Direction, Seed, SearchAlg, SearcherOptions, Scheduler, SchedulerOptions, OwnOptions,
    }

    public static TheoryData<Row> Applied =>
        [Row.Samples, Row.Stop, Row.Stoppers, Row.Concurrency, Row.TimeBudget, Row.Loggers, Row.Retention, Row.Failures, Row.Cores, Row.Resources];

    public static TheoryData<Row> Refused => [Row.Space, Row.Constraints, Row.Feasibility, Row.Objective, Row.Direction, Row.Seed, Row.SearchAlg,
        Row.SearcherOptions, Row.Scheduler, Row.SchedulerOptions, Row.OwnOptions];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private RunConfig Run => new() { StoragePath = _folder.Path, Name = "mine", Resume = Resume.IfExists, Stop = { ["training_iteration"] = 4 } };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Applied))]
    public async Task What_bounds_the_future_is_applied_with_a_notice_recorded_and_verified(Row row)
    {
        await StopInTheMiddleAsync(NewTuner());
        var logger = new RecordingLogger();

        await StopInTheMiddleAsync(NewTuner(row, logger), trial: 1);
        var results = await Tuner.RestoreAsync(Path.Combine(_folder.Path, "mine"), Train(), cancellationToken: Cancellation);

        Assert.True(results.IsFinished);
        Assert.Equal(row == Row.Samples ? 5 : 3, results.Count);
        Assert.All(results.Skip(1), trial => Assert.Equal(row == Row.Stop ? 6 : row == Row.Stoppers ? 3 : 4, trial.Reports));
        Assert.True(row == Row.Samples || logger.Lines.Any(l => l.Text.Contains("changes from here on", StringComparison.Ordinal)),
            string.Join('\n', logger.Lines));
        Assert.Empty((await Tuner.VerifyAsync(results.Directory, Train())).Differences);
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task What_decided_the_past_must_be_given_as_it_was(Row row)
    {
        await StopInTheMiddleAsync(NewTuner(before: row));
        var journal = await File.ReadAllTextAsync(Path.Combine(_folder.Path, "mine", "journal.jsonl"), Cancellation);

        var error = await Assert.ThrowsAsync<SpecificationException>(() => NewTuner(row).FitAsync(Cancellation));
        var (space, tune, run) = Given(row);
        var restored = await Assert.ThrowsAsync<SpecificationException>(() =>
            Tuner.RestoreAsync(Path.Combine(_folder.Path, "mine"), Train(), new() { Space = space, Tune = tune, Run = run }, Cancellation));

        Assert.Contains("differs from what the experiment was begun with", error.Message, StringComparison.Ordinal);
        Assert.Equal(error.Message, restored.Message);
        Assert.Equal(journal, await File.ReadAllTextAsync(Path.Combine(_folder.Path, "mine", "journal.jsonl"), Cancellation));
    }

    [Fact]
    public async Task All_that_differs_is_said_at_once()
    {
        await StopInTheMiddleAsync(NewTuner());

        var error = await Assert.ThrowsAsync<SpecificationException>(() => new Tuner(
            Train(), new SearchSpace().Add("x", Domain.Uniform(0, 2)), _tune with { Seed = 8 }, Run).FitAsync(Cancellation));

        Assert.Equal(2, error.Message.Split("differs from").Length - 1);
    }

    [Fact]
    public async Task Same_definition_goes_on_without_a_notice()
    {
        await StopInTheMiddleAsync(NewTuner());
        var logger = new RecordingLogger();

        var results = await NewTuner(logger: logger).FitAsync(Cancellation);

        Assert.True(results.IsFinished);
        Assert.DoesNotContain(logger.Lines, l => l.Text.Contains("changes", StringComparison.Ordinal));
    }

    [Fact]
    public async Task More_samples_are_added_once()
    {
        await NewTuner().FitAsync(Cancellation);
        Assert.Equal(5, (await NewTuner(Row.Samples).FitAsync(Cancellation)).Count);
        var length = new FileInfo(Path.Combine(_folder.Path, "mine", "journal.jsonl")).Length;

        Assert.Equal(5, (await NewTuner(Row.Samples).FitAsync(Cancellation)).Count);
        Assert.Equal(5, (await NewTuner().FitAsync(Cancellation)).Count);
        Assert.Equal(length, new FileInfo(Path.Combine(_folder.Path, "mine", "journal.jsonl")).Length);
    }

    [Fact]
    public async Task Computed_values_are_given_again_by_the_space()
    {
        var space = new SearchSpace().Add("x", Domain.Uniform(0, 1)).Add("twice", Domain.Computed(c => c.Get<double>("x") * 2));
        var directory = Path.Combine(_folder.Path, "mine");
        await StopInTheMiddleAsync(new Tuner(Train(), space, _tune, Run));

        var missing = await Assert.ThrowsAsync<SpecificationException>(() => Tuner.RestoreAsync(directory, Train(), cancellationToken: Cancellation));
        var results = await Tuner.RestoreAsync(directory, Train(), new() { Space = space }, Cancellation);
        var verified = await Tuner.VerifyAsync(directory, Train(), new() { Space = space });

        Assert.Contains("twice", missing.Message, StringComparison.Ordinal);
        Assert.All(results, trial => Assert.Equal(trial.Config.Get<double>("x") * 2, trial.Config.Get<double>("twice")));
        Assert.Empty(verified.Differences);
        Assert.True((await new Tuner(Train(), space, _tune, Run).FitAsync(Cancellation)).IsFinished);
    }

    [Fact]
    public async Task Callback_that_is_not_given_again_is_an_error_unless_it_may_be_missing()
    {
        var directory = Path.Combine(_folder.Path, "mine");
        var ended = 0;
        var run = Run with { Callbacks = [TunerCallback.From(onTrialComplete: _ => ended++, name: "counter")] };
        await StopInTheMiddleAsync(new Tuner(Train(), Given(null).Space!, _tune, run));

        var missing = await Assert.ThrowsAsync<SpecificationException>(() => Tuner.RestoreAsync(directory, Train(), cancellationToken: Cancellation));
        Assert.Contains("callback counter", missing.Message, StringComparison.Ordinal);
        Assert.Contains("AllowMissing", missing.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<SpecificationException>(() => NewTuner().FitAsync(Cancellation));
        Assert.Equal(0, ended);

        await Tuner.RestoreAsync(directory, Train(), new() { Run = new RunConfig { Callbacks = run.Callbacks }, AddSamples = 1 }, Cancellation);
        Assert.Equal(4, ended);
        Assert.Equal(5, (await Tuner.RestoreAsync(directory, Train(), new() { AllowMissing = true, AddSamples = 1 }, Cancellation)).Count);
    }

    [Fact]
    public async Task Another_trainable_is_refused()
    {
        await StopInTheMiddleAsync(NewTuner());
        var other = Trainable.FromFunction<ParameterSet>("other", async (trial, cancel) => await trial.ReportAsync(new() { ["loss"] = 1 }));

        var error = await Assert.ThrowsAsync<SpecificationException>(() => new Tuner(other, Given(null).Space!, _tune, Run).FitAsync(Cancellation));

        Assert.Contains("it was handed 'other'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Components_of_ones_own_are_given_again()
    {
        var tune = _tune with { Scheduler = new OwnScheduler { Every = 3, Code = () => 1 } };
        await StopInTheMiddleAsync(new Tuner(Train(), Given(null).Space!, tune, Run));
        var directory = Path.Combine(_folder.Path, "mine");

        await Assert.ThrowsAsync<SpecificationException>(() => Tuner.RestoreAsync(directory, Train(), cancellationToken: Cancellation));
        Assert.True((await Tuner.RestoreAsync(directory, Train(), new() { Tune = tune }, Cancellation)).IsFinished);
    }

    private (SearchSpace? Space, TuneConfig Tune, RunConfig Run) Given(Row? row)
    {
        var space = new SearchSpace().Add("x", Domain.Uniform(0, row == Row.Space ? 2 : 1));
        var tune = row switch
        {
            Row.Samples => _tune with { Samples = 5 },
            Row.Concurrency => _tune with { MaxConcurrentTrials = 2 },
            Row.TimeBudget => _tune with { TimeBudget = TimeSpan.FromDays(1) },
            Row.Constraints => _tune with { Constraints = ["x < 0.9"] },
            Row.Feasibility => _tune with { FeasibleIf = ["loss < 9"] },
            Row.Objective => _tune with { Metric = "other" },
            Row.Direction => _tune with { Mode = Mode.Max },
            Row.Seed => _tune with { Seed = 8 },
            Row.SearchAlg => _tune with { SearchAlgorithm = new TpeOptions() },
            Row.SearcherOptions => _tune with { SearchAlgorithm = new TpeOptions { StartupTrials = 3 } },
            Row.Scheduler => _tune with { Scheduler = new MedianStoppingOptions() },
            Row.SchedulerOptions => _tune with { Scheduler = new MedianStoppingOptions { GracePeriod = 7 } },
            Row.OwnOptions => _tune with { Scheduler = new OwnScheduler { Every = 2, Code = () => 2 } },
            _ => _tune,
        };
        var run = row switch
        {
            Row.Stop => Run with { Stop = new() { ["training_iteration"] = 6 } },
            Row.Stoppers => Run with { Stoppers = [new MaximumIterationOptions { MaxIterations = 3 }] },
            Row.Loggers => Run with { Loggers = [] },
            Row.Retention => Run with { Checkpoint = new() { MaxToKeep = 1 } },
            Row.Failures => Run with { Failure = new() { MaxFailures = 2 } },
            Row.Cores => Run with { CpuPerTrial = 1 },
            Row.Resources => Run with { ResourcesPerTrial = new() { Gpu = 1 }, Resources = new() { Gpu = 2 } },
            _ => Run,
        };
        return (space, tune, run);
    }

    // Of options, the one that is begun with is of the same component.
    private Tuner NewTuner(Row? row = null, RecordingLogger? logger = null, Row? before = null)
    {
        var (space, tune, run) = Given(row);
        tune = before switch
        {
            Row.SearcherOptions => tune with { SearchAlgorithm = new TpeOptions() },
            Row.SchedulerOptions => tune with { Scheduler = new MedianStoppingOptions() },
            Row.OwnOptions => tune with { Scheduler = new OwnScheduler { Every = 1, Code = () => 1 } },
            _ => tune,
        };
        var services = new ServiceCollection().AddTuner();
        if (logger is not null)
        {
            services.AddSingleton<ILoggerFactory>(new OneLogger(logger));
        }

        return new(services.BuildServiceProvider(), Train(), space, tune, run);
    }

    // The trial asks for it itself, so that it is in the middle on any machine.
    private async Task StopInTheMiddleAsync(Tuner tuner, int trial = 0)
    {
        _at = (at, epoch) =>
        {
            if (at == trial && epoch == 3)
            {
                tuner.RequestStop();
            }
        };
        Assert.False((await tuner.FitAsync(Cancellation)).IsFinished);
        _at = (_, _) => { };
    }

    private Tuning.Training.TrainableDefinition Train() => Trainable.FromFunction<ParameterSet>("train", async (trial, cancel) =>
    {
        for (var epoch = trial.Checkpoint?.ReadJson<int>("epoch.json") ?? 1; ; epoch++)
        {
            _at(trial.Id.Number, epoch);
            await trial.ReportAsync(new() { ["loss"] = trial.Config.Get<double>("x") / epoch, ["other"] = 1 }, dir => dir.WriteJson("epoch.json", epoch + 1));
        }
    }, checkpoints: true);

    public sealed record OwnScheduler : SchedulerOptions
    {
        public int Every { get; init; }

        public Func<int>? Code { get; init; }

        public override ITrialScheduler Create(SchedulerContext context) => new FifoScheduler();
    }
}
