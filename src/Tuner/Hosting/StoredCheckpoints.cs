namespace Tuning.Hosting;

/// <summary>Checkpoints on disk, seen from outside.</summary>
internal static class StoredCheckpoints
{
    private const string Prefix = "checkpoint_";

    /// <summary>
    /// The full path of the checkpoint that somebody names: its directory; that of a trial, whose newest it is; or that of an experiment, whose best trial's.
    /// </summary>
    /// <param name="path">The directory.</param>
    /// <param name="best">Of a trial or an experiment the checkpoint with the best score, in place of the newest.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such directory; the message says what exists nearby.</exception>
    /// <exception cref="CheckpointException">The directory holds no checkpoint, or it is not clear which is meant.</exception>
    public static string Find(string path, bool best = false)
    {
        var full = OwnFiles.Resolve(path);
        CheckpointPaths.RequireDirectory(full);
        if (File.Exists(Path.Combine(full, CheckpointManifest.FileName)))
        {
            return full;
        }

        var parent = Path.GetDirectoryName(full) ?? full;
        if (best && IsExperiment(parent) && StoredResults.Load(parent, CancellationToken.None).FirstOrDefault(t => t.Directory == full) is { } named)
        {
            return BestIn(named, path);
        }

        if (NewestIn(full) is { } newest)
        {
            return newest;
        }

        if (IsExperiment(full))
        {
            var trials = Directory.EnumerateDirectories(full, "trial_*").Where(d => NewestIn(d) is not null).Order(StringComparer.Ordinal).ToList();
            var results = StoredResults.Load(full, CancellationToken.None);
            var chosen = results.Objectives is [var objective, ..] ? results.TryBest(objective) : null;
            return (trials, chosen) switch
            {
                ([], _) => throw new CheckpointException($"{path} is an experiment without checkpoints."),
                (_, { } trial) when best => BestIn(trial, path),
                (_, { } trial) when NewestIn(trial) is { } its => its,
                ([var only], _) => NewestIn(only)!,
                _ => throw new CheckpointException($"{path} is an experiment of several trials, {(chosen is null ? "none of which is the best" :
                    $"the best of which, {chosen.Id}, has no checkpoint")}; name one of them: "
                    + $"{string.Join(", ", trials.Take(12).Select(t => Path.Combine(path, Path.GetFileName(t))))}."),
            };
        }

        throw new CheckpointException($"{path} is no checkpoint: it has no {CheckpointManifest.FileName}. It holds: {CheckpointPaths.Entries(full)}.");
    }

    private static bool IsExperiment(string directory) => File.Exists(Path.Combine(directory, JournalReader.FileName));

    private static string BestIn(TrialResult trial, string path) => trial.BestCheckpoint()?.Path
        ?? throw new CheckpointException($"{path}: trial {trial.Id} has no checkpoint.");

    private static string? NewestIn(TrialResult trial) => Directory.Exists(trial.Directory) ? NewestIn(trial.Directory) : null;

    private static string? NewestIn(string trial) => Directory.EnumerateDirectories(trial, Prefix + "*")
        .Select(d => (Path: d, IsNumber: int.TryParse(Path.GetFileName(d)[Prefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var number),
            Number: number))
        .Where(d => d.IsNumber)
        .OrderByDescending(d => d.Number)
        .Select(d => d.Path)
        .FirstOrDefault();
}
