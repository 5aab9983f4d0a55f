using System.CommandLine;

namespace Tuning.CommandLine;

/// <summary><c>verify DIR</c>: computes every recorded decision again.</summary>
internal static class VerifyCommand
{
    public static void Build(Command command, CommandContext context)
    {
        var directory = new Argument<string>("DIR") { Description = "The experiment's directory." };
        command.Arguments.Add(directory);
        command.SetAction(async (parsed, _) =>
        {
            var path = StoredExperiments.Find(parsed.GetValue(directory)!);
            var host = context.Host();
            await using (host.ConfigureAwait(false))
            {
                var report = await host.VerifyAsync(path).ConfigureAwait(false);
                foreach (var difference in report.Differences.Concat(report.Explained).OrderBy(d => d.Line))
                {
                    await context.Output.WriteLineAsync(difference.ToString()).ConfigureAwait(false);
                }

                await context.Output.WriteLineAsync(report.Agrees
                    ? $"{path}: every decision on {Readable.Count(report.Lines, "line")} comes out as it is " +
                        $"recorded{(report.Explained.IsEmpty ? ""
                            : $", but for {Readable.Count(report.Explained.Length, "difference")} by rules that were changed on purpose since")}."
                    : $"{path}: {Readable.Count(report.Differences.Length, "difference")} on {Readable.Count(report.Lines, "line")}. The record stands; a " +
                        $"resume applies it as it is.").ConfigureAwait(false);
                return report.Agrees ? CommandContext.Success : CommandContext.Failure;
            }
        });
    }
}
