namespace Tuning.Simulation;

/// <summary>What simulated checkpoints hold: 24 bytes for each that exists, by trial and number.</summary>
internal sealed class CheckpointStates
{
    private readonly List<List<Saved>?> _trials = [];

    /// <summary>Writes one. Numbers of a trial only grow.</summary>
    public void Add(CheckpointRef checkpoint, CurveState state)
    {
        while (_trials.Count <= checkpoint.Trial.Number)
        {
            _trials.Add(null);
        }

        (_trials[checkpoint.Trial.Number] ??= new(1)).Add(new(checkpoint.Number, state));
    }

    /// <summary>Reads one.</summary>
    /// <exception cref="InvalidOperationException">It does not exist.</exception>
    public CurveState this[CheckpointRef checkpoint] => Find(checkpoint) is var (list, at) && at >= 0
        ? list[at].State
        : throw new InvalidOperationException($"{checkpoint} does not exist.");

    /// <summary>Deletes one.</summary>
    public void Delete(CheckpointRef checkpoint)
    {
        var (list, at) = Find(checkpoint);
        if (at >= 0)
        {
            list.RemoveAt(at);
        }
    }

    // From the end: it is nearly always the last.
    private (List<Saved> List, int At) Find(CheckpointRef checkpoint)
    {
        var list = checkpoint.Trial.Number < _trials.Count ? _trials[checkpoint.Trial.Number] ?? [] : [];
        return (list, list.FindLastIndex(s => s.Number == checkpoint.Number));
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Saved(int Number, CurveState State);
}
