using Tuning.Programs;
using Tuning.Testing;

namespace Tuning.Tests;

/// <summary>What programs have of the machine, and how they are told.</summary>
public sealed class ProgramResourceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Devices_processors_and_threads_are_handed_to_programs()
    {
        // Each waits for the other, so that both run at once.
        var results = await RunAsync("""
            echo "$CUDA_VISIBLE_DEVICES|$CUDA_DEVICE_ORDER|$TUNER_DEVICES_GPU|$TUNER_DEVICES_LICENSE|$OMP_NUM_THREADS|$OPENBLAS_NUM_THREADS|$MKL_NUM_THREADS" \
              > "$TUNER_TRIAL_DIR/seen"
            grep Cpus_allowed_list /proc/self/status >> "$TUNER_TRIAL_DIR/seen"
            while [ "$(ls "$TUNER_TRIAL_DIR"/../trial_*/seen | wc -l)" -lt 2 ]; do sleep 0.02; done
            echo '{"loss": 1}' >> "$TUNER_METRICS"
            """, trials: 2, new() { Cpu = 1, Gpu = 1, Other = new Dictionary<string, double> { ["license"] = 0.5 } }, new()
        {
            Cpu = 2,
            Gpu = new("4", "GPU-7"),
            Other = new Dictionary<string, DeviceList> { ["license"] = new("seat") },
        }, new Dictionary<string, string> { ["MKL_NUM_THREADS"] = "5" });

        var seen = results.Select(t => File.ReadAllLines(Path.Combine(t.Directory, "seen"))).ToList();
        Assert.Equal(["4|PCI_BUS_ID|4|seat|1|1|5", "GPU-7|PCI_BUS_ID|GPU-7|seat|1|1|5"], seen.Select(s => s[0]).Order());
        Assert.All(seen, s => Assert.Matches(@"\s\d+$", s[1]));
        Assert.Equal(Math.Min(2, Environment.ProcessorCount), seen.Select(s => s[1]).Distinct().Count());
    }

    [Fact]
    public async Task Trials_that_find_nothing_free_wait()
    {
        // Fails where two hold the one license at once.
        var results = await RunAsync("""
            mkdir "$TUNER_TRIAL_DIR/../held" || exit 9
            sleep 0.05
            rmdir "$TUNER_TRIAL_DIR/../held"
            echo '{"loss": 1}' >> "$TUNER_METRICS"
            """, trials: 4, new() { Other = new Dictionary<string, double> { ["license"] = 1 } }, new()
        {
            Other = new Dictionary<string, DeviceList> { ["license"] = 1 },
        });

        Assert.All(results, t => Assert.Equal(TrialStatus.Terminated, t.Status));
    }

    [Fact]
    public async Task What_can_never_be_had_is_an_error_before_anything_runs()
    {
        var error = await Assert.ThrowsAsync<SpecificationException>(() => RunAsync("exit 1", 1, new() { Gpu = 3 }, new() { Gpu = 2 }));

        Assert.Contains("resources_per_trial.gpu: is 3; it must be at most 2, as resources says.", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    private async Task<ResultGrid> RunAsync(
        string script, int trials, TrialResources each, MachineResources machine, Dictionary<string, string>? variables = null) =>
        await new Tuner(new ProgramOptions
        {
            Command = new(["/bin/sh", "-c", script.ReplaceLineEndings("\n").Replace("${", "$${", StringComparison.Ordinal)]),
            Env = variables ?? [],
        }.ToTrainable(), new SearchSpace(), new TuneConfig { Metric = "loss", Mode = Mode.Min, Samples = trials },
            new RunConfig { Name = "resources", StoragePath = _folder.Path, Loggers = [], ResourcesPerTrial = each, Resources = machine })
            .FitAsync(TestContext.Current.CancellationToken);
}
