using Microsoft.Extensions.DependencyInjection;
using Tuning.Checkpointing;
using Tuning.Schedulers;
using Tuning.Testing;

namespace Tuning.Tests;

/// <summary>
/// A resume writes and deletes what is the experiment's own, and nothing else: what lies beside it by a similar name stays, and links in the
/// experiment's directory are not followed. Links that a user names are.
/// </summary>
public sealed class OwnFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private Tuner? _tuner;

    private string Elsewhere => Path.Combine(_folder.Path, "elsewhere");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task No_file_that_an_experiment_writes_is_written_through_a_link(bool leadsToFile)
    {
        var directory = await StopInTheMiddleAsync();
        var kinds = new HashSet<string>();
        Directory.CreateDirectory(Elsewhere);
        foreach (var file in Directory.GetFiles(directory, "*", SearchOption.AllDirectories)
            .Where(f => !f.Contains("checkpoint_", StringComparison.Ordinal) && Path.GetFileName(f) != "journal.jsonl").ToList())
        {
            kinds.Add(Path.GetFileName(file).Split(".tfevents")[0]);
            var target = Path.Combine(Elsewhere, Path.GetRelativePath(directory, file).Replace('/', '-'));
            File.Move(file, target);
            File.CreateSymbolicLink(file, target);
            File.CreateSymbolicLink(file + ".new", target);
            _ = leadsToFile ? 0 : Delete(target);
        }

        var before = Snapshot(Elsewhere);
        var results = await ResumeAsync(directory);

        Assert.Equal(before, Snapshot(Elsewhere));
        Assert.True(results.IsFinished);
        Assert.Superset(new HashSet<string> { ".lock", "tuner.log", "experiment.yaml", "decisions.csv", "pbt_global.txt", "result.json", "params.json",
            "progress.csv", "events.out", "error.txt" }, kinds);
        foreach (var trial in results)
        {
            var file = Path.Combine(trial.Directory, "result.json");
            Assert.False(OwnFiles.IsLink(file));
            Assert.Equal(trial.Reports, File.ReadLines(file).Count());
            Assert.Equal(trial.Reports + 1, File.ReadLines(Path.Combine(trial.Directory, "progress.csv")).Count());
        }
    }

    [Fact]
    public async Task What_is_not_the_experiments_own_is_neither_deleted_nor_changed()
    {
        var directory = await StopInTheMiddleAsync();
        string[] strangers =
        [
            "trial_00000/checkpoint_best", "trial_00000/checkpoint_000001.bak", "trial_00000/checkpoint_1", "trial_00000/.checkpoint_best.tmp",
            "trial_00000/.checkpoint_000001.mine", "trial_00000/checkpoint_000000.before-cut-1", "trial_0/checkpoint_000000",
                "trial_00001.bak/checkpoint_000000",
            "trial_00099/checkpoint_000000", "trial_best/checkpoint_000000", "checkpoint_000000", "mine",
        ];
        foreach (var stranger in strangers)
        {
            Write(Path.Combine(directory, stranger, "data.bin"));
        }

        var tooNew = Path.Combine(directory, "trial_00000", "checkpoint_000999");
        Write(Path.Combine(tooNew, "data.bin"));

        Assert.True((await ResumeAsync(directory)).IsFinished);

        Assert.All(strangers, s => Assert.Equal("precious", File.ReadAllText(Path.Combine(directory, s, "data.bin"))));
        Assert.Equal("precious", File.ReadAllText(Path.Combine(tooNew + ".aside-1", "data.bin")));
        Assert.Contains("checkpoint_000999.aside-1", await File.ReadAllTextAsync(Path.Combine(directory, "tuner.log"), Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_left_of_writing_and_deleting_checkpoints_is_deleted()
    {
        var directory = await StopInTheMiddleAsync();
        var trial = Path.Combine(directory, "trial_00000");
        var next = Directory.GetDirectories(trial, "checkpoint_*").Length;
        string[] leftOver = [$"checkpoint_{next:D6}", $".checkpoint_{next:D6}.tmp", ".checkpoint_000000.old.tmp", ".checkpoint_000000.deleted.tmp"];
        foreach (var name in leftOver)
        {
            Write(Path.Combine(trial, name, "data.bin"));
        }

        Assert.True((await ResumeAsync(directory)).IsFinished);

        Assert.All(leftOver.Skip(1), name => Assert.False(Path.Exists(Path.Combine(trial, name))));
        Assert.False(File.Exists(Path.Combine(trial, leftOver[0], "data.bin")));
    }

    [Theory]
    [InlineData("trial_00000")]
    [InlineData("trial_00002")]
    [InlineData("trial_00004")]
    [InlineData("trial_00099")]
    [InlineData("trial_00000/checkpoint_000000")]
    [InlineData("trial_00000/checkpoint_000003")]
    [InlineData("trial_00000/.checkpoint_000004.tmp")]
    public async Task Link_in_the_place_of_a_directory_is_not_followed(string name)
    {
        var directory = await StopInTheMiddleAsync();
        foreach (var inside in new[] { "result.json", "progress.csv", "checkpoint_000001/data.bin", "checkpoint_000009/data.bin",
            ".checkpoint_000001.tmp/data.bin" })
        {
            Write(Path.Combine(Elsewhere, inside));
        }

        var place = Path.Combine(directory, name);
        _ = Directory.Exists(place) ? Rename(place) : 0;
        Directory.CreateSymbolicLink(place, Elsewhere);
        var before = Snapshot(Elsewhere);

        var results = await ResumeAsync(directory, new() { AddSamples = 2 });

        Assert.Equal(before, Snapshot(Elsewhere));
        Assert.True(results.IsFinished);
        Assert.Equal(6, results.Count);
        Assert.All(results, trial => Assert.False(OwnFiles.IsLink(trial.Directory)));
        Assert.All(results, trial => Assert.Equal(trial.Reports, File.ReadLines(Path.Combine(trial.Directory, "result.json")).Count()));
    }

    [Fact]
    public async Task New_trial_takes_nothing_of_a_directory_that_has_its_name_already()
    {
        var directory = await StopInTheMiddleAsync();
        Write(Path.Combine(directory, "trial_00004", "result.json"));

        var results = await ResumeAsync(directory, new() { AddSamples = 1 });

        Assert.Equal(results[4].Reports, File.ReadLines(Path.Combine(directory, "trial_00004", "result.json")).Count());
        Assert.Equal("precious", File.ReadAllText(Path.Combine(directory, "trial_00004.aside-1", "result.json")));
    }

    [Fact]
    public async Task Trials_that_a_cut_removes_are_kept_beside_and_logged_once()
    {
        var directory = await StopInTheMiddleAsync();
        Write(Path.Combine(directory, "trial_00003", "mine.txt"));

        var results = await ResumeAsync(directory, new() { UpToLine = 2 });

        Assert.True(results.IsFinished);
        Assert.True(File.Exists(Path.Combine(directory, "trial_00003.before-cut-1", "mine.txt")));
        Assert.All(results, trial => Assert.Equal(trial.Reports, File.ReadLines(Path.Combine(trial.Directory, "result.json")).Count()));
        Assert.All(results, trial => Assert.Equal(trial.Reports + 1, File.ReadLines(Path.Combine(trial.Directory, "progress.csv")).Count()));
    }

    [Fact]
    public async Task Journal_that_is_a_link_is_refused()
    {
        var directory = await StopInTheMiddleAsync();
        var journal = Path.Combine(directory, "journal.jsonl");
        File.Move(journal, Elsewhere);
        File.CreateSymbolicLink(journal, Elsewhere);

        var refused = await Assert.ThrowsAsync<Running.JournalException>(() => ResumeAsync(directory));

        Assert.Contains("is a link", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reader_of_a_file_that_others_replace_sees_one_of_its_contents()
    {
        var path = Path.Combine(Elsewhere, "replaced");
        OwnFiles.Replace(path, "0"u8);
        using var end = new CancellationTokenSource();
        var writer = Task.Run(() =>
        {
            for (var i = 0; !end.IsCancellationRequested; i++)
            {
                OwnFiles.Replace(path, [(byte)('0' + i % 10)]);
            }
        }, TestContext.Current.CancellationToken);

        var seen = Enumerable.Range(0, 1000).Select(_ => OwnFiles.ReadText(path)).ToList();

        await end.CancelAsync();
        await writer;
        Assert.All(seen, text => Assert.True(text is [>= '0' and <= '9'], text));
    }

    [Fact]
    public async Task Directory_that_a_user_names_may_be_a_link_and_stand_under_one()
    {
        var directory = await StopInTheMiddleAsync();
        Directory.CreateDirectory(Elsewhere);
        var latest = Path.Combine(Elsewhere, "latest");
        var storage = Path.Combine(Elsewhere, "storage");
        Directory.CreateSymbolicLink(latest, directory);
        Directory.CreateSymbolicLink(storage, Path.GetDirectoryName(directory)!);

        Assert.Equal(4, (await ResultGrid.LoadAsync(Path.Combine(storage, Path.GetFileName(directory)), Cancellation)).Count);
        var results = await ResumeAsync(latest);

        Assert.True(results.IsFinished);
        Assert.Equal(directory, results.Directory);
        Assert.Equal(results[0].Reports, File.ReadLines(Path.Combine(directory, "trial_00000", "result.json")).Count());
        Directory.CreateSymbolicLink(Path.Combine(Elsewhere, "checkpoint"), results[0].Checkpoint!.Path);
        Assert.True(CheckpointStore.Open(Path.Combine(Elsewhere, "checkpoint")).Contains("epoch.json"));
    }

    private static int Delete(string path)
    {
        File.Delete(path);
        return 0;
    }

    private static int Rename(string path)
    {
        Directory.Move(path, path + ".moved");
        return 0;
    }

    private static void Write(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "precious");
    }

    private static Dictionary<string, string> Snapshot(string directory) =>
        Directory.GetFileSystemEntries(directory, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .ToDictionary(e => e, e => File.Exists(e) ? File.ReadAllText(e) : "");

    // A population of four, of which the third fails; the first asks for a stop at its fourth report.
    private async Task<string> StopInTheMiddleAsync()
    {
        using var stop = new CancellationTokenSource();
        await using var services = Services();
        var run = new RunConfig
        {
            StoragePath = Path.Combine(_folder.Path, "results"),
            Stop = { ["training_iteration"] = 8 },
            Checkpoint = new() { CheckpointFrequency = 1 },
        };
        var tune = new TuneConfig
        {
            Samples = 4,
            MaxConcurrentTrials = 1,
            Seed = 1,
            Metric = "loss",
            Mode = Mode.Min,
            Scheduler = new PopulationBasedTrainingOptions
            {
                PerturbationInterval = 1,
                QuantileFraction = 0.5,
                TimeAttribute = "training_iteration",
                HyperparameterMutations = new SearchSpace().Add("x", Domain.Uniform(0, 1))
            },
        };
        _tuner = new Tuner(services, Train(at: (trial, epoch) =>
        {
            if (trial == 0 && epoch == 5)
            {
                _tuner!.RequestStop();
            }
        }), new SearchSpace().Add("x", Domain.Uniform(0, 1)), tune, run);
        return (await _tuner.FitAsync(Cancellation)).Directory;
    }

    private static async Task<ResultGrid> ResumeAsync(string directory, RestoreOptions? options = null)
    {
        await using var services = Services();
        return await Tuner.RestoreAsync(directory, Train(), (options ?? new()) with { Services = services }, Cancellation);
    }

    private static ServiceProvider Services() => new ServiceCollection().AddTuner(t => t.AddLoggers().AddLogFile()).BuildServiceProvider();

    private static Training.TrainableDefinition Train(Action<int, int>? at = null) => Trainable.FromFunction<ParameterSet>("train", async (trial, cancel) =>
    {
        for (var epoch = trial.Checkpoint?.ReadJson<int>("epoch.json") ?? 1; ; epoch++)
        {
            at?.Invoke(trial.Id.Number, epoch);
            if (trial.Id.Number == 2 && epoch == 3)
            {
                throw new InvalidOperationException("boom");
            }

            await trial.ReportAsync(new() { ["loss"] = trial.Config.Get<double>("x") / epoch }, dir => dir.WriteJson("epoch.json", epoch + 1));
        }
    }, checkpoints: true);
}
