using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Tuning.Control;
using Tuning.Running;
using Tuning.Training;

namespace Tuning.Tests;

/// <summary>A process that asks and tells is killed after some of its calls and started again until the study is finished.</summary>
[Trait("Lane", "Slow")]
public sealed class StudyKillTests : IDisposable
{
    private const int Kills = 3, Seed = 20261;

    private readonly string _storage = Directory.CreateTempSubdirectory("studykill").FullName;
    private readonly string _truth = Directory.CreateTempSubdirectory("truth").FullName;

    private string StudyDirectory => Path.Combine(_storage, "study");

    public void Dispose()
    {
        Directory.Delete(_storage, recursive: true);
        Directory.Delete(_truth, recursive: true);
    }

    [Fact]
    public async Task Killed_study_goes_on_with_everything_that_was_asked_and_told()
    {
        // After how many calls each process is killed: between them they cut trials at any step, and between a report and its end.
        var random = new Random(Seed);
        for (var kill = 0; kill < Kills; kill++)
        {
            using var process = Start();
            var until = Calls() + random.Next(4, 14);
            while (!process.HasExited && Calls() < until)
            {
                await Task.Delay(1, TestContext.Current.CancellationToken);
            }

            Assert.False(process.HasExited, process.HasExited ? await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken) : "");
            process.Kill();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        using (var last = Start())
        {
            await last.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.True(last.ExitCode == 0, await last.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        }

        AssertNothingWasLostOrDoubled();
        var results = await ResultGrid.LoadAsync(StudyDirectory, TestContext.Current.CancellationToken);
        Assert.True(results.IsFinished);
        Assert.Equal(16, results.CountOf(TrialStatus.Terminated));
        var report = await Tuner.VerifyAsync(StudyDirectory, AskAndTell.Instance);
        Assert.True(report.Agrees, string.Join('\n', report.Differences));
    }

    private void AssertNothingWasLostOrDoubled()
    {
        var entries = Journal();
        Assert.Equal(Kills, entries.Count(e => e.Event is ExperimentEvent.Resumed));
        var created = entries.SelectMany(e => e.Commands).OfType<ExperimentCommand.CreateTrial>().ToList();
        var ended = entries.SelectMany(e => e.Commands).OfType<ExperimentCommand.EndTrial>().Select(e => e.Trial).ToList();
        Assert.Equal(created.Select(c => c.Trial), ended.Order());
        foreach (var trial in created)
        {
            var reports = entries.Select(e => e.Event).OfType<ExperimentEvent.Reported>().Select(r => r.Report).Where(r => r.Trial == trial.Trial).ToList();
            var steps = reports.Select(r => (int)r.TrainingIteration).ToList();
            Assert.Equal(Enumerable.Range(1, steps.Count), steps);

            // What had returned to the process that was killed is in the record; a call that was cut off may be there as well.
            var truth = File.Exists(Path.Combine(_truth, trial.Trial.DirectoryName)) ? File.ReadAllLines(Path.Combine(_truth, trial.Trial.DirectoryName)) : [];
            string[] recorded = [$"asked {trial.Config.Get<double>("x").ToString("R", CultureInfo.InvariantCulture)}", .. steps.Select(s => $"step {s}"),
                "ended"];
            Assert.Empty(truth.Except(recorded));
            Assert.Equal(truth.Length, truth.Distinct().Count());
            Assert.Equal(steps, File.ReadAllLines(Path.Combine(StudyDirectory, trial.Trial.DirectoryName, "result.json"))
                .Select(l => JsonDocument.Parse(l).RootElement.GetProperty("training_iteration").GetInt32()));
        }
    }

    private int Calls() => Directory.EnumerateFiles(_truth).Sum(f => File.ReadAllText(f).Count(c => c == '\n'));

    private List<JournalEntry> Journal()
    {
        List<JournalEntry> entries = [];
        using var reader = new JournalReader(StudyDirectory);
        while (reader.Read() is { } entry)
        {
            entries.Add(entry);
        }

        return entries;
    }

    private Process Start() => Process.Start(new ProcessStartInfo("dotnet",
        [Path.Combine(AppContext.BaseDirectory, "KillHost.dll"), "study", _storage, _truth])
    { RedirectStandardError = true })!;
}
