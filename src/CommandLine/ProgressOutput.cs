using Microsoft.Extensions.Logging;

namespace Tuning.CommandLine;

/// <summary>Runs one experiment with progress before and a summary after it.</summary>
internal sealed class ProgressOutput(CommandContext context, ProgressDetail detail, ComponentCatalog catalog)
{
    /// <summary>The exit code after all that was run: the worst.</summary>
    public int ExitCode { get; private set; } = CommandContext.Success;

    /// <summary>Whether in what was run last nothing happened to any trial.</summary>
    public bool IsIdle { get; private set; }

    /// <summary>Shows warnings beside the progress.</summary>
    public ConsoleLog Log { get; } = new(context.Error, detail switch
    {
        ProgressDetail.Verbose => LogLevel.Debug,
        ProgressDetail.None => LogLevel.Error,
        _ => LogLevel.Warning,
    });

    public static ProgressDetail Detail(bool quiet, bool verbose) => verbose ? ProgressDetail.Verbose : quiet ? ProgressDetail.None : ProgressDetail.Normal;

    /// <summary>Runs it; its results, or null when it ended with an error, which has been written.</summary>
    /// <param name="name">Its name, for messages.</param>
    /// <param name="specification">Its specification, where it is known before.</param>
    /// <param name="signals">Asks it to stop.</param>
    /// <param name="run">Runs it with these callbacks.</param>
    public async Task<ResultGrid?> RunAsync(string name, ExperimentSpec? specification, StopSignals signals, Func<IReadOnlyList<TunerCallback>,
        Task<ResultGrid>> run)
    {
        var begin = context.Time.GetTimestamp();
        try
        {
            ResultGrid results;
            using (var progress = new ProgressReporter(
                new()
                {
                    Detail = detail,
                    Output = context.Output,
                    IsLive = ReferenceEquals(context.Output, ConsoleWriter.Out) ? null : false,
                },
                context.Time))
            {
                Log.Progress = signals.Progress = progress;
                results = await run([progress]).ConfigureAwait(false);
                IsIdle = progress.IsIdle;
            }

            var incomplete = Log.TakeIncomplete();
            var failed = CommandContext.IsFailure(results) || incomplete.Count > 0;
            Worsen(failed ? CommandContext.Failure : CommandContext.Success);
            if (detail != ProgressDetail.None || failed || !results.IsFinished)
            {
                var directory = StartedAs.Shortest(results.Directory);
                new FinalSummary
                {
                    Elapsed = context.Time.GetElapsedTime(begin),
                    ToResume = StartedAs.Command("resume", directory),
                    ToEvaluate = StartedAs.Command("evaluate", directory),
                    ToExport = StartedAs.Command("export", directory),
                    ToShow = StartedAs.Command("show", directory),
                    HasRestoreHook = specification is not null && catalog.HookActions.TryResolve("restore_from_path", out _)
                        && specification.Space.Constants.Any(c => c.Key == "env"),
                }.Write(detail == ProgressDetail.None ? context.Error : context.Output, results);
            }

            if (incomplete.Count > 0)
            {
                await context.Error.WriteLineAsync(
                    $"{Readable.Count(incomplete.Count, "file")} of loggers {(incomplete.Count == 1 ? "is" : "are")} incomplete; a " +
                    $"resume mends {(incomplete.Count == 1 ? "it" : "them")}: {Readable.OneLine(incomplete[0], 1000)}").ConfigureAwait(false);
            }

            return results;
        }
        catch (Exception e) when (e is SpecificationException or ExperimentSuspendedException or InvalidOperationException or IOException
            or UnauthorizedAccessException)
        {
            // One experiment that fails does not stop the next.
            Worsen(e is ExperimentSuspendedException ? CommandContext.Suspended
                : e is SpecificationException or JournalException ? CommandContext.Usage : CommandContext.Failure);
            await context.Error.WriteLineAsync($"{name}: {e.Message}").ConfigureAwait(false);
            return null;
        }
        finally
        {
            Log.Progress = signals.Progress = null;
        }
    }

    private void Worsen(int code) => ExitCode = Math.Max(ExitCode, code);
}
