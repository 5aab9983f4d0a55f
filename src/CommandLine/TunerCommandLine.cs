using System.CommandLine;
using Tuning.Execution;
using Tuning.Execution.Jobs;
using Tuning.Execution.Remote;
using Tuning.CommandLine;

namespace Tuning;

/// <summary>
/// The command line of a program that runs experiments. A whole program is
/// <c>return await TunerCommandLine.RunAsync(args, tuner => tuner.AddLoggers().AddTrainable(…));</c>
/// </summary>
public static class TunerCommandLine
{
    /// <summary>
    /// Runs the command that the arguments name: <c>run FILE</c> (or just <c>FILE</c>), <c>validate</c>, <c>resume</c>, <c>verify</c>,
    /// <c>list</c>, <c>show</c>, <c>inspect</c>, or one that was added with <see cref="TunerBuilder.AddCommand"/>. Listens to Ctrl-C and SIGTERM while
    /// experiments run.
    /// </summary>
    /// <param name="arguments">The program's arguments.</param>
    /// <param name="configure">Adds trainables, environments, loggers, callbacks.</param>
    /// <returns>
    /// The exit code: 0 all is fine, 1 a trial failed for good or an experiment could not go on, 2 the file is not valid or the command
    /// was used wrongly, 130 after Ctrl-C, 143 after SIGTERM.
    /// </returns>
    public static async Task<int> RunAsync(string[] arguments, Action<TunerBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        ArgumentNullException.ThrowIfNull(configure);
        if (TrialWorker.IsWanted)
        {
            var host = new ExperimentHost(configure, TimeProvider.System);
            await using (host.ConfigureAwait(false))
            {
                await TrialService.ServeAsync(host.ForTrials).ConfigureAwait(false);
            }

            return CommandContext.Success;
        }

        var context = new CommandContext { Host = () => new ExperimentHost(configure, TimeProvider.System) };
        var code = await RunAsync(arguments, context).ConfigureAwait(false);
        if (code != CommandContext.Success || ConsoleWriter.Lost is not { } why || CommandTree.WithDefault(arguments, context) is ["run" or "resume", ..])
        {
            return code;
        }

        // Of a run, what is printed is the least; of other commands it is what they are for.
        await context.Error.WriteLineAsync($"Not all of the output could be written: {why}.").ConfigureAwait(false);
        return CommandContext.Failure;
    }

    /// <summary>Parses the arguments, runs the command, and turns what goes wrong into a message and an exit code.</summary>
    internal static async Task<int> RunAsync(string[] arguments, CommandContext context)
    {
        // What is printed is the same everywhere; it ends with this method.
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        try
        {
            return await ParseAndRunAsync(arguments, context).ConfigureAwait(false);
        }
        catch (Exception e) when (e is UsageException or SpecificationException or IOException or UnauthorizedAccessException)
        {
            // What the user can mend: the message says how, a stack would only hide it.
            await context.Error.WriteLineAsync(e.Message).ConfigureAwait(false);
            return CommandContext.Usage;
        }
        catch (Exception e) when (MachineFault.Of(e) is { } fault)
        {
            // The machine's, such as no more threads: what had begun is resumed once it is mended.
            await context.Error.WriteLineAsync($"{char.ToUpperInvariant(fault.Message[0])}{fault.Message[1..]}.").ConfigureAwait(false);
            return CommandContext.Suspended;
        }
        catch (Exception e)
        {
            // The border of the program: nothing above could say it better.
            await context.Error.WriteLineAsync(InternalFault.Describe(e)).ConfigureAwait(false);
            return CommandContext.Failure;
        }
    }

    private static async Task<int> ParseAndRunAsync(string[] arguments, CommandContext context)
    {
        var first = arguments.FirstOrDefault() ?? "";

        // One host, whoever asks first: what a program adds may be added once only.
        var host = new Lazy<ExperimentHost>(context.Host);
        context = context with { Host = () => host.Value };
        arguments = CommandTree.WithDefault(arguments, context);
        if (arguments.Length == 0)
        {
            // Without arguments there is nothing to do: help, but as an answer to wrong use.
            await CommandTree.Make(["--help"], context).Parse(["--help"]).InvokeAsync(Configuration(context)).ConfigureAwait(false);
            return CommandContext.Usage;
        }

        if (arguments is ["run", ..] && first != "run" && !first.StartsWith('-') && !Path.HasExtension(first) && !File.Exists(first))
        {
            var names = CommandTree.Names(context).ToArray();
            var hint = NearestName.Of(first, names) is { } near ? $" Did you mean '{near}'?" : "";
            await context.Error.WriteLineAsync($"'{first}' is neither a command nor a file.{hint} Commands: {string.Join(", ", names)}.").ConfigureAwait(false);
            return CommandContext.Usage;
        }

        if (arguments[0] is "run" or "resume")
        {
            SegmentScheduler.WarmUp();
        }

        var parsed = CommandTree.Make(arguments, context).Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
            {
                await context.Error.WriteLineAsync(error.Message).ConfigureAwait(false);
            }

            var command = CommandTree.BuiltIn.Contains(arguments[0]) || host.Value.Commands.Any(c => c.Name == arguments[0]) ? arguments[0] + " " : "";
            await context.Error.WriteLineAsync($"Help: {StartedAs.Program} {command}--help").ConfigureAwait(false);
            return CommandContext.Usage;
        }

        return await parsed.InvokeAsync(Configuration(context)).ConfigureAwait(false);
    }


    private static InvocationConfiguration Configuration(CommandContext context) =>
        new() { Output = context.Output, Error = context.Error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
}
