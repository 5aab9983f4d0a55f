using Microsoft.Extensions.DependencyInjection;
using Tuning.Experiments;
using Tuning.Hosting;
using Tuning.Running;
using Tuning.Server.Web;
using Tuning.Specification;
using Tuning.Training;

namespace Tuning.Server;

/// <summary><c>serve FILE</c>: begins the study of a file, or goes on with it, and hands its trials out.</summary>
internal static class ServeCommand
{
    private const string File = "FILE";
    private const string Port = "--port";
    private const string Socket = "--socket";
    private const string TokenFile = "--token-file";
    private const string NoToken = "--no-token";
    private const string Lease = "--lease";
    private const string UntilDone = "--until-done";

    private static readonly TimeSpan _farewell = TimeSpan.FromSeconds(5);

    public static TunerCommand Command { get; } = new(
        "serve", "Hand the trials of a study out to programs in any language, over HTTP on this machine.", RunAsync)
    {
        ExperimentFile = new(File, "The experiment file (run: ask_and_tell), or the directory of a study to go on with."),
        Options =
        [
            new(Port, $"The port of 127.0.0.1 (default {StudyServerOptions.DefaultPort}; 0 takes a free one).") { Kind = CommandValueKind.Number },
            new(Socket, "The path of a Unix socket in place of a port.") { HelpName = "PATH" },
            new(TokenFile, $"The file of the token (default: {StudyServer.TokenFileName} in the study's directory).") { HelpName = "FILE" },
            new(NoToken, "Let every program of this machine in.") { Kind = CommandValueKind.Flag },
            new(Lease, "Give a trial up whose client was not heard of for so many seconds (default: never, unless the client says so).")
            { Kind = CommandValueKind.Number },
            new(UntilDone, "End five seconds after there are no more trials and all have ended.") { Kind = CommandValueKind.Flag },
        ],
    };

    private static async Task<int> RunAsync(CommandInvocation call, CancellationToken cancellationToken)
    {
        var options = Options(call);
        if (Open(call) is not { } study)
        {
            return 2;
        }

        await using (study.ConfigureAwait(false))
        {
            using var stop = new StopSignal();
            var server = await StudyServer.StartAsync(study, options, cancellationToken).ConfigureAwait(false);
            await using (server.ConfigureAwait(false))
            {
                await WriteAsync(call, study, server).ConfigureAwait(false);
                if (call.Flag(UntilDone))
                {
                    // Clients hear that there is nothing more.
                    await Task.WhenAny(server.Completion, stop.Came).ConfigureAwait(false);
                    await Task.WhenAny(Task.Delay(_farewell, call.Host!.Time, CancellationToken.None), stop.Came).ConfigureAwait(false);
                }
                else
                {
                    await stop.Came.ConfigureAwait(false);
                }
            }

            await call.Output.WriteLineAsync(study.IsFinished ? $"finished: {study.EndReason}" : Invariant(
                $"stopped; {study.Running.Count} trials are under way. To go on: {call.Host!.Command("serve", study.Directory!)}")).ConfigureAwait(false);
            return 0;
        }
    }

    private static StudyServerOptions Options(CommandInvocation call)
    {
        if (call.Text(Socket) is not null && call.Number(Port) is not null)
        {
            throw new SpecificationException($"{Port} and {Socket} are two places to listen; give one of them.");
        }

        if (call.Flag(NoToken) && call.Text(TokenFile) is not null)
        {
            throw new SpecificationException($"{NoToken} and {TokenFile} exclude each other.");
        }

        if (call.Number(Port) > ushort.MaxValue)
        {
            throw new SpecificationException($"{Port} is {call.Number(Port)}; it must be a number from 0 to {ushort.MaxValue}.");
        }

        if (call.Number(Lease) is 0 or > 1_000_000)
        {
            throw new SpecificationException($"{Lease} is {call.Number(Lease)}; it must be a number of seconds from 1 to 1000000.");
        }

        return new()
        {
            Port = (int)(call.Number(Port) ?? StudyServerOptions.DefaultPort),
            Socket = call.Text(Socket),
            TokenFile = call.Text(TokenFile),
            RequiresToken = !call.Flag(NoToken),
            Lease = call.Number(Lease) is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        };
    }

    // Null where the file is not valid, which has been said.
    private static Study? Open(CommandInvocation call)
    {
        var file = call.Text(File)!;
        var host = call.Host!;
        if (Directory.Exists(file))
        {
            if (host.FileOptions is [var option, ..])
            {
                throw new SpecificationException($"{option} changes what a file says, and {file} is the directory of a study. Serve its file with {option}; " +
                    "the study goes on where it is.");
            }

            return Study.Of(Runner().OpenStudy(file, new()));
        }

        if (host.ReadExperiments(file) is not { } experiments)
        {
            return null;
        }

        if (experiments is not [var experiment])
        {
            throw new SpecificationException($"{file} holds {experiments.Count} experiments, and a server serves one: choose it with --only NAME " +
                $"({string.Join(", ", experiments.Select(e => e.Name))}).");
        }

        if (experiment.Run != AskAndTell.Instance.Name)
        {
            throw new SpecificationException($"{experiment.Name}.run is '{experiment.Run}', whose trials Tuner runs itself: {host.Command("run", file)}. " +
                $"What is served has run: {AskAndTell.Instance.Name}, and its trials are run by whoever asks for them.");
        }

        // The same command goes on after a stop or a kill.
        var directory = Path.Combine(experiment.StoragePath, experiment.Name);
        return Study.Of(System.IO.File.Exists(Path.Combine(directory, JournalReader.FileName))
            ? Runner().OpenStudy(directory, new() { Specification = experiment })
            : Runner().CreateStudy(host.Services.GetRequiredService<ComponentCatalog>().Define(experiment), nameIsExplicit: true));

        ExperimentRunner Runner() => host.Services.GetRequiredService<ExperimentRunner>();
    }

    // The token itself is not printed: what is printed is kept in logs.
    private static async Task WriteAsync(CommandInvocation call, Study study, StudyServer server)
    {
        await call.Output.WriteLineAsync($"serving {study.Directory} at {server.Url}; Ctrl-C stops it. For clients:").ConfigureAwait(false);
        await call.Output.WriteLineAsync(server.TokenFile is { } file ? $"  export TUNER_URL={server.Url} TUNER_TOKEN=\"$(cat '{file}')\""
            : $"  export TUNER_URL={server.Url}").ConfigureAwait(false);
        await call.Output.FlushAsync().ConfigureAwait(false);
    }
}
