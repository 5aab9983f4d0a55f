using System.Collections.Concurrent;
using Tuning.Experiments;
using Tuning.Simulation;
using Tuning.Specification;
using Tuning.Testing;

namespace Tuning.Tests.Hosting;

/// <summary>Whole experiments whose trials ask for something of the machine.</summary>
public sealed class ResourceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ConcurrentDictionary<string, int> _holders = new();
    private readonly ConcurrentBag<string> _seen = [];
    private int _most;
    private Action<int, int> _at = (_, _) => { };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Trials_on_threads_have_devices_of_their_own()
    {
        var results = await NewTuner(new() { Gpu = 1, Memory = 1 << 20 }, new() { Gpu = new("a", "b"), Cpu = 8 }, samples: 12).FitAsync(Cancellation);

        Assert.All(results, t => Assert.Equal(TrialStatus.Terminated, t.Status));
        Assert.Equal(1, _most);
        Assert.Subset(new HashSet<string> { "a", "b" }, _seen.ToHashSet());
        Assert.Contains("a", _seen);
    }

    [Fact]
    public async Task Parts_of_a_device_are_shared_and_never_more_than_it_has_room_for()
    {
        await NewTuner(new() { Gpu = 0.5 }, new() { Gpu = 1, Cpu = 8 }, samples: 12).FitAsync(Cancellation);

        Assert.InRange(_most, 1, 2);
        Assert.Equal(["0"], _seen.Distinct());
    }

    [Fact]
    public async Task What_there_was_is_recorded_so_that_a_resume_and_a_verification_need_no_such_machine()
    {
        var first = NewTuner(new() { Gpu = 1 }, new() { Gpu = new("a", "b"), Cpu = 2 }, samples: 6);
        _at = (trial, epoch) => _ = trial == 1 && epoch == 2 ? Stop(first) : 0;
        Assert.False((await first.FitAsync(Cancellation)).IsFinished);
        _at = (_, _) => { };
        var directory = Path.Combine(_folder.Path, "mine");

        var results = await NewTuner(new() { Gpu = 1 }, new() { Gpu = new("c"), Cpu = 2 }, samples: 6, Resume.IfExists).FitAsync(Cancellation);
        var verified = await Tuner.VerifyAsync(directory, Train());

        Assert.True(results.IsFinished);
        Assert.Empty(verified.Differences);
        Assert.Empty(verified.Explained);
        Assert.Equal(1, _most);
        Assert.Contains("c", _seen);
        var begun = File.ReadLines(Path.Combine(directory, "journal.jsonl")).First();
        Assert.Contains("\"machine\":{\"cpu\":2,\"gpu\":[\"a\",\"b\"]}", begun, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_resume_where_it_can_never_be_had_is_refused()
    {
        var first = NewTuner(new() { Gpu = 1 }, new() { Gpu = 1 }, samples: 2);
        _at = (_, epoch) => _ = epoch == 2 ? Stop(first) : 0;
        Assert.False((await first.FitAsync(Cancellation)).IsFinished);

        var second = NewTuner(new() { Gpu = 1 }, new() { Gpu = 0 }, samples: 2, Resume.IfExists);
        var error = await Assert.ThrowsAsync<SpecificationException>(() => second.FitAsync(Cancellation));

        Assert.Contains("resources_per_trial.gpu: is 1; it must be at most 0, as resources says.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fewer_run_at_once_than_may_where_there_is_no_more()
    {
        var spec = ExperimentBuilder.Build(new(), Train(), null, new TuneConfig { Samples = 50, MaxConcurrentTrials = 9 }, new RunConfig
        {
            ResourcesPerTrial = new() { Cpu = 1 },
            Resources = new() { Cpu = 4 },
        }).Specification;

        var resources = ExperimentResources.Of(spec, 50, cores: 2);

        Assert.Equal((4, 1), (resources.Slots, resources.Cpus));
        Assert.Contains("9 trials may run at once, and 4 do", resources.Notice, StringComparison.Ordinal);
    }

    [Fact]
    public void A_simulation_counts_as_a_run_does()
    {
        var result = new Simulator(new SyntheticCurves(), SyntheticCurves.Space, new TuneConfig { Samples = 20 }, new RunConfig
        {
            Name = "simulated",
            StoragePath = _folder.Path,
            ResourcesPerTrial = new() { Gpu = 0.5, Other = new Dictionary<string, double> { ["license"] = 1 } },
            Resources = new() { Gpu = 4, Other = new Dictionary<string, DeviceList> { ["license"] = 3 } },
            Stop = { ["training_iteration"] = 5 },
        }, new() { Workers = 10, Journal = true }).Run();

        // Of ten workers three have a license.
        Assert.Equal(20, result.TrialCount);
        Assert.True(result.WorkerTime[WorkerActivity.Idle] >= result.Duration * 7);
    }

    private static int Stop(Tuner tuner)
    {
        tuner.RequestStop();
        return 0;
    }

    private Tuner NewTuner(TrialResources each, MachineResources machine, int samples, Resume resume = Resume.Never) => new(Train(),
        new SearchSpace().Add("x", Domain.Uniform(0, 1)), new TuneConfig { Metric = "loss", Mode = Mode.Min, Samples = samples, Seed = 1 },
        new RunConfig
        {
            Name = "mine",
            StoragePath = _folder.Path,
            Loggers = [],
            Resume = resume,
            ResourcesPerTrial = each,
            Resources = machine,
            Failure = new() { MaxFailures = 2 },
        });

    // Some fail on the way; all note who else holds what they hold.
    private Tuning.Training.TrainableDefinition Train() => Trainable.FromFunction<ParameterSet>("train", async (trial, cancel) =>
    {
        var devices = trial.Devices["gpu"];
        foreach (var device in devices)
        {
            _seen.Add(device);
            var holders = _holders.AddOrUpdate(device, 1, (_, n) => n + 1);
            InterlockedMax(ref _most, holders);
        }

        try
        {
            for (var epoch = trial.Checkpoint?.ReadJson<int>("epoch.json") ?? 1; epoch < 4; epoch++)
            {
                _at(trial.Id.Number, epoch);
                await trial.ReportAsync(new() { ["loss"] = 1.0 / epoch }, dir => dir.WriteJson("epoch.json", epoch + 1));
                if (trial.Id.Number % 3 == 0 && epoch == 2 && !File.Exists(Path.Combine(trial.Directory, "failed")))
                {
                    Directory.CreateDirectory(trial.Directory);
                    File.WriteAllText(Path.Combine(trial.Directory, "failed"), "");
                    throw new InvalidOperationException("once");
                }
            }
        }
        finally
        {
            foreach (var device in devices)
            {
                _holders.AddOrUpdate(device, 0, (_, n) => n - 1);
            }
        }
    }, checkpoints: true);

    private static void InterlockedMax(ref int most, int value)
    {
        for (var before = most; before < value; before = most)
        {
            Interlocked.CompareExchange(ref most, value, before);
        }
    }
}
