using Tuning.Search;

namespace Tuning.CommandLine;

/// <summary>Experiments on disk, seen from outside.</summary>
internal static class StoredExperiments
{
    /// <summary>The full path of the experiment that somebody names: its directory, or the journal in it.</summary>
    /// <exception cref="DirectoryNotFoundException">There is none.</exception>
    public static string Find(string path)
    {
        var full = OwnFiles.Resolve(path);
        if (File.Exists(full) && Path.GetFileName(full) == JournalReader.FileName)
        {
            full = Path.GetDirectoryName(full)!;
        }

        if (!Directory.Exists(full))
        {
            var parent = Path.GetDirectoryName(full);
            var beside = parent is null ? [] : In(parent).Select(d => Path.GetFileName(d)).ToArray();
            throw new DirectoryNotFoundException(
                $"There is no directory {path}.{(beside.Length > 0 ? $" Experiments in {parent}: {string.Join(", ", beside.Take(20))}." : "")}");
        }

        if (!File.Exists(Path.Combine(full, JournalReader.FileName)))
        {
            var inside = In(full).Select(d => Path.GetFileName(d)).ToArray();
            throw new DirectoryNotFoundException($"{path} is not the directory of an experiment: it has no " +
                $"{JournalReader.FileName}.{(inside.Length > 0 ? $" Experiments inside: {string.Join(", ", inside.Take(20))}." : "")}");
        }

        return full;
    }

    /// <summary>The directories of experiments in a storage, by name.</summary>
    public static IEnumerable<string> In(string storage) => Directory.Exists(storage)
        ? Directory.EnumerateDirectories(storage).Where(d => File.Exists(Path.Combine(d, JournalReader.FileName))).Order(StringComparer.Ordinal)
        : [];

    /// <summary>The specification of an experiment; null when it cannot be read, which whoever opens the journal will explain.</summary>
    public static ExperimentSpec? TrySpecification(string directory)
    {
        try
        {
            using var reader = new JournalReader(directory);
            return ExperimentSpec.FromJson(reader.Header.Specification);
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>How many trials an experiment is to have; null where that is not known, or there is no limit.</summary>
    public static long? Planned(ComponentCatalog catalog, ResultGrid results)
    {
        if (results.Samples < 0 || TrySpecification(results.Directory) is not { } spec || !catalog.Searchers.TryResolve(spec.SearchAlg.Type, out _))
        {
            return null;
        }

        try
        {
            return catalog.Searchers.Bind(spec.SearchAlg).Make(SearchCheck.ContextOf(spec, spec.Objectives)).SuggestionsFor(results.Samples);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            // Options of another version, or what they need is code.
            return null;
        }
    }

    /// <summary>Names the command that resumes each unfinished experiment of this name that nobody is running.</summary>
    public static void WriteUnfinished(TextWriter output, ExperimentSpec experiment)
    {
        foreach (var directory in ExperimentDirectories.Unfinished(experiment.StoragePath, experiment.Name))
        {
            var shortest = StartedAs.Shortest(directory);
            output.WriteLine($"{shortest} has not finished. To go on with it: {StartedAs.Command("resume", shortest)}");
        }
    }
}
