using System.CommandLine;
using Tuning.Reporting;
using Tuning.Specification;

namespace Tuning.CommandLine;

/// <summary><c>validate FILE</c>: everything that is wrong, or what would run.</summary>
internal static class ValidateCommand
{
    public static void Build(Command command, CommandContext context)
    {
        var file = new Argument<string>("FILE") { Description = "The experiment file (YAML)." };
        var overrides = new OverrideOptions(command, file);
        command.SetAction(async (parsed, _) =>
        {
            var path = parsed.GetValue(file)!;
            var host = context.Host();
            await using (host.ConfigureAwait(false))
            {
                var read = ExperimentFile.Read(path, host.Catalog, overrides.Read(parsed));
                if (ProblemText.Write(context, read, path))
                {
                    return CommandContext.Usage;
                }

                foreach (var experiment in read.Experiments)
                {
                    await context.Output.WriteLineAsync(Describe(experiment)).ConfigureAwait(false);
                }

                await context.Output.WriteLineAsync($"{path} is valid: {Readable.Count(read.Experiments.Length, "experiment")}.").ConfigureAwait(false);
                return CommandContext.Success;
            }
        });
    }

    private static string Describe(ExperimentSpec experiment)
    {
        var samples = experiment.NumSamples < 0 ? "samples without limit" : Readable.Count(experiment.NumSamples, "sample");
        var searched = experiment.Space.SearchedPaths;
        return $"{experiment.Name}: runs {experiment.Run}, {samples}, searching {(searched.Count == 0 ? "nothing" : string.Join(", ", searched))}, into " +
            $"{Path.Combine(experiment.StoragePath, experiment.Name)}";
    }
}
