using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Tuning.Control;
using Tuning.Running;
using Tuning.Trials;

namespace Tuning.Tests;

/// <summary>
/// A process that trains, pauses and exploits is killed some times at random instants and continued until it finishes. What its
/// trials wrote and fsynced themselves after each report is the truth that every file is held against.
/// </summary>
[Trait("Lane", "Slow")]
public sealed class KillTests : IDisposable
{
    private const int Seed = 20262;

    // TUNER_KILLS=60 dotnet test --project tests/Experiments.Tests --filter-class '*.KillTests'
    private static readonly int _kills = int.Parse(Environment.GetEnvironmentVariable("TUNER_KILLS") ?? "9", CultureInfo.InvariantCulture);
    private const int Epochs = 60;

    private readonly string _storage = Directory.CreateTempSubdirectory("kill").FullName;
    private readonly string _truth = Directory.CreateTempSubdirectory("truth").FullName;
    private string _isolation = "thread";

    private string Experiment => Path.Combine(_storage, "kill");

    public void Dispose()
    {
        Directory.Delete(_storage, recursive: true);
        Directory.Delete(_truth, recursive: true);
    }

    [Theory]
    [InlineData("thread")]
    [InlineData("process")]
    public async Task Killed_experiment_loses_nothing_and_doubles_nothing(string isolation)
    {
        _isolation = isolation;
        var random = new Random(Seed);
        var ended = new Dictionary<TrialId, long>();
        for (var kill = 0; kill < _kills; kill++)
        {
            if (!await RunAndKillAsync(random, afterProgress: kill % 3 != 2))
            {
                break;
            }

            foreach (var trial in EndedTrials())
            {
                ended.TryAdd(trial, TruthLength(trial));
            }
        }

        using (var last = Start())
        {
            await last.WaitForExitAsync();
            Assert.True(last.ExitCode == 0, await last.StandardError.ReadToEndAsync());
        }

        Assert.All(ended, trial => Assert.Equal(trial.Value, TruthLength(trial.Key)));
        var reports = Journal().Select(e => e.Event).OfType<ExperimentEvent.Reported>().Select(r => r.Report).GroupBy(r => r.Trial)
            .ToDictionary(g => g.Key, g => g.ToList());
        Assert.Equal(4, reports.Count);
        Assert.Equal(4, EndedTrials().Count);
        foreach (var (trial, journaled) in reports)
        {
            AssertTrial(trial, journaled);
        }

        Assert.Contains(Journal().SelectMany(e => e.Commands), c => c is ExperimentCommand.AdoptCheckpoint);
        Assert.Contains(Journal().SelectMany(e => e.Commands), c => c is ExperimentCommand.Answer { Verdict: Verdict.Pause });
    }

    private void AssertTrial(TrialId trial, List<TrialReport> journaled)
    {
        var directory = Path.Combine(Experiment, trial.DirectoryName);
        Assert.Equal(Enumerable.Range(1, journaled.Count), journaled.Select(r => r.Number));
        var steps = journaled.Select(r => Step(r.Metrics.Number("epoch")!.Value, r.Metrics.Number("x")!.Value)).ToList();
        Assert.Equal(steps.Count, steps.Distinct().Count());
        Assert.Equal(Epochs, journaled[^1].Metrics.Number("epoch"));
        Assert.Empty(File.ReadAllLines(Path.Combine(_truth, trial.DirectoryName)).Except(steps));

        // Numbers go on: the epoch is one more than before, but where the state of another trial was taken over.
        foreach (var (before, after) in journaled.Zip(journaled.Skip(1)).Where(p => p.First.Metrics["x"] == p.Second.Metrics["x"]))
        {
            Assert.Equal(before.Metrics.Number("epoch") + 1, after.Metrics.Number("epoch"));
        }

        var lines = File.ReadAllLines(Path.Combine(directory, "result.json")).Select(l => JsonDocument.Parse(l).RootElement).ToList();
        Assert.Equal(steps, lines.Select(l => Step(l.GetProperty("epoch").GetDouble(), l.GetProperty("x").GetDouble())));
        Assert.Equal([.. Enumerable.Repeat(false, lines.Count - 1), true], lines.Select(l => l.GetProperty("done").GetBoolean()));

        var rows = File.ReadAllLines(Path.Combine(directory, "progress.csv")).Select(l => l.Split(',')).ToList();
        int epoch = Array.IndexOf(rows[0], "epoch"), x = Array.IndexOf(rows[0], "x");
        Assert.Equal(steps, rows.Skip(1).Select(r => r[epoch] + " " + r[x]));
        Assert.Equal(steps.Count, Directory.EnumerateFiles(directory, "events.out.tfevents.*").Sum(EventsWithEpoch));
        Assert.True(Directory.EnumerateDirectories(directory, "checkpoint_*").Count() <= 2);
        Assert.Empty(Directory.EnumerateDirectories(directory, ".*"));
    }

    // False when the process came to its end before it could be killed.
    private async Task<bool> RunAndKillAsync(Random random, bool afterProgress)
    {
        var journal = new FileInfo(Path.Combine(Experiment, JournalReader.FileName));
        var before = journal.Exists ? journal.Length : 0;
        using var process = Start();
        if (afterProgress)
        {
            for (journal.Refresh(); !process.HasExited && (!journal.Exists || journal.Length == before); journal.Refresh())
            {
                await Task.Delay(5);
            }
        }

        await Task.Delay(random.Next(afterProgress ? 150 : 500));
        if (process.HasExited)
        {
            Assert.True(process.ExitCode == 0, await process.StandardError.ReadToEndAsync());
            return false;
        }

        // With processes of trials: one of them, which the experiment outlives, or the process of the experiment, or both.
        var how = _isolation == "process" ? random.Next(3) : 2;
        if (how != 2 && Trials(process) is { Count: > 0 } children)
        {
            Signal(children[random.Next(children.Count)]);
        }

        if (how == 0)
        {
            await Task.Delay(random.Next(500));
        }

        process.Kill();
        await process.WaitForExitAsync();
        return true;
    }

    private static List<int> Trials(Process process) => [.. IsolationTests.Descendants(process.Id).Where(p =>
        IsolationTests.Words(p) is var words && words.Contains("KillHost.dll") && !words.Contains("Tuning.Programs"))];

    internal static void Signal(int process)
    {
        try
        {
            Process.GetProcessById(process).Kill();
        }
        catch (ArgumentException)
        {
            // It ended before.
        }
    }

    private Process Start() => Process.Start(new ProcessStartInfo("dotnet",
        [Path.Combine(AppContext.BaseDirectory, "KillHost.dll"), _storage, _truth, Epochs.ToString(CultureInfo.InvariantCulture), _isolation])
    {
        RedirectStandardError = true,
    })!;

    private List<JournalEntry> Journal()
    {
        List<JournalEntry> entries = [];
        if (File.Exists(Path.Combine(Experiment, JournalReader.FileName)) && new FileInfo(Path.Combine(Experiment, JournalReader.FileName)).Length > 0)
        {
            using var reader = new JournalReader(Experiment);
            while (reader.Read() is { } entry)
            {
                entries.Add(entry);
            }
        }

        return entries;
    }

    private List<TrialId> EndedTrials() => [.. Journal().SelectMany(e => e.Commands).OfType<ExperimentCommand.EndTrial>().Select(e => e.Trial)];

    private long TruthLength(TrialId trial) => new FileInfo(Path.Combine(_truth, trial.DirectoryName)).Length;

    private static string Step(double epoch, double x) => string.Create(CultureInfo.InvariantCulture, $"{epoch} {x}");

    // Counts the records of an event file that carry the metric, but not those that only announce it for the HPARAMS tab; each is a length, a checksum, an
    // event, and a checksum.
    private static int EventsWithEpoch(string file)
    {
        var bytes = File.ReadAllBytes(file).AsSpan();
        var count = 0;
        while (bytes.Length > 0)
        {
            var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
            var record = bytes.Slice(12, length);
            count += record.IndexOf("ray/tune/epoch"u8) >= 0 && record.IndexOf("_hparams_"u8) < 0 ? 1 : 0;
            bytes = bytes[(length + 16)..];
        }

        return count;
    }
}
