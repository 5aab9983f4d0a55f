using System.CommandLine;

namespace Tuning.CommandLine;

/// <summary><c>resume DIR</c>: continues an experiment, or extends it.</summary>
internal static class ResumeCommand
{
    public static void Build(Command command, CommandContext context)
    {
        var directory = new Argument<string>("DIR") { Description = "The experiment's directory." };
        var samples = CommandOptions.Number<int>("--num-samples", "The new total of samples.");
        var add = CommandOptions.Number<int>("--add-samples", "Samples to add.", least: 0);
        var errored = CommandOptions.Errored();
        var upToLine = CommandOptions.Number<long>("--up-to-line", "Go on from this line of the journal; the rest is kept beside it.", least: 1);
        var stop = new Option<string[]>("--stop")
        {
            Description = "A stop criterion from here on, training_iteration=200; trials that had come to the old one train longer.",
            HelpName = "METRIC=VALUE",
        };
        var missing = new Option<bool>("--allow-missing") { Description = "Go on without callbacks that the program which began it had in code." };
        var grace = CommandOptions.Grace();
        var quiet = CommandOptions.Quiet();
        var verbose = CommandOptions.Verbose();
        command.Arguments.Add(directory);
        foreach (var option in (System.CommandLine.Option[])[samples, add, errored, stop, upToLine, missing, grace, quiet, verbose])
        {
            command.Options.Add(option);
        }

        command.SetAction(async (parsed, _) =>
        {
            var path = StoredExperiments.Find(parsed.GetValue(directory)!);
            var options = new RestoreOptions
            {
                Samples = parsed.GetValue(samples),
                AddSamples = parsed.GetValue(add) ?? 0,
                Errored = parsed.GetValue(errored),
                UpToLine = parsed.GetValue(upToLine),
                AllowMissing = parsed.GetValue(missing),
                Run = parsed.GetValue(stop) is { Length: > 0 } given ? new() { Stop = Stop(path, given) } : null,
            };
            using var signals = new StopSignals(context.Error, parsed.GetValue(grace), context.Time).Listen();
            var host = context.Host();
            await using (host.ConfigureAwait(false))
            {
                var changes = Changes(options, parsed.GetValue(stop) ?? []);
                var output = new ProgressOutput(context, ProgressOutput.Detail(parsed.GetValue(quiet), parsed.GetValue(verbose)), host.Catalog);
                var results = await output.RunAsync(
                    Path.GetFileName(path),
                    StoredExperiments.TrySpecification(path),
                    signals,
                    callbacks => host.ResumeAsync(path, options, new() { Callbacks = callbacks, Signals = signals, Log = output.Log, ChangedBy = changes }))
                    .ConfigureAwait(false);
                if (results is { IsFinished: true } && output.IsIdle && !parsed.GetValue(quiet))
                {
                    await context.Output.WriteLineAsync("Nothing was to do: it had finished. --num-samples N or --add-samples N extend it, --errored resume " +
                        "takes up failed trials.").ConfigureAwait(false);
                }

                return signals.ExitCode ?? output.ExitCode;
            }
        });
    }

    private static string? Changes(RestoreOptions options, string[] stop)
    {
        List<string> changes =
        [
            .. stop.Select(s => $"--stop {ShellWord.Of(s)}"),
            .. options.Samples is null ? (string[])[] : [Invariant($"--num-samples {options.Samples}")],
            .. options.AddSamples == 0 ? (string[])[] : [Invariant($"--add-samples {options.AddSamples}")],
        ];
        return changes.Count == 0 ? null : $"resume {string.Join(' ', changes)}";
    }

    // The recorded thresholds with others in their place: a metric keeps its direction, a new one has that of the objective.
    private static OrderedDictionary<string, StopAt> Stop(string path, string[] given)
    {
        var recorded = StoredExperiments.TrySpecification(path);
        var stop = new OrderedDictionary<string, StopAt>();
        foreach (var condition in recorded?.Stop ?? [])
        {
            stop[condition.Metric] = condition.Threshold;
        }

        foreach (var text in given)
        {
            var at = text.LastIndexOf('=');
            if (at < 1 || !double.TryParse(text.AsSpan(at + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || double.IsNaN(value))
            {
                throw new UsageException($"--stop {text}: it must be a metric and a number, such as --stop training_iteration=200.");
            }

            var metric = text[..at];
            var isLess = recorded?.Objectives.FirstOrDefault(o => o.Metric == metric)?.Mode == Mode.Min;
            stop[metric] = stop.TryGetValue(metric, out var known) ? known with { Value = value } : isLess ? StopAt.Most(value) : StopAt.Least(value);
        }

        return stop;
    }
}
