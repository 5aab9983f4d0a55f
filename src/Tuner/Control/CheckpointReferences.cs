namespace Tuning.Control;

/// <summary>Counts what needs a checkpoint beyond its own trial: exploits that wait to take it, and trials that took it.</summary>
internal sealed class CheckpointReferences
{
    private readonly Dictionary<CheckpointRef, int> _counts = [];

    /// <summary>The checkpoints that are needed, and by how many.</summary>
    public IReadOnlyDictionary<CheckpointRef, int> Counts => _counts;

    /// <summary>Trials of which a checkpoint became free or was added since the last look.</summary>
    public SortedSet<TrialId> Unsettled { get; } = [];

    /// <summary>Whether something beyond its own trial needs it.</summary>
    public bool Contains(CheckpointRef checkpoint) => _counts.ContainsKey(checkpoint);

    /// <summary>Something needs it.</summary>
    public void Add(CheckpointRef checkpoint) => _counts[checkpoint] = _counts.GetValueOrDefault(checkpoint) + 1;

    /// <summary>Something needs it no longer.</summary>
    public void Release(CheckpointRef checkpoint)
    {
        if (_counts[checkpoint] == 1)
        {
            _counts.Remove(checkpoint);
            Unsettled.Add(checkpoint.Trial);
        }
        else
        {
            _counts[checkpoint]--;
        }
    }
}
