using Tuning.Hosting;
using Tuning.Server.Web;

namespace Tuning.Dashboard;

/// <summary><c>dashboard [DIR]</c>: shows a storage in a browser.</summary>
internal static class DashboardCommand
{
    private const string Storage = "DIR";
    private const string Port = "--port";
    private const string Open = "--open";
    private const string Token = "--token";

    public static TunerCommand Command { get; } = new(
        "dashboard", "Show experiments in a browser, while they run and afterwards; it only reads.", RunAsync)
    {
        Arguments = [new(Storage, "The storage that holds experiments, or an experiment's directory (default: results).") { MayBeLeftOut = true }],
        Options =
        [
            new(Port, $"The port of 127.0.0.1 (default {DashboardOptions.DefaultPort}; 0 takes a free one).") { Kind = CommandValueKind.Number },
            new(Open, "Open it in the browser of this machine.") { Kind = CommandValueKind.Flag },
            new(Token, "Let in who opens the printed link only; it works once.") { Kind = CommandValueKind.Flag },
        ],
    };

    private static async Task<int> RunAsync(CommandInvocation call, CancellationToken cancellationToken)
    {
        if (call.Number(Port) > ushort.MaxValue)
        {
            throw new SpecificationException($"{Port} is {call.Number(Port)}; it must be a number from 0 to {ushort.MaxValue}.");
        }

        using var stop = new StopSignal();
        var options = new DashboardOptions
        {
            Port = (int)(call.Number(Port) ?? DashboardOptions.DefaultPort),
            RequiresToken = call.Flag(Token),
            Command = call.Host is { } host ? words => host.Command(words) : new DashboardOptions().Command,
        };
        var server = await DashboardServer.StartAsync(call.Text(Storage) ?? "results", options, call.Host?.Time ?? TimeProvider.System,
            e => call.Error.WriteLine(e.Message), cancellationToken).ConfigureAwait(false);
        await using (server.ConfigureAwait(false))
        {
            await call.Output.WriteLineAsync($"The dashboard is at {server.Link} ; Ctrl-C ends it.").ConfigureAwait(false);
            await call.Output.FlushAsync(cancellationToken).ConfigureAwait(false);
            if (call.Flag(Open) && !Browser.TryOpen(server.Link))
            {
                await call.Error.WriteLineAsync("There is no browser that could be opened.").ConfigureAwait(false);
            }

            await stop.Came.ConfigureAwait(false);
        }

        return 0;
    }
}
