namespace Tuning.Hosting;

/// <summary>Checkpoints on disk, seen from outside.</summary>
internal static class StoredCheckpoints
{
    private const string Prefix = "checkpoint_";

    /// <summary>The full path of the checkpoint that somebody names: its directory, that of a trial, or that of an experiment with one trial.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such directory; the message says what exists nearby.</exception>
    /// <exception cref="CheckpointException">The directory holds no checkpoint, or it is not clear which is meant.</exception>
    public static string Find(string path)
    {
        var full = OwnFiles.Resolve(path);
        CheckpointPaths.RequireDirectory(full);
        if (File.Exists(Path.Combine(full, CheckpointManifest.FileName)))
        {
            return full;
        }

        if (NewestIn(full) is { } newest)
        {
            return newest;
        }

        if (File.Exists(Path.Combine(full, JournalReader.FileName)))
        {
            var trials = Directory.EnumerateDirectories(full, "trial_*").Where(d => NewestIn(d) is not null).Order(StringComparer.Ordinal).ToList();
            return trials switch
            {
                [var only] => NewestIn(only)!,
                [] => throw new CheckpointException($"{path} is an experiment without checkpoints."),
                _ => throw new CheckpointException($"{path} is an experiment of several trials; name one of them: " +
                    $"{string.Join(", ", trials.Take(12).Select(t => Path.Combine(path, Path.GetFileName(t))))}."),
            };
        }

        throw new CheckpointException($"{path} is no checkpoint: it has no {CheckpointManifest.FileName}. It holds: {CheckpointPaths.Entries(full)}.");
    }

    private static string? NewestIn(string trial) => Directory.EnumerateDirectories(trial, Prefix + "*")
        .Select(d => (Path: d, IsNumber: int.TryParse(Path.GetFileName(d)[Prefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var number),
            Number: number))
        .Where(d => d.IsNumber)
        .OrderByDescending(d => d.Number)
        .Select(d => d.Path)
        .FirstOrDefault();
}
