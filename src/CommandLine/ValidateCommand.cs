using System.CommandLine;

namespace Tuning.CommandLine;

/// <summary><c>validate FILE</c>: everything that is wrong, or what would run.</summary>
internal static class ValidateCommand
{
    public static void Build(Command command, CommandContext context)
    {
        var file = new Argument<string>("FILE") { Description = "The experiment file (YAML)." };
        var json = new Option<bool>("--json") { Description = "Print one JSON object for programs: problems with code, path and line; what would run." };
        var overrides = new OverrideOptions(command, file);
        command.Options.Add(json);
        command.SetAction(async (parsed, _) =>
        {
            var path = parsed.GetValue(file)!;
            var host = context.Host();
            await using (host.ConfigureAwait(false))
            {
                var read = ExperimentFile.Read(path, host.Catalog, overrides.Read(parsed));
                var planned = read.Experiments.Select(e => new PlannedRun(host.Catalog, e));
                if (parsed.GetValue(json))
                {
                    await context.Output.WriteLineAsync(Json(path, read, planned)).ConfigureAwait(false);
                    return read.IsValid ? CommandContext.Success : CommandContext.Usage;
                }

                if (ProblemText.Write(context, read, path))
                {
                    return CommandContext.Usage;
                }

                foreach (var line in planned.SelectMany(p => p.Lines()))
                {
                    await context.Output.WriteLineAsync(line).ConfigureAwait(false);
                }

                await context.Output.WriteLineAsync($"{path} is valid: {Readable.Count(read.Experiments.Length, "experiment")}.").ConfigureAwait(false);
                return CommandContext.Success;
            }
        });
    }

    private static string Json(string file, ExperimentFileResult read, IEnumerable<PlannedRun> planned) => ParameterSet.From(new Dictionary<string, object?>
    {
        ["file"] = file,
        ["valid"] = read.IsValid,
        ["problems"] = new ParameterList(read.Problems.Select(Json)),
        ["notices"] = new ParameterList(read.Notices.Select(Json)),
        ["experiments"] = new ParameterList(planned.Select(p => p.ToParameters())),
    }).ToString();

    private static ParameterSet Json(SpecificationProblem problem) => ParameterSet.From(new Dictionary<string, object?>
    {
        ["code"] = JsonNamingPolicy.SnakeCaseLower.ConvertName(problem.Code.ToString()),
        ["path"] = problem.Path,
        ["source"] = problem.Source,
        ["line"] = problem.Line > 0 ? (long)problem.Line : null,
        ["column"] = problem.Column > 0 ? (long)problem.Column : null,
        ["message"] = problem.Message,
    });
}
