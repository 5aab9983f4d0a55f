using System.Globalization;
using Tuning.Callbacks;
using Tuning.Control;

namespace Tuning.Running;

/// <summary>
/// Takes an experiment over from its directory: rebuilds the controller from the journal, brings the directories of checkpoints in
/// line with it, and hands loggers the reports that they miss.
/// </summary>
internal static class ExperimentRecovery
{
    /// <summary>Opens the journal for appending and replays it.</summary>
    /// <param name="directory">The experiment's directory.</param>
    /// <param name="make">Makes a controller to which nothing has happened, from the first line.</param>
    /// <param name="upToLine">The last line to keep; null keeps all.</param>
    /// <returns>The journal, and the controller in the state after its last line.</returns>
    /// <exception cref="JournalException">Another process has it, or a line is damaged or does not fit.</exception>
    public static (EventJournal Journal, ExperimentController Controller) Open(string directory, Func<JournalHeader, ExperimentController> make, long? upToLine = null)
    {
        ExperimentController? controller = null;
        var journal = EventJournal.Open(directory, header => controller = make(header), entry => Apply(controller!, entry, directory), upToLine);
        try
        {
            MendCheckpoints(directory, controller!, keep: upToLine is not null);
        }
        catch
        {
            journal.Dispose();
            throw;
        }

        return (journal, controller!);
    }

    /// <summary>Applies one entry.</summary>
    /// <exception cref="JournalException">It does not fit to those before.</exception>
    public static void Apply(ExperimentController controller, JournalEntry entry, string directory)
    {
        try
        {
            controller.Replay(entry.Event, entry.Commands);
        }
        catch (InvalidOperationException e)
        {
            throw new JournalException(
                string.Create(CultureInfo.InvariantCulture, $"{Path.Combine(directory, JournalReader.FileName)}, line {entry.Line} does not fit to the lines before: {e.Message} To go on from those: resume --up-to-line {entry.Line - 1} (the rest is kept in a file beside the journal)."), e)
            { Line = entry.Line };
        }
    }

    /// <summary>
    /// Deletes checkpoints that the journal does not know: deletions that were not carried out any more, checkpoints that were written
    /// and not recorded any more, and what was half written.
    /// </summary>
    /// <param name="directory">The experiment's directory.</param>
    /// <param name="controller">What the journal knows.</param>
    /// <param name="keep">Whether they are kept under other names, because the journal that knew them was cut and is kept as well.</param>
    public static void MendCheckpoints(string directory, ExperimentController controller, bool keep = false)
    {
        foreach (var trialDirectory in Directory.EnumerateDirectories(directory, "trial_*"))
        {
            var name = Path.GetFileName(trialDirectory);
            if (!int.TryParse(name.AsSpan("trial_".Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number) || new TrialId(number).DirectoryName != name)
            {
                continue;
            }

            var known = number < controller.Board.Count
                ? controller.Checkpoints(new(number)).Select(c => c.DirectoryName).ToHashSet(StringComparer.Ordinal)
                : [];
            foreach (var checkpoint in Directory.EnumerateDirectories(trialDirectory))
            {
                var entry = Path.GetFileName(checkpoint);
                var isLeftOver = entry.StartsWith(".checkpoint_", StringComparison.Ordinal) && entry.EndsWith(".tmp", StringComparison.Ordinal);
                var isUnknown = entry.StartsWith("checkpoint_", StringComparison.Ordinal) && !entry.Contains(EventJournal.BeforeCut, StringComparison.Ordinal) && !known.Contains(entry);
                if (isUnknown && keep)
                {
                    Directory.Move(checkpoint, EventJournal.FreeName(checkpoint));
                }
                else if (isLeftOver || isUnknown)
                {
                    Directory.Delete(checkpoint, recursive: true);
                }
            }
        }
    }

    /// <summary>
    /// Lets each logger mend its files, then hands it the reports that it misses, in the order of the journal. Each comes with the trial as
    /// the journal has it at its end.
    /// </summary>
    public static void RecoverLoggers(string directory, ExperimentController controller, IReadOnlyList<CallbackQueue> loggers)
    {
        var missing = new List<(CallbackQueue Logger, Dictionary<TrialId, int> Held)>();
        var reported = Enumerable.Range(0, controller.Board.Count).Select(n => new TrialId(n)).Where(id => controller.View(id).Reports > 0).ToList();
        foreach (var logger in loggers)
        {
            if (!logger.Call(c => ((LoggerCallback)c).RecoverDecisions(Decisions(directory))))
            {
                continue;
            }

            var held = new Dictionary<TrialId, int>();
            foreach (var id in reported)
            {
                var trial = controller.View(id);
                var count = 0;
                if (!logger.Call(c => count = ((LoggerCallback)c).Recover(trial)))
                {
                    break;
                }

                if (count < trial.Reports)
                {
                    held[id] = count;
                }
            }

            if (held.Count > 0 && !logger.IsFaulted)
            {
                missing.Add((logger, held));
            }
        }

        if (missing.Count == 0)
        {
            return;
        }

        using var reader = new JournalReader(directory);
        while (reader.Read() is { } entry)
        {
            if (entry.Event is not ExperimentEvent.Reported { Report: var report })
            {
                continue;
            }

            foreach (var (logger, held) in missing)
            {
                if (held.TryGetValue(report.Trial, out var count) && report.Number > count)
                {
                    logger.Call(c => c.OnTrialResult(controller.View(report.Trial), report, StopReason(entry)));
                }
            }
        }
    }

    private static IEnumerable<Decision> Decisions(string directory)
    {
        using var reader = new JournalReader(directory);
        var (decisions, found) = (new DecisionReader(), new List<Decision>());
        while (reader.Read() is { } entry)
        {
            found.Clear();
            decisions.Read(entry.Event, entry.Commands, found);
            foreach (var decision in found)
            {
                yield return decision;
            }
        }
    }

    private static string? StopReason(JournalEntry entry) =>
        entry.Commands.OfType<ExperimentCommand.Answer>().FirstOrDefault(a => a.Verdict == Verdict.Stop)?.Reason;
}
