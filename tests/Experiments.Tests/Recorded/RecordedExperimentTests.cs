using Microsoft.Extensions.DependencyInjection;
using Tuning.Control;
using Tuning.Running;
using Tuning.Specification;
using Tuning.Testing;
using Tuning.Tests.CommandLine;
using Tuning.Trials;

namespace Tuning.Tests.Recorded;

/// <summary>
/// What earlier versions recorded is read, shown, verified and gone on with for ever: every directory below <c>Recorded</c> that has a journal.
/// To add one, drop its folder there, and what it trains and names to <see cref="RecordedTrainables"/>; a new set is written by
/// <see cref="RecordExperiments"/>. None is ever changed or removed.
/// </summary>
[Trait("Lane", "Slow")]
public sealed class RecordedExperimentTests : IDisposable
{
    private readonly CommandRun _run = new() { Program = tuner => RecordedTrainables.AddTo(tuner) };

    public static IEnumerable<TheoryDataRow<string>> Names => RecordedExperiments.Names.Select(n => new TheoryDataRow<string>(n));

    public void Dispose() => _run.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Is_read_shown_and_verified(string name)
    {
        var directory = RecordedExperiments.DirectoryOf(name);
        var entries = Read(directory, out _);

        var results = await ResultGrid.LoadAsync(directory, TestContext.Current.CancellationToken);
        Assert.Equal(entries.SelectMany(e => e.Commands).OfType<ExperimentCommand.CreateTrial>().Count(), results.Count);
        Assert.Equal(IsFinished(entries), results.IsFinished);
        var reports = entries.Select(e => e.Event).OfType<ExperimentEvent.Reported>().Select(r => r.Report).GroupBy(r => r.Trial)
            .ToDictionary(g => g.Key, g => g.ToList());
        foreach (var trial in results)
        {
            var own = reports.GetValueOrDefault(trial.Id, []);
            Assert.Equal(own.Count, trial.Reports);
            Assert.Equal(own.Count, (await trial.ReadHistoryAsync("training_iteration")).Count);
            Assert.Equal(own.LastOrDefault()?.TrainingIteration ?? 0, trial.TrainingIteration);
        }

        Assert.Equal(0, await _run.RunAsync("show", directory));
        Assert.All(results, t => Assert.Contains(t.Id.ToString(), _run.Output, StringComparison.Ordinal));
        Assert.Equal(0, await _run.RunAsync("verify", directory));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_copy_is_resumed_to_its_end(string name)
    {
        var copy = Path.Combine(_run.Directory, "copy");
        RecordedExperiments.Copy(RecordedExperiments.DirectoryOf(name), copy);
        var recorded = await File.ReadAllBytesAsync(Path.Combine(copy, JournalReader.FileName), TestContext.Current.CancellationToken);
        Read(copy, out var header);

        var live = await ResumeAsync(copy, ExperimentSpec.FromJson(header.Specification).Run);

        // What was recorded stands, to the byte; what came after it leaves nothing out and nothing comes twice.
        var now = await File.ReadAllBytesAsync(Path.Combine(copy, JournalReader.FileName), TestContext.Current.CancellationToken);
        Assert.True(now.AsSpan().StartsWith(recorded));
        var after = Read(copy, out _);
        Assert.True(IsFinished(after));
        foreach (var reports in after.Select(e => e.Event).OfType<ExperimentEvent.Reported>().Select(r => r.Report).GroupBy(r => r.Trial))
        {
            Assert.Equal(Enumerable.Range(1, reports.Count()), reports.Select(r => r.Number));
        }

        var results = await ResultGrid.LoadAsync(copy, TestContext.Current.CancellationToken);
        Assert.True(results.IsFinished);
        Assert.Equal(live, await ResultText.OfAsync(results));
        Assert.All(results, t => Assert.True(TrialTransitions.IsEnded(t.Status), $"{t.Id} is {t.Status}"));
        AssertComplete(results, header, [.. after.SelectMany(e => e.Commands).OfType<ExperimentCommand.AdoptCheckpoint>().Select(a => a.Trial)]);
        Assert.Equal(0, await _run.RunAsync("verify", copy));
    }

    // Goes on to the end, and says what whoever did that sees then.
    private static async Task<string> ResumeAsync(string directory, string run)
    {
        await using var services = new ServiceCollection().AddTuner(tuner => RecordedTrainables.AddTo(tuner)).BuildServiceProvider();
        if (run == "ask_and_tell")
        {
            await using var study = await Study.OpenAsync(directory, new() { Services = services }, TestContext.Current.CancellationToken);
            await RecordedExperiments.ContinueAsync(study, int.MaxValue);
            return await ResultText.OfAsync(study.Results());
        }

        var trainable = services.GetRequiredService<ComponentCatalog>().FindTrainable(run)!;
        return await ResultText.OfAsync(await Tuner.RestoreAsync(directory, trainable, new() { Services = services }, TestContext.Current.CancellationToken));
    }

    // A trial that nobody stopped has done all of its steps, each once: the state that its checkpoints carried is the sum over them.
    private static void AssertComplete(ResultGrid results, JournalHeader header, HashSet<TrialId> exploited)
    {
        if (ExperimentSpec.FromJson(header.Specification).Run != "recorded")
        {
            return;
        }

        foreach (var trial in results.Where(t => !exploited.Contains(t.Id) && t.Reason?.StartsWith("ended by itself", StringComparison.Ordinal) == true))
        {
            var steps = trial.Config.TryGet("steps", out var given) ? (long)given! : 12;
            Assert.Equal(steps, trial.Metrics.Number("iteration"));
            Assert.Equal(RecordedTrainables.Value(trial.Config, 0) + (1.0 / steps), trial.Metrics.Number("loss") ?? trial.Metrics.Number("nested/loss")!.Value,
                1e-9);
        }
    }

    private static bool IsFinished(List<JournalEntry> entries) => entries[^1].Commands.Any(c => c is ExperimentCommand.FinishExperiment);

    private static List<JournalEntry> Read(string directory, out JournalHeader header)
    {
        using var reader = new JournalReader(directory);
        header = reader.Header;
        var entries = new List<JournalEntry>();
        while (reader.Read() is { } entry)
        {
            entries.Add(entry);
        }

        return entries;
    }
}
