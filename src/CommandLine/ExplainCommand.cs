using System.CommandLine;

namespace Tuning.CommandLine;

/// <summary><c>explain DIR [TRIAL]</c>: the decisions of an experiment with their reasons, also while it runs.</summary>
internal static class ExplainCommand
{
    public static void Build(Command command, CommandContext context)
    {
        var directory = new Argument<string>("DIR") { Description = "The experiment's directory." };
        var trial = new Argument<string?>("TRIAL")
        {
            Description = "A trial's number: 7, 00007 or trial_00007; without it, all decisions but suggestions.",
            Arity = ArgumentArity.ZeroOrOne
        };
        var all = new Option<bool>("--all") { Description = "Every decision, suggestions too." };
        command.Arguments.Add(directory);
        command.Arguments.Add(trial);
        command.Options.Add(all);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var results = await ResultGrid.LoadAsync(StoredExperiments.Find(parsed.GetValue(directory)!), cancellationToken).ConfigureAwait(false);
            if (parsed.GetValue(trial) is { } name)
            {
                WriteTrial(context.Output, results, Find(results, name));
            }
            else
            {
                WriteAll(context.Output, results, parsed.GetValue(all));
            }

            return CommandContext.Success;
        });
    }

    private static TrialResult Find(ResultGrid results, string name)
    {
        var digits = name.StartsWith("trial_", StringComparison.Ordinal) ? name["trial_".Length..] : name;
        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < results.Count
            ? results[number]
            : throw new UsageException(results.Count == 0
                ? $"There is no trial {name}: the experiment has none yet."
                : Invariant($"There is no trial {name}; there are {results.Count}, from 0 to {results.Count - 1}."));
    }

    private static void WriteAll(TextWriter output, ResultGrid results, bool withSuggestions)
    {
        var counts = new Dictionary<string, int>();
        foreach (var decision in results.Decisions())
        {
            counts[decision.Name] = counts.GetValueOrDefault(decision.Name) + 1;
            if (withSuggestions || decision.Kind != DecisionKind.Suggest)
            {
                output.WriteLine($"{Since(results, decision),9}  {decision.Trial?.ToString() ?? "all",-6} {Text(decision)}");
            }
        }

        output.WriteLine(counts.Count == 0
            ? "Nothing was decided yet."
            : $"{Readable.Count(results.Count, "trial")}; decisions: " +
                $"{string.Join(", ", counts.OrderByDescending(c => c.Value).Select(c => Invariant($"{c.Value} {c.Key}")))}.");
        if (counts.ContainsKey("suggest") && !withSuggestions)
        {
            output.WriteLine("Why a trial was suggested: --all, or name the trial.");
        }
    }

    private static void WriteTrial(TextWriter output, ResultGrid results, TrialResult trial)
    {
        output.WriteLine($"Trial {trial.Id}, {trial.Word} after " +
            $"{Readable.Count(trial.Reports, "report")}{(trial.Objective is { } value && !results.Objectives.IsEmpty
                ? $", {results.Objectives[0].Metric} {Readable.Number(value)}" : "")}");
        foreach (var (name, parameter) in trial.Parameters)
        {
            output.WriteLine($"  {name} = {Readable.Value(parameter)}");
        }

        output.WriteLine();
        var decided = false;
        foreach (var decision in results.Decisions(trial.Id))
        {
            decided = true;
            var isSource = decision.Source == trial.Id;
            output.WriteLine($"{Since(results, decision),9}  " +
                $"{(isSource ? $"its state was taken over by trial {decision.Trial}: {decision.Reason}" : Text(decision))}");
        }

        if (!decided)
        {
            output.WriteLine("Nothing was decided about it.");
        }

        if (trial.Reason is { } reason && trial.Status is TrialStatus.Terminated or TrialStatus.Failed)
        {
            output.WriteLine($"{"",9}  ended: {reason}");
        }
    }

    private static string Text(Decision decision) => decision.Kind switch
    {
        DecisionKind.Suggest => $"suggested: {decision.Reason}",
        DecisionKind.Pause => $"paused{At(decision)}: {decision.Reason}",
        DecisionKind.Resume => $"goes on: {decision.Reason}",
        DecisionKind.Prune => $"pruned{At(decision)}: {decision.Reason}",
        DecisionKind.Stop => $"stopped{At(decision)}: {decision.Reason}",
        DecisionKind.Exploit => $"perturbed{At(decision)}: {decision.Reason}",
        DecisionKind.Abandon => $"goes on as it was: {decision.Reason}",
        DecisionKind.Retry => $"tried again: {decision.Reason}",
        DecisionKind.Fail => $"failed: {decision.Reason}",
        _ => $"the experiment stops: {decision.Reason}",
    };

    private static string At(Decision decision) => decision.Report > 0 ? Invariant($" at report {decision.Report}") : "";

    private static string Since(ResultGrid results, Decision decision) => Since(results, decision.At);

    private static string Since(ResultGrid results, DateTimeOffset at) => Readable.Duration(at - (results.StartedAt ?? at));
}
