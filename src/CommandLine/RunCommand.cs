using System.CommandLine;

namespace Tuning.CommandLine;

/// <summary><c>run FILE</c>: the experiments of a file, one after the other; one that fails does not stop the next.</summary>
internal static class RunCommand
{
    public static void Build(Command command, CommandContext context)
    {
        var file = new Argument<string>("FILE") { Description = "The experiment file (YAML)." };
        var overrides = new OverrideOptions(command, file);
        var grace = CommandOptions.Grace();
        var quiet = CommandOptions.Quiet();
        var verbose = CommandOptions.Verbose();
        command.Options.Add(grace);
        command.Options.Add(quiet);
        command.Options.Add(verbose);
        command.SetAction(async (parsed, _) =>
        {
            var detail = ProgressOutput.Detail(parsed.GetValue(quiet), parsed.GetValue(verbose));
            using var signals = new StopSignals(context.Error, parsed.GetValue(grace), context.Time).Listen();
            return await RunAsync(context, parsed.GetValue(file)!, overrides.Read(parsed), detail, signals).ConfigureAwait(false);
        });
    }

    internal static async Task<int> RunAsync(CommandContext context, string file, ExperimentOverrides overrides, ProgressDetail detail, StopSignals signals)
    {
        var host = context.Host();
        await using (host.ConfigureAwait(false))
        {
            var read = ExperimentFile.Read(file, host.Catalog, overrides);
            if (ProblemText.Write(context, read, file))
            {
                return CommandContext.Usage;
            }

            var output = new ProgressOutput(context, detail, host.Catalog);
            var earlier = new EarlierExperiments();
            foreach (var experiment in read.Experiments)
            {
                if (signals.Stop.IsCancellationRequested || output.ExitCode == CommandContext.Suspended)
                {
                    await context.Error.WriteLineAsync($"{experiment.Name} was not begun.").ConfigureAwait(false);
                    continue;
                }

                if (detail != ProgressDetail.None)
                {
                    StoredExperiments.WriteUnfinished(context.Output, experiment);
                }

                var results = await output.RunAsync(experiment.Name, experiment, signals, callbacks => host.RunAsync(
                    earlier.Resolve(experiment),
                    new()
                    {
                        Callbacks = callbacks,
                        Signals = signals,
                        Log = output.Log,
                        NameIsExplicit = overrides.Name is not null,
                        ChangedBy = overrides.ToCommand(),
                    })).ConfigureAwait(false);
                earlier.Add(experiment, results);
            }

            return signals.ExitCode ?? output.ExitCode;
        }
    }
}
