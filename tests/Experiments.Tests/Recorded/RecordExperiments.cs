using System.Runtime.InteropServices;
using Microsoft.Extensions.DependencyInjection;
using Tuning.CommandLine;
using Tuning.Running;
using Tuning.Schedulers;
using Tuning.Search.Tpe;
using Tuning.Specification;
using Tuning.Tests.CommandLine;
using Tuning.Trials;

namespace Tuning.Tests.Recorded;

/// <summary>
/// Writes the directories that <see cref="RecordedExperimentTests"/> holds later versions against, a set for the rules of decision of this
/// version, from <c>experiments.yaml</c>:
/// <c>TUNER_RECORD=rules-2 dotnet run --project tests/Experiments.Tests -- --filter-class "*RecordExperiments" --explicit on</c>.
/// A directory that exists is left as it is: what was recorded is never written anew.
/// </summary>
public sealed class RecordExperiments
{
    private const string Variable = "TUNER_RECORD";

    // Journals hold full paths: always the same.
    private static readonly string _work = Path.Combine(Path.GetTempPath(), "tuner-recordings");

    // Beside the two variants of all: aborted in the middle, and stopped in the middle and resumed to the end.
    private static readonly string[] _aborted =
        ["search-tpe", "search-bohb", "schedule-hyperband", "population-pbt", "population-pb2-synch", "pause-and-exploit", "retries", "names"];
    private static readonly string[] _continued = ["search-tpe", "search-cma-es", "search-gp", "schedule-asha-promotion", "schedule-hyperband",
        "population-pbt", "population-pb2", "pause-and-exploit", "retries", "names", "dqn"];

    private readonly string _target = Path.Combine(RecordedExperiments.Root, Environment.GetEnvironmentVariable(Variable) ?? "");

    [Fact(Explicit = true)]
    public async Task Record()
    {
        Assert.SkipWhen(_target.EndsWith(Path.DirectorySeparatorChar), $"{Variable} names the set to write.");
        foreach (var name in File.ReadLines(RecordedExperiments.File).Where(l => l.Length > 0 && char.IsAsciiLetterLower(l[0])
            && !l.StartsWith("x-", StringComparison.Ordinal)).Select(l => l[..l.IndexOf(':', StringComparison.Ordinal)]))
        {
            if (!Directory.Exists(Path.Combine(_target, name)))
            {
                await RecordAsync(name);
            }
        }

        if (!Directory.Exists(Path.Combine(_target, "study")))
        {
            await RecordStudyAsync();
        }
    }

    private async Task RecordAsync(string name)
    {
        var reports = await RunAsync(name, int.MaxValue, abort: false);
        Assert.True(HasFinished(name), $"{name} did not finish");
        Keep(name, "finished");
        foreach (var (variant, abort) in ((string, bool)[])[("stopped", false), .. _aborted.Contains(name) ? [("aborted", true)] : ((string, bool)[])[]])
        {
            await RunAsync(name, Math.Max(1, reports / 2), abort);
            Assert.False(HasFinished(name), $"{name} was not stopped");
            Keep(name, variant);
        }

        if (_continued.Contains(name))
        {
            await RunAsync(name, Math.Max(1, reports / 2), abort: false);
            await ResumeAsync(name, name switch
            {
                "search-tpe" => ["--add-samples", "2"],
                "retries" => ["--errored", "restart"],
                _ => [],
            });
            Keep(name, "continued");
        }

        if (name == "up-to-line")
        {
            await RunAsync(name, reports / 2, abort: true);
            await ResumeAsync(name, "--up-to-line", "20");
            Keep(name, "continued");
        }
    }

    // Runs an experiment anew and asks it to stop after so many reports; how many there were.
    private static async Task<int> RunAsync(string name, int stopAfter, bool abort)
    {
        Directory.CreateDirectory(_work);
        if (Directory.Exists(Path.Combine(_work, name)))
        {
            Directory.Delete(Path.Combine(_work, name), recursive: true);
        }

        var file = Path.Combine(_work, Path.GetFileName(RecordedExperiments.File));
        File.Copy(RecordedExperiments.File, file, overwrite: true);
        File.WriteAllText(Path.Combine(_work, "policy.txt"), """
            ["00000", "00002", 3, 3, {"x": 0.5, "steps": 9}, {"x": 0.25, "steps": 9}]
            ["00000", "00001", 6, 6, {"x": 0.4, "steps": 9}, {"x": 0.75, "steps": 9}]

            """);
        var counter = new Counter { StopAfter = stopAfter };
        using var run = new CommandRun
        {
            Program = tuner =>
            {
                RecordedTrainables.AddTo(tuner, TimeSpan.FromMilliseconds(4));
                tuner.Services.AddSingleton<TunerCallback>(counter);
            },
        };
        var code = await run.RunAsync(
            file,
            context =>
            {
                var signals = new StopSignals(context.Error, null);
                counter.Stop = () =>
                {
                    signals.Receive(PosixSignal.SIGTERM);
                    _ = abort && signals.Receive(PosixSignal.SIGTERM);
                };
                return signals;
            },
            new ExperimentOverrides { Only = [name], Storage = _work });
        Assert.True(code is 0 or 1 or 143, run.Error + run.Output);
        return counter.Reports;
    }

    private static async Task ResumeAsync(string name, params string[] more)
    {
        using var run = new CommandRun { Program = tuner => RecordedTrainables.AddTo(tuner) };
        Assert.True(await run.RunAsync(["resume", Path.Combine(_work, name), "-q", .. more]) is 0 or 1, run.Error);
    }

    private static bool HasFinished(string name) =>
        File.ReadLines(Path.Combine(_work, name, JournalReader.FileName)).Last().Contains("[\"finish\",", StringComparison.Ordinal);

    private void Keep(string name, string variant) => RecordedExperiments.Copy(Path.Combine(_work, name), Path.Combine(_target, name, variant));

    // A study with retries, trials that are stopped, and two that are under way when it is left.
    private async Task RecordStudyAsync()
    {
        foreach (var (variant, trials) in ((string, int)[])[("stopped", 7), ("finished", int.MaxValue)])
        {
            if (Directory.Exists(Path.Combine(_work, "study")))
            {
                Directory.Delete(Path.Combine(_work, "study"), recursive: true);
            }

            var config = new StudyConfig
            {
                Name = "study",
                StoragePath = _work,
                Metric = "loss",
                Seed = 7,
                Samples = 12,
                Parallelism = 2,
                MaxFailures = 1,
                Loggers = [],
                SearchAlgorithm = new TpeOptions { StartupTrials = 4 },
                Scheduler = new AshaOptions { MaxTime = 9, ReductionFactor = 3 },
            };
            await using (var study = await Study.CreateAsync(new SearchSpace().Add("x", Domain.Uniform(0, 1)), config, TestContext.Current.CancellationToken))
            {
                await RecordedExperiments.ContinueAsync(study, trials);
            }

            Keep("study", variant);
        }
    }

    private sealed class Counter : TunerCallback
    {
        public int Reports { get; private set; }

        public int StopAfter { get; init; }

        public Action? Stop { get; set; }

        public override void OnTrialResult(TrialView trial, TrialReport report, string? stopReason)
        {
            if (++Reports == StopAfter)
            {
                Stop!();
            }
        }
    }
}
