using System.Collections.Immutable;
using System.Globalization;
using Tuning.Randomness;
using Tuning.Schedulers;
using Tuning.Stopping;
using Tuning.Training;

namespace Tuning.Tests.Experiments;

/// <summary>The same trials, run by a tuner and told to a study: both are one session, so both come to the same.</summary>
public sealed class StudyTwinTests : IDisposable
{
    private static readonly SearchSpace _space = new SearchSpace().Add("x", Domain.Uniform(0, 1));

    private readonly string _storage = Directory.CreateTempSubdirectory("twins").FullName;

    public void Dispose() => Directory.Delete(_storage, recursive: true);

    /// <summary>Attempts that fail after some reports, or end: by length, by values that differ between attempts, under stoppers and ASHA.</summary>
    public static TheoryData<ulong> Seeds => [.. Enumerable.Range(1, 12).Select(i => (ulong)i)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Tried_again_a_trial_comes_to_the_same_in_a_study_and_in_an_experiment(ulong seed)
    {
        var scripts = Scripts(seed);
        var made = new Dictionary<int, int>();
        var trainable = Trainable.FromFunction<ParameterSet>("t", async (trial, cancel) =>
        {
            var attempts = scripts[trial.Id.Number];
            var attempt = made[trial.Id.Number] = made.GetValueOrDefault(trial.Id.Number) + 1;
            foreach (var value in attempts[attempt - 1])
            {
                await trial.ReportAsync(new() { ["value"] = value });
            }

            if (attempt < attempts.Length)
            {
                throw new InvalidOperationException("no luck");
            }
        });
        SchedulerOptions? scheduler = seed % 2 == 0 ? new AshaOptions { GracePeriod = 2, MaxTime = 9 } : null;
        ImmutableArray<StopperOptions> stoppers = [new TrialPlateauOptions { Metric = "value", Results = 4, GracePeriod = 3, StandardDeviation = 0.01 }];
        var experiment = await new Tuner(
            trainable,
            _space,
            new() { Metric = "value", Mode = Mode.Min, Samples = scripts.Length, MaxConcurrentTrials = 1, Seed = seed, Scheduler = scheduler },
            new()
            {
                StoragePath = _storage,
                Name = "experiment",
                Stop = { ["training_iteration"] = 9 },
                Stoppers = stoppers,
                Failure = new() { MaxFailures = 3 },
                Loggers = []
            })
            .FitAsync(TestContext.Current.CancellationToken);

        await using var study = await Study.CreateAsync(
            _space,
            new()
            {
                Name = "study",
                StoragePath = _storage,
                Samples = scripts.Length,
                Seed = seed,
                Scheduler = scheduler,
                Stop = { ["training_iteration"] = 9 },
                Stoppers = stoppers,
                MaxFailures = 3,
                Loggers = [],
            },
            TestContext.Current.CancellationToken);
        var handedOut = new Dictionary<TrialId, int>();
        while (study.Ask() is { } trial)
        {
            handedOut[trial.Id] = handedOut.GetValueOrDefault(trial.Id) + 1;
            Assert.Equal(handedOut[trial.Id], trial.Attempt);
            var attempts = scripts[trial.Id.Number];
            if (attempts[trial.Attempt - 1].Any(value => study.Report(trial, new() { ["value"] = value })))
            {
                continue;
            }

            if (trial.Attempt < attempts.Length)
            {
                study.TellFailed(trial, "no luck");
            }
            else
            {
                study.Tell(trial);
            }
        }

        var told = study.Results();
        Assert.Equal(experiment.Count, told.Count);
        Assert.Contains(told, t => t.Reports > 0);
        for (var i = 0; i < told.Count; i++)
        {
            Assert.Equal(await Describe(experiment[i]), await Describe(told[i]));
        }

        await study.DisposeAsync();
        Assert.True((await Tuner.VerifyAsync(study.Directory!, AskAndTell.Instance)).Agrees);
    }

    [Fact]
    public async Task Reports_of_an_attempt_that_failed_are_made_again_and_count_once()
    {
        await using var study = Study.InMemory(_space, new() { Samples = 1, MaxFailures = 1, Stop = { ["training_iteration"] = 5 } });
        var first = study.Ask()!;
        Assert.Equal([false, false, false], new[] { 1, 2, 3 }.Select(step => study.Report(first, step, 0.5)));
        study.TellFailed(first, "out of memory");
        var second = study.Ask()!;

        Assert.Equal((1, 2), (first.Attempt, second.Attempt));
        Assert.Equal([false, false, false, false, true], new[] { 1, 2, 3, 4, 5 }.Select(step => study.Report(second, step, 0.25)));
        Assert.Equal(5, study.Results()[0].Reports);
        Assert.Equal(5, study.Results()[0].TrainingIteration);
    }

    [Fact]
    public async Task What_is_told_at_the_end_counts_also_where_an_earlier_attempt_had_come_further()
    {
        await using var study = Study.InMemory(_space, new() { Samples = 1, MaxFailures = 1 });
        var first = study.Ask()!;
        study.Report(first, 10, 0.5);
        study.Report(first, 20, 0.4);
        study.TellFailed(first, "out of memory");
        var second = study.Ask()!;
        study.Report(second, 10, 0.5);
        study.Tell(second, 0.1);

        Assert.Equal((0.1, 3, 20L), (study.Results()[0].Objective, study.Results()[0].Reports, study.Results()[0].TrainingIteration));
    }

    [Theory]
    [InlineData(20)]
    [InlineData(5)]
    [InlineData(-3)]
    public async Task Step_that_does_not_grow_is_an_error_that_leaves_the_study_as_it_was(long step)
    {
        await using var study = await Study.CreateAsync(_space, new() { StoragePath = _storage, Name = "steps", Samples = 2 },
            TestContext.Current.CancellationToken);
        var trial = study.Ask()!;
        study.Report(trial, 20, 0.5);
        var length = new FileInfo(Path.Combine(study.Directory!, Tuning.Running.JournalReader.FileName)).Length;

        var refused = Assert.Throws<ArgumentException>(() => study.Report(trial, step, 0.4));

        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"trial 00000: its training_iteration is {step}; it has reported step 20"), refused.Message,
            StringComparison.Ordinal);
        Assert.Equal(length, new FileInfo(Path.Combine(study.Directory!, Tuning.Running.JournalReader.FileName)).Length);
        Assert.Contains("without training_iteration", Assert.Throws<ArgumentException>(() => study.Report(trial, new() { ["value"] = 1 })).Message,
            StringComparison.Ordinal);
        Assert.False(study.Report(trial, 21, 0.4));
        study.Tell(trial, 0.3);
        Assert.Equal((3, 21L), (study.Results()[0].Reports, study.Results()[0].TrainingIteration));
        Assert.Contains("steps are at least 0", Assert.Throws<ArgumentException>(() => study.Report(study.Ask()!, -1, 0)).Message, StringComparison.Ordinal);
    }

    private static async Task<string> Describe(TrialResult trial)
    {
        var history = await trial.ReadHistoryAsync("value", "training_iteration");
        return $"{trial.Status} {trial.Reason} {trial.Config} {trial.Reports} {trial.TrainingIteration} {trial.Objective}\n"
            + string.Join('\n', history.Select(row => $"{row["value"]} {row["training_iteration"]}"));
    }

    // For each trial its attempts, for each attempt what it reports; all but the last of a trial fail at their end.
    private static double[][][] Scripts(ulong seed)
    {
        var stream = (SeedPath.Of(seed) / "scripts").Stream();
        return [.. Enumerable.Range(0, 6).Select(_ => Enumerable.Range(0, 1 + stream.NextInt32(3)).Select(_ =>
        {
            var (start, drift) = (stream.NextDouble(), stream.NextInt32(2) * 0.1);
            return Enumerable.Range(0, 1 + stream.NextInt32(11)).Select(i => start + (i * drift)).ToArray();
        }).ToArray())];
    }
}
