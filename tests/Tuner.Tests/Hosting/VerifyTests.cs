using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Tuning.Control;
using Tuning.Running;
using Tuning.Search;

namespace Tuning.Tests.Hosting;

/// <summary><c>verify</c> computes every decision anew: what does not belong into a journal is found where it stands.</summary>
public sealed class VerifyTests : IDisposable
{
    private readonly string _storage = Directory.CreateTempSubdirectory("verify").FullName;

    private static Tuning.Training.TrainableDefinition Train { get; } = Trainable.FromFunction<ParameterSet>("train", async (trial, cancel) =>
    {
        for (var i = 1; ; i++)
        {
            await trial.ReportAsync(new() { ["loss"] = trial.Config.Get<double>("x") / i });
        }
    });

    public void Dispose() => Directory.Delete(_storage, recursive: true);

    [Fact]
    public async Task Journal_that_was_only_copied_agrees()
    {
        var report = await VerifyAsync(entry => (entry.Event, entry.Commands));

        Assert.True(report.Agrees, string.Join('\n', report.Differences));
    }

    [Fact]
    public async Task Decision_that_was_changed_is_found_on_its_line()
    {
        var line = 0L;
        var report = await VerifyAsync(entry => (entry.Event, [.. entry.Commands.Select(c =>
        {
            if (c is not ExperimentCommand.Answer { Verdict: Verdict.Stop, Trial.Number: 1 } answer)
            {
                return c;
            }

            line = entry.Line;
            return answer with { Reason = "somebody disliked it" };
        })]));

        // The trial's end takes its reason from the record: that is the second difference.
        Assert.Equal([line, line + 1], report.Differences.Select(d => d.Line));
        var found = report.Differences[0];
        Assert.Contains("somebody disliked it", found.Recorded, StringComparison.Ordinal);
        Assert.Contains("training_iteration", found.Decided, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Decision_that_was_left_out_is_found()
    {
        var report = await VerifyAsync(entry => (entry.Event, [.. entry.Commands.Where(c => c is not ExperimentCommand.FinishExperiment)]));

        var found = Assert.Single(report.Differences);
        Assert.Null(found.Recorded);
        Assert.Contains("all 3 trials ended", found.Decided, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Suggestion_that_the_searcher_does_not_make_is_found()
    {
        var report = await VerifyAsync(DifferentSuggestion, DecisionRules.Today.Current);

        Assert.Contains("0.125", Assert.Single(report.Differences).Recorded, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(DecisionKind.Suggest, "random", 1, true)]
    [InlineData(DecisionKind.Suggest, "", 1, true)]
    [InlineData(DecisionKind.Suggest, "gp", 1, false)]
    [InlineData(DecisionKind.Prune, "random", 1, false)]
    [InlineData(DecisionKind.Suggest, "random", 2, false)]
    public async Task Difference_is_explained_by_a_later_change_of_its_kind_and_component_alone(DecisionKind kind, string component, int recorded,
        bool isExplained)
    {
        var report = await VerifyAsync(DifferentSuggestion, recorded,
            new DecisionRules([new(2, "random draws from a better urn", [kind], component.Length == 0 ? [] : [component])]));

        Assert.Equal(isExplained, report.Agrees);
        var found = Assert.Single(isExplained ? report.Explained : report.Differences);
        Assert.Equal(isExplained ? "rules 2, random draws from a better urn" : null, found.Change);
        Assert.Contains("0.125", found.Recorded, StringComparison.Ordinal);
        Assert.Empty(isExplained ? report.Differences : report.Explained);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(3, false)]
    public async Task Lines_of_a_resumed_session_are_held_against_its_own_rules(long suggestion, bool isExplained)
    {
        var report = await VerifyAsync(
            entry => entry.Event is ExperimentEvent.Resumed resumed ? (resumed with { Rules = 2 }, entry.Commands) : DifferentSuggestion(entry, suggestion),
            rules: new DecisionRules([new(2, "random draws from a better urn", [DecisionKind.Suggest], ["random"])]),
            extend: true);

        Assert.Single(isExplained ? report.Explained : report.Differences);
        Assert.Equal(isExplained, report.Agrees);
    }

    [Fact]
    public async Task Rules_that_this_version_does_not_know_are_refused()
    {
        var error = await Assert.ThrowsAsync<JournalException>(() => VerifyAsync(entry => (entry.Event, entry.Commands), DecisionRules.Today.Current + 1));

        Assert.Contains($"rules {DecisionRules.Today.Current + 1}", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, error.Line);
    }

    [Fact]
    public void Changes_of_rules_are_numbered_without_gaps()
    {
        Assert.Equal(Enumerable.Range(DecisionRules.First + 1, DecisionRules.Today.Changes.Length), DecisionRules.Today.Changes.Select(c => c.Number));
        Assert.All(DecisionRules.Today.Changes, c => Assert.NotEmpty(c.Kinds));
    }

    private static (ExperimentEvent Event, ImmutableArray<ExperimentCommand> Commands) DifferentSuggestion(JournalEntry entry) => DifferentSuggestion(entry, 1);

    private static (ExperimentEvent Event, ImmutableArray<ExperimentCommand> Commands) DifferentSuggestion(JournalEntry entry, long number)
    {
        return entry.Event is ExperimentEvent.SuggestionReady { Suggestion: Suggestion.Configure c } ready && ready.Number == number
            ? (ready with { Suggestion = c with { Config = Other(c.Config) } }, [.. entry.Commands.Select(command => command
                is ExperimentCommand.CreateTrial create ? create with { Config = Other(create.Config) } : command)])
            : (entry.Event, entry.Commands);

        static ParameterSet Other(ParameterSet config) => config.With("x", 0.125);
    }

    // Runs three trials and copies the journal, changed, as somebody would who writes checksums too.
    private async Task<VerificationReport> VerifyAsync(
        Func<JournalEntry, (ExperimentEvent Event, ImmutableArray<ExperimentCommand> Commands)> change, int recordedRules = DecisionRules.First,
            DecisionRules? rules = null, bool extend = false)
    {
        var run = new RunConfig { StoragePath = _storage, Name = "original", Stop = { ["training_iteration"] = 3 } };
        var tune = new TuneConfig { Metric = "loss", Mode = Mode.Min, Samples = 3, Seed = 1, MaxConcurrentTrials = 1 };
        await new Tuner(Train, new SearchSpace().Add("x", Domain.Uniform(1, 2)), tune, run).FitAsync(TestContext.Current.CancellationToken);
        if (extend)
        {
            await Tuner.RestoreAsync(Path.Combine(_storage, "original"), Train, new() { AddSamples = 1 }, TestContext.Current.CancellationToken);
        }

        var copy = Directory.CreateDirectory(Path.Combine(_storage, "copy")).FullName;
        using (var reader = new JournalReader(Path.Combine(_storage, "original")))
        using (var journal = EventJournal.Create(copy, reader.Header with { Rules = recordedRules }))
        {
            while (reader.Read() is { } entry)
            {
                var (happened, commands) = change(entry);
                journal.Append(happened, commands);
                journal.Write();
            }
        }

        var services = new ServiceCollection().AddTuner(tuner => tuner.Services.AddSingleton(rules ?? DecisionRules.Today)).BuildServiceProvider();
        await using (services)
        {
            return await Tuner.VerifyAsync(copy, Train, new() { Services = services });
        }
    }
}
