namespace Tuning.Experiments;

/// <summary>Where experiments live: a run never writes into a directory that exists.</summary>
internal static class ExperimentDirectories
{
    /// <summary>The name of the readable copy of the specification.</summary>
    public const string SpecificationFile = "experiment.yaml";

    /// <summary>Makes a new directory and begins its journal.</summary>
    /// <param name="storage">The directory under which it is made.</param>
    /// <param name="name">The experiment's name. Where it is taken, <c>-2</c>, <c>-3</c> … is added, unless it was asked for by name.</param>
    /// <param name="isExplicit">Whether the name was asked for.</param>
    /// <param name="header">The journal's first line.</param>
    /// <exception cref="SpecificationException">The name was asked for, and is taken.</exception>
    public static (string Directory, EventJournal Journal) Begin(string storage, string name, bool isExplicit, JournalHeader header)
    {
        for (var number = 1; ; number++)
        {
            var directory = Path.Combine(storage, number == 1 ? name : Invariant($"{name}-{number}"));
            if (IsTaken(directory))
            {
                if (isExplicit)
                {
                    throw new SpecificationException(
                        $"{directory} exists already. To continue that experiment: resume {ShellWord.Of(directory)}. To run a new one, give another name.");
                }

                continue;
            }

            Directory.CreateDirectory(directory);
            directory = OwnFiles.Resolve(directory);
            try
            {
                return (directory, EventJournal.Create(directory, header));
            }
            catch (IOException) when (!isExplicit && File.Exists(Path.Combine(directory, JournalReader.FileName)))
            {
                // Another process took the name between the two calls.
            }
        }
    }

    /// <summary>Experiments of this name that were begun before, have not finished, and do not run now.</summary>
    public static IEnumerable<string> Unfinished(string storage, string name)
    {
        if (!Directory.Exists(storage))
        {
            yield break;
        }

        for (var number = 1; ; number++)
        {
            var directory = Path.Combine(storage, number == 1 ? name : Invariant($"{name}-{number}"));
            if (!Directory.Exists(directory))
            {
                yield break;
            }

            if (File.Exists(Path.Combine(directory, JournalReader.FileName)) && IsUnfinished(directory))
            {
                yield return directory;
            }
        }
    }

    // What cannot be read is no hindrance to another run.
    private static bool IsUnfinished(string directory)
    {
        try
        {
            return !HasFinished(directory) && JournalLock.CurrentOwner(directory) is null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Whether the last line of a journal finishes the experiment. Reads the end of the file only.</summary>
    public static bool HasFinished(string directory)
    {
        var path = Path.Combine(directory, JournalReader.FileName);
        using var file = OwnFiles.OpenRead(path);
        var length = (int)Math.Min(file.Length, 64 * 1024);
        file.Seek(-length, SeekOrigin.End);
        var end = new byte[length];
        file.ReadExactly(end);
        var last = end.AsSpan().TrimEnd((byte)'\n');
        return last[(last.LastIndexOf((byte)'\n') + 1)..].IndexOf("[\"finish\","u8) >= 0;
    }

    /// <summary>Writes the readable copy of the specification.</summary>
    /// <param name="directory">The experiment's directory.</param>
    /// <param name="spec">What it says now.</param>
    /// <param name="changedBy">The command that changed it; null for none.</param>
    /// <param name="logger">Told where it cannot be written: it is for reading only, what rules stands in the journal.</param>
    public static void WriteCopy(string directory, ExperimentSpec spec, string? changedBy, ILogger logger)
    {
        var path = Path.Combine(directory, SpecificationFile);
        try
        {
            var earlier = File.Exists(path) ? SpecificationText.ChangesIn(OwnFiles.ReadText(path)) : [];
            OwnFiles.Replace(path, SpecificationText.Of(spec, [.. earlier, .. changedBy is null ? (string[])[] : [changedBy]]));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.Notice(logger, $"{SpecificationFile} could not be written: {e.Message}");
        }
    }

    private static bool IsTaken(string directory) =>
        File.Exists(directory) || (Directory.Exists(directory) && Directory.EnumerateFileSystemEntries(directory).Any());
}
