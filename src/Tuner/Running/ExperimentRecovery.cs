namespace Tuning.Running;

/// <summary>
/// Takes an experiment over from its directory: rebuilds the controller from the journal, brings the directories of checkpoints in
/// line with it, and hands loggers the reports that they miss.
/// </summary>
internal static class ExperimentRecovery
{
    private const string TrialPrefix = "trial_";
    private const string CheckpointPrefix = "checkpoint_";

    /// <summary>Opens the journal for appending and replays it.</summary>
    /// <param name="directory">The experiment's directory.</param>
    /// <param name="make">Makes a controller to which nothing has happened, from the first line.</param>
    /// <param name="upToLine">The last line to keep; null keeps all.</param>
    /// <returns>The journal, the controller in the state after its last line, and what was moved aside, a sentence each.</returns>
    /// <exception cref="JournalException">Another process has it, or a line is damaged or does not fit.</exception>
    public static (EventJournal Journal, ExperimentController Controller, List<string> Notices) Open(
        string directory, Func<JournalHeader, ExperimentController> make, long? upToLine = null)
    {
        if (upToLine is { } cut)
        {
            CheckCut(directory, make, cut);
        }

        ExperimentController? controller = null;
        var journal = EventJournal.Open(directory, header => controller = make(header), entry => controller!.Replay(entry.Event, entry.Commands), upToLine);
        try
        {
            return (journal, controller!, MendCheckpoints(directory, controller!, cut: upToLine is not null));
        }
        catch
        {
            journal.Dispose();
            throw;
        }
    }

    // Where trials take over the state of others, a checkpoint that was deleted after the line cannot be made up by beginning earlier: the state is another's.
    private static void CheckCut(string directory, Func<JournalHeader, ExperimentController> make, long cut)
    {
        using var reader = new JournalReader(directory);
        var controller = make(reader.Header);
        var exists = new Dictionary<CheckpointRef, bool>();
        List<TrialId> lost = [];
        var exploits = false;
        long? before = null, after = null;
        try
        {
            while (reader.Read(entry =>
            {
                exploits |= entry.Commands.Any(c => c is ExperimentCommand.PlanExploit);
                controller.Replay(entry.Event, entry.Commands);
            }))
            {
                List<TrialId> here = [.. controller.State.Trials.All.Where(IsLost).Select(t => t.Id)];
                lost = reader.Lines == cut ? here : lost;
                before = here.Count == 0 && reader.Lines < cut ? reader.Lines : before;
                after ??= here.Count == 0 && reader.Lines > cut ? reader.Lines : null;
                if (reader.Lines >= cut && lost.Count == 0)
                {
                    return;
                }
            }
        }
        catch (JournalException)
        {
            // A damaged line is what is cut: nothing after it is offered.
        }

        if (lost.Count > 0 && exploits)
        {
            var nearest = after - cut <= cut - (before ?? long.MinValue / 2) ? after : before ?? after;
            throw new JournalException($"{reader.Path}: at line {cut}, {(lost.Count == 1 ? "trial" : "trials")} {string.Join(", ", lost)} would go on from "
                + "checkpoints that were deleted since, and others take over from them; nothing was changed."
                + (nearest is { } line ? $" The nearest line that works: {reader.ResumeUpTo(line)}." : " No line works."))
            { Line = cut };
        }

        bool IsLost(Trial trial) => trial is { Live: { } live, Status: not (TrialStatus.Terminated or TrialStatus.Failed) }
            && (IsGone(trial.Restore) || IsGone(live.Plan?.Captured));

        bool IsGone(CheckpointRef? checkpoint) => checkpoint is { } asked
            && !(exists.TryGetValue(asked, out var there) ? there : exists[asked] = Directory.Exists(Path.Combine(directory, asked.RelativePath)));
    }

    /// <summary>
    /// Brings the checkpoints of the trials that the journal knows in line with it: deletes those whose deletion was not carried out any more,
    /// the one that was written and not recorded any more, and what was half written. Whatever else is there is not ours: it is left, or
    /// moved aside where its name will be needed.
    /// </summary>
    /// <param name="directory">The experiment's directory.</param>
    /// <param name="controller">What the journal knows.</param>
    /// <param name="cut">Whether lines of the journal were cut off, and are kept with all that they knew.</param>
    /// <returns>What was moved aside and should not have been there, a sentence each.</returns>
    public static List<string> MendCheckpoints(string directory, ExperimentController controller, bool cut = false)
    {
        var notices = new List<string>();
        foreach (var (trialDirectory, number) in Numbered(directory, TrialPrefix, n => new TrialId((int)n).DirectoryName))
        {
            if (number >= controller.Board.Count)
            {
                // Of a trial that there is not yet: ClaimDirectory moves it when there is, and those that were cut will be.
                _ = cut ? OwnFiles.MoveAside(trialDirectory, EventJournal.BeforeCut) : null;
            }
            else if (OwnFiles.IsLink(trialDirectory))
            {
                notices.Add(Moved(trialDirectory));
            }
            else
            {
                MendTrial(trialDirectory, controller, new((int)number), cut, notices);
            }
        }

        return notices;
    }

    /// <summary>Makes the place of a new trial's directory free: what is there by that name is not the trial's.</summary>
    public static void ClaimDirectory(string directory, TrialId trial, ILogger logger)
    {
        var path = Path.Combine(directory, trial.DirectoryName);
        if (Path.Exists(path) || OwnFiles.IsLink(path))
        {
            Log.MovedAside(logger, Moved(path));
        }
    }

    private static void MendTrial(string trialDirectory, ExperimentController controller, TrialId id, bool cut, List<string> notices)
    {
        var known = controller.Checkpoints(id).Select(c => c.Number).ToHashSet();
        var next = controller.NextCheckpointNumber(id);
        foreach (var (checkpoint, number) in Numbered(trialDirectory, CheckpointPrefix, NameOf))
        {
            if (OwnFiles.IsLink(checkpoint) || (number > next && !cut))
            {
                notices.Add(Moved(checkpoint));
            }
            else if (cut && !known.Contains((int)number))
            {
                OwnFiles.MoveAside(checkpoint, EventJournal.BeforeCut);
            }
            else if (!known.Contains((int)number))
            {
                OwnFiles.DeleteDirectory(checkpoint);
            }
        }

        foreach (var suffix in new[] { ".tmp", ".old.tmp", JournalKeeper.DeletedSuffix })
        {
            foreach (var (halfWritten, _) in Numbered(trialDirectory, "." + CheckpointPrefix, n => "." + NameOf(n) + suffix))
            {
                OwnFiles.DeleteDirectory(halfWritten);
            }
        }

        static string NameOf(long number) => new CheckpointRef(default, (int)number, 0).DirectoryName;
    }

    // Directories, and links to some, whose whole name is that of a number; the digits follow the prefix.
    private static List<(string Path, long Number)> Numbered(string directory, string prefix, Func<long, string> nameOf)
    {
        var found = new List<(string, long)>();
        foreach (var path in Directory.EnumerateDirectories(directory, prefix + "*"))
        {
            var name = Path.GetFileName(path);
            var digits = name.AsSpan(prefix.Length);
            digits = digits[..(digits.IndexOfAnyExceptInRange('0', '9') is var end and >= 0 ? end : digits.Length)];
            if (int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && nameOf(number) == name)
            {
                found.Add((path, number));
            }
        }

        return found;
    }

    private static string Moved(string path)
    {
        var what = OwnFiles.IsLink(path) ? "is a link, which an experiment does not follow" : "is not of this experiment";
        return $"{path} {what}: it is {Path.GetFileName(OwnFiles.MoveAside(path))} now, and what it holds was not touched.";
    }

    /// <summary>
    /// Lets each logger mend its files, then hands it the reports that it misses, in the order of the journal. Each comes with the trial as
    /// the journal has it at its end, but for its configuration, which is that of the report.
    /// </summary>
    public static void RecoverLoggers(string directory, ExperimentController controller, IReadOnlyList<CallbackQueue> loggers)
    {
        var missing = new List<(CallbackQueue Logger, Dictionary<TrialId, int> Held)>();
        var trials = Enumerable.Range(0, controller.Board.Count).Select(n => new TrialId(n))
            .Where(id => controller.View(id).Reports > 0 || Directory.Exists(Path.Combine(directory, id.DirectoryName))).ToList();
        foreach (var logger in loggers)
        {
            logger.Call(c => ((LoggerCallback)c).RecoverDecisions(Decisions(directory)), CallbackQueue.Decisions);
            var held = new Dictionary<TrialId, int>();
            foreach (var id in trials)
            {
                var trial = controller.View(id);
                var count = 0;
                if (logger.Call(c => count = ((LoggerCallback)c).Recover(trial), id) && count < trial.Reports)
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

        var (configs, planned) = (new Dictionary<TrialId, ParameterSet>(), new Dictionary<TrialId, ParameterSet>());
        using var reader = new JournalReader(directory);
        while (reader.Read() is { } entry)
        {
            FollowConfigurations(entry.Commands, configs, planned);
            if (entry.Event is not ExperimentEvent.Reported { Report: var report })
            {
                continue;
            }

            foreach (var (logger, held) in missing)
            {
                if (held.TryGetValue(report.Trial, out var count) && report.Number > count)
                {
                    var trial = controller.View(report.Trial) with { Config = configs[report.Trial] };
                    logger.Call(c => c.OnTrialResult(trial, report, StopReason(entry)), report.Trial);
                }
            }
        }
    }

    // What a trial trains with from here on: an exploit changes it.
    private static void FollowConfigurations(IEnumerable<ExperimentCommand> commands, Dictionary<TrialId, ParameterSet> now, Dictionary<TrialId,
        ParameterSet> planned)
    {
        foreach (var command in commands)
        {
            switch (command)
            {
                case ExperimentCommand.CreateTrial c:
                    now[c.Trial] = c.Config;
                    break;
                case ExperimentCommand.PlanExploit p:
                    planned[p.Trial] = p.Config;
                    break;
                case ExperimentCommand.AdoptCheckpoint a:
                    now[a.Trial] = planned[a.Trial];
                    break;
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
