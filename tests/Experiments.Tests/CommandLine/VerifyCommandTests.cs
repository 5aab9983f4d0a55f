using Microsoft.Extensions.DependencyInjection;
using Tuning.Control;
using Tuning.Running;
using Tuning.Search;
using Tuning.Testing;
using Tuning.Tests.Recorded;

namespace Tuning.Tests.CommandLine;

/// <summary>What <c>verify</c> says and returns where the record and today's decisions part.</summary>
public sealed class VerifyCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(DecisionKind.Suggest, 0, "but for 1 difference by rules that were changed on purpose since")]
    [InlineData(DecisionKind.Pause, 1, "1 difference on")]
    public async Task A_rule_that_was_changed_on_purpose_is_named_and_no_failure(DecisionKind kind, int code, string summary)
    {
        using (var reader = new JournalReader(RecordedExperiments.DirectoryOf("rules-1/search-random/finished")))
        using (var journal = EventJournal.Create(_folder.Path, reader.Header))
        {
            while (reader.Read() is { } entry)
            {
                journal.Append(
                    entry.Event is ExperimentEvent.SuggestionReady { Number: 5, Suggestion: Suggestion.Configure c } ready
                        ? ready with { Suggestion = c with { Config = Other(c.Config) } } : entry.Event,
                    [.. entry.Commands.Select(command => command is ExperimentCommand.CreateTrial { Suggestion: 5 } create
                        ? create with { Config = Other(create.Config) } : command)]);
                journal.Write();
            }
        }

        using var run = new CommandRun
        {
            Program = tuner =>
            {
                RecordedTrainables.AddTo(tuner);
                tuner.Services.AddSingleton(new DecisionRules([new(2, "random draws from a better urn", [kind], ["random"])]));
            },
        };
        Assert.Equal(code, await run.RunAsync("verify", _folder.Path));
        Assert.Contains(summary, run.Output, StringComparison.Ordinal);
        Assert.Equal(code == 0, run.Output.Contains("changed on purpose since: rules 2, random draws from a better urn", StringComparison.Ordinal));

        static ParameterSet Other(ParameterSet config) => config.With("steps", 4L);
    }
}
