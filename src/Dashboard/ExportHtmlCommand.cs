using Tuning.Checkpointing;
using Tuning.Hosting;

namespace Tuning.Dashboard;

/// <summary><c>export-html DIR</c>: the page of an experiment as one file.</summary>
internal static class ExportHtmlCommand
{
    private const string Experiment = "DIR";
    private const string Output = "--output";

    public static TunerCommand Command { get; } = new(
        "export-html", "Write the dashboard's page of an experiment as one HTML file, to be sent or kept.", RunAsync)
    {
        Arguments = [new(Experiment, "The experiment's directory.")],
        Options = [new(Output, "The file; one that exists is replaced.") { HelpName = "FILE", IsRequired = true }],
    };

    private static async Task<int> RunAsync(CommandInvocation call, CancellationToken cancellationToken)
    {
        var page = await Task.Run(() => ExportedPage.Of(OwnFiles.Resolve(call.Text(Experiment)!), cancellationToken), cancellationToken).ConfigureAwait(false);
        var path = call.Text(Output)!;
        var file = OwnFiles.CreateNamed(path);
        await using (file.ConfigureAwait(false))
        {
            await file.WriteAsync(page.Html, cancellationToken).ConfigureAwait(false);
        }

        await call.Output.WriteLineAsync(Invariant($"Written: {path} ({page.Html.Length / 1024.0 / 1024:0.0} MiB)")).ConfigureAwait(false);
        if (page.LeftOut > 0)
        {
            await call.Output.WriteLineAsync($"Without the curves of {page.LeftOut} metrics: together they have more than {ExportedPage.MostPoints} points.")
                .ConfigureAwait(false);
        }

        return 0;
    }
}
