namespace Tuning.Control;

/// <summary>
/// Which checkpoints of a trial are no longer wanted. The <c>num_to_keep</c> best by score are kept (the newest where there is no
/// score attribute), and besides these the latest, and every one that something needs. A NaN or absent score is worst; of equal
/// scores the newer checkpoint is better.
/// </summary>
internal static class CheckpointRetention
{
    /// <summary>Adds the checkpoints to delete to <paramref name="surplus"/>, oldest first.</summary>
    /// <param name="existing">The trial's checkpoints, oldest first.</param>
    /// <param name="config">What to keep.</param>
    /// <param name="isNeeded">Whether some trial would start from it, or waits to.</param>
    /// <param name="surplus">The answer.</param>
    public static void Select(
        IReadOnlyList<SavedCheckpoint> existing, CheckpointConfig config, Func<SavedCheckpoint, bool> isNeeded, List<SavedCheckpoint> surplus)
    {
        if (config.MaxToKeep is not { } keep || existing.Count <= keep)
        {
            return;
        }

        var latest = existing[^1];
        var kept = config.CheckpointScoreAttribute is { } metric
            ? Best(existing, new Objective(metric, config.OrderFor([])), keep)
            : [.. existing.Skip(existing.Count - keep)];
        foreach (var checkpoint in existing)
        {
            if (checkpoint.Number != latest.Number && !kept.Contains(checkpoint) && !isNeeded(checkpoint))
            {
                surplus.Add(checkpoint);
            }
        }
    }

    private static HashSet<SavedCheckpoint> Best(IReadOnlyList<SavedCheckpoint> existing, Objective score, int keep)
    {
        var ranked = existing.ToArray();
        Array.Sort(ranked, (left, right) => score.Compare(left.Score, right.Score) is var order and not 0 ? order : right.Number.CompareTo(left.Number));
        return [.. ranked.AsSpan(0, keep)];
    }
}
