using System.Collections.Concurrent;
using Tuning.Randomness;
using Tuning.Running;
using Tuning.Schedulers;
using Tuning.Search;
using Tuning.Search.Tpe;
using Tuning.Testing;
using Tuning.Training;

namespace Tuning.Tests.Experiments;

public sealed class StudyTests : IDisposable
{
    private static readonly SearchSpace _space = new SearchSpace().Add("x", Domain.Uniform(-5, 5)).Add("algo", Domain.Choice("a", "b"));

    private readonly string _storage = Directory.CreateTempSubdirectory("study").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_storage, recursive: true);

    [Fact]
    public async Task Asked_trials_are_told_and_the_best_is_known()
    {
        await using var study = Study.InMemory(_space, new() { Samples = 20, Seed = 1 });
        var values = new List<double>();
        while (study.Ask() is { } trial)
        {
            values.Add(Math.Abs(trial.Get<double>("x") - 1));
            study.Tell(trial, values[^1]);
        }

        var results = study.Results();
        Assert.Equal(20, results.Count);
        Assert.Equal(values.Min(), results.Best().Objective);
        Assert.Equal(values, results.Select(t => t.Metrics["value"].Number!.Value));
        Assert.True(study.IsFinished);
        Assert.Equal("all 20 trials ended", study.EndReason);
        Assert.Null(study.Ask());
        Assert.Null(study.Directory);
    }

    [Theory]
    [InlineData("random")]
    [InlineData("tpe")]
    public async Task Configurations_are_those_of_the_searcher_alone(string name)
    {
        SearcherOptions options = name == "tpe" ? new TpeOptions() : new RandomSearchOptions();
        await using var study = Study.InMemory(_space, new() { Samples = 40, Seed = 3, SearchAlgorithm = options });
        var seed = SeedPath.Of(3) / "searcher";
        var alone = new SearchRun(options.Create(new(_space, [new("value", Mode.Min)]) { Seed = seed, Budget = 40 }), seed);
        for (var i = 0; i < 40; i += 2)
        {
            var asked = new[] { study.Ask()!, study.Ask()! };
            var drawn = new[] { (Suggestion.Configure)alone.Ask(), (Suggestion.Configure)alone.Ask() };
            Assert.Equal(drawn.Select(d => d.Config), asked.Select(t => t.Config));
            Assert.Equal(drawn.Select(d => d.Reason), asked.Select(t => t.Reason));
            foreach (var (trial, place) in new[] { (asked[1], i + 1), (asked[0], i) })
            {
                study.Tell(trial, Math.Abs(trial.Get<double>("x")));
                alone.Tell(place, Math.Abs(trial.Get<double>("x")));
            }
        }
    }

    [Fact]
    public async Task Study_goes_on_in_another_process_with_the_trials_under_way()
    {
        var directory = "";
        var configs = new List<ParameterSet>();
        await using (var study =
            await Study.CreateAsync(_space, new() { Name = "s", StoragePath = _storage, Seed = 2, SearchAlgorithm = new TpeOptions() }, Cancel))
        {
            directory = study.Directory!;
            for (var i = 0; i < 15; i++)
            {
                var trial = study.Ask()!;
                configs.Add(trial.Config);
                if (i % 5 == 0)
                {
                    study.Report(trial, 10 + i, i);
                }
                else
                {
                    study.Tell(trial, i);
                }
            }
        }

        await using (var again = await Study.OpenAsync(directory, null, Cancel))
        {
            Assert.Equal([0, 5, 10], again.Running.Select(t => t.Id.Number));
            Assert.Equal(configs[5], again.Running[1].Config);
            again.Tell(again.Running[1], -3);
            again.TellFailed(again.Running[0], "no luck");
            var next = again.Ask()!;
            Assert.Equal(15, next.Id.Number);
            again.Tell(next, 4);
            Assert.Equal(5, again.Results().Best().Id.Number);
        }

        var stored = await ResultGrid.LoadAsync(directory, Cancel);
        Assert.Equal([TrialStatus.Failed, TrialStatus.Terminated, TrialStatus.Running], new[] { 0, 5, 10 }.Select(i => stored[i].Status));
        Assert.Equal(15, stored[5].TrainingIteration);
        var report = await Tuner.VerifyAsync(directory, AskAndTell.Instance);
        Assert.True(report.Agrees, string.Join('\n', report.Differences));
        Assert.Contains("Study.OpenAsync", (await Assert.ThrowsAsync<SpecificationException>(() =>
            Tuner.RestoreAsync(directory, AskAndTell.Instance, null, Cancel))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Study_whose_process_was_killed_goes_on_with_what_was_told()
    {
        // A journal that ends between two lines, or within one, as a kill leaves it.
        await using (var study = await Study.CreateAsync(_space, new() { Name = "s", StoragePath = _storage, Seed = 2, Samples = 6 }, Cancel))
        {
            for (var i = 0; i < 3; i++)
            {
                study.Tell(study.Ask()!, i);
            }
        }

        var journal = Path.Combine(_storage, "s", JournalReader.FileName);
        var bytes = await File.ReadAllBytesAsync(journal, Cancel);
        var starts = bytes.Index().Where(b => b.Item == (byte)'\n').Select(b => b.Index + 1).ToList();
        foreach (var cut in starts.SelectMany(s => new[] { s, s - 3 }).Where(c => c >= starts[0]))
        {
            await File.WriteAllBytesAsync(journal, bytes[..cut], Cancel);
            await using var again = await Study.OpenAsync(Path.Combine(_storage, "s"), null, Cancel);
            foreach (var trial in again.Running)
            {
                again.Tell(trial, 7);
            }

            while (again.Ask() is { } trial)
            {
                again.Tell(trial, 8);
            }

            Assert.Equal(6, again.Results().Count);
            Assert.All(again.Results(), t => Assert.Equal(TrialStatus.Terminated, t.Status));
        }
    }

    [Fact]
    public async Task Many_threads_ask_and_tell_at_once()
    {
        await using var study = await Study.CreateAsync(_space,
            new() { Name = "s", StoragePath = _storage, Seed = 2, Samples = 200, Parallelism = 8, SearchAlgorithm = new TpeOptions() }, Cancel);
        var seen = new ConcurrentBag<int>();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(async () =>
        {
            while ((worker % 2 == 0 ? study.Ask(Cancel) : await study.AskAsync(Cancel)) is { } trial)
            {
                seen.Add(trial.Id.Number);
                study.Report(trial, 1, trial.Get<double>("x"));
                study.Tell(trial, trial.Get<double>("x"));
            }
        })));

        Assert.Equal(Enumerable.Range(0, 200), seen.Order());
        Assert.True(study.IsFinished);
        await study.DisposeAsync();
        var report = await Tuner.VerifyAsync(study.Directory!, AskAndTell.Instance);
        Assert.True(report.Agrees, string.Join('\n', report.Differences));
    }

    [Fact]
    public async Task Scheduler_stops_a_trial_at_its_report()
    {
        var scheduler = new StopAbove();
        await using var study = Study.InMemory(_space, new() { Scheduler = scheduler, Stop = { ["training_iteration"] = 5 } });
        var trial = study.Ask()!;

        Assert.False(study.Report(trial, 1, 0.5));
        Assert.True(study.Report(trial, 2, 1.5));
        study.Tell(trial, 9);

        Assert.Equal(1.5, study.Results()[0].Objective);
        Assert.Equal("above 1", study.Results()[0].Reason);
        Assert.Contains("above 1", Assert.Throws<InvalidOperationException>(() => study.Tell(trial, 9)).Message, StringComparison.Ordinal);
        Assert.True(study.Report(study.Ask()!, 5, 0));
        var refused = Assert.Throws<SpecificationException>(() => Study.InMemory(_space, new() { Scheduler = new StopAbove { Pauses = true } }));
        Assert.Contains("pauses", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mistakes_are_named()
    {
        await using var study = Study.InMemory(_space, new() { Objectives = [new("loss", Mode.Min), new("cost", Mode.Min)] });
        await using var other = Study.InMemory(_space);
        var trial = study.Ask()!;

        Assert.Contains("1 values were told, and the study has 2 objectives: min loss, min cost",
            Assert.Throws<ArgumentException>(() => study.Tell(trial, 1)).Message, StringComparison.Ordinal);
        Assert.Contains("has reported nothing", Assert.Throws<InvalidOperationException>(() => study.Tell(trial)).Message, StringComparison.Ordinal);
        Assert.Contains("another study", Assert.Throws<ArgumentException>(() => other.Tell(trial, 1)).Message, StringComparison.Ordinal);
        Assert.Contains("'loss', which the study optimises, is not among", Message(new() { ["los"] = 1, ["cost"] = 2 }), StringComparison.Ordinal);
        Assert.Contains("Did you mean 'los'?", Message(new() { ["los"] = 1, ["cost"] = 2 }), StringComparison.Ordinal);
        Assert.Contains("'cost', which the study optimises, is the text 'low'", Message(new() { ["loss"] = 1, ["cost"] = "low" }), StringComparison.Ordinal);
        study.Tell(trial, double.NaN, 3);
        string Message(Metrics metrics) => Assert.Throws<ArgumentException>(() => study.Tell(trial, metrics)).Message;
        Assert.Equal("trial 00000 cannot be told: it ended: ended by itself after 1 report.",
            Assert.Throws<InvalidOperationException>(() => study.Tell(trial, 1, 2)).Message);
        Assert.Contains("cannot report", Assert.Throws<InvalidOperationException>(() => study.Report(trial, 1, 2)).Message, StringComparison.Ordinal);
        await study.DisposeAsync();
        Assert.Throws<ObjectDisposedException>(() => study.Ask());
    }

    [Fact]
    public async Task Failed_trial_is_handed_out_again_while_that_is_allowed()
    {
        await using var study = Study.InMemory(_space, new() { Samples = 1, MaxFailures = 1 });
        var first = study.Ask()!;
        study.TellFailed(first, "out of memory");
        var second = study.Ask()!;

        Assert.Equal(first.Id, second.Id);
        Assert.NotSame(first, second);
        Assert.Contains("handed out again", Assert.Throws<InvalidOperationException>(() => study.Tell(first, 1)).Message, StringComparison.Ordinal);
        study.TellFailed(second, "out of memory");
        Assert.Null(study.Ask());
        Assert.Equal("out of memory", study.Results().Errors[0].Error);
    }

    [Fact]
    public async Task Time_budget_ends_the_study()
    {
        var time = new ManualTimeProvider();
        await using var study = Study.InMemory(_space, new() { TimeBudget = TimeSpan.FromMinutes(1) }, time: time);
        var trial = study.Ask()!;
        time.Advance(TimeSpan.FromMinutes(2));

        Assert.Null(study.Ask());
        Assert.True(study.Report(trial, 1, 0.5));
        Assert.True(study.IsFinished);
        Assert.Contains("60", study.EndReason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Searcher_that_waits_lets_an_asynchronous_caller_wait_and_tells_a_synchronous_one()
    {
        var options = new PairsOptions();
        await using var study = Study.InMemory(_space, new() { Samples = 4, SearchAlgorithm = options });
        var first = study.Ask()!;
        var error = Assert.Throws<InvalidOperationException>(() => study.Ask());
        var waiting = study.AskAsync(Cancel);
        Assert.False(waiting.IsCompleted);
        study.Tell(first, 1);

        Assert.Equal(1, (await waiting)!.Id.Number);
        Assert.Contains("AskAsync", error.Message, StringComparison.Ordinal);
    }

    private sealed record PairsOptions : SearcherOptions
    {
        public override ISearcher Create(SearcherContext context) => new ScriptedSearcher
        {
            IsImmediate = false,
            Answer = (history, number, _) => history.Running > 0 ? new Suggestion.Wait()
                : new Suggestion.Configure(ParameterSet.Empty.With("x", (double)number), "one at a time"),
        };
    }

    private sealed record StopAbove : SchedulerOptions
    {
        public bool Pauses { get; init; }

        public override ITrialScheduler Create(SchedulerContext context) => new ScriptedScheduler
        {
            NeedsCheckpoints = Pauses,
            OnReport = (report, _) => report.Value("value") > 1 ? [new SchedulerDecision.Stop(report.Trial, "above 1")] : [],
        };
    }
}
