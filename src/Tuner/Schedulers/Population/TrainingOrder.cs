namespace Tuning.Schedulers.Population;

/// <summary>Members in the order of what they have trained, the least first; of equals the older. O(log n) for everything.</summary>
internal sealed class TrainingOrder
{
    // Worst first is most trained first.
    private readonly OrderedScores _times = new();

    /// <summary>How many there are.</summary>
    public int Count => _times.Count;

    /// <summary>The longest that one has trained.</summary>
    public double Longest => -_times.At(0).Score;

    /// <summary>The member at a place, 0 being the one that trained least.</summary>
    public TrialId this[int place] => new(_times.At(_times.Count - 1 - place).Trial);

    /// <summary>All of them from a place on.</summary>
    public IEnumerable<TrialId> From(int place)
    {
        for (; place < Count; place++)
        {
            yield return this[place];
        }
    }

    /// <summary>Adds a member.</summary>
    public void Add(double trained, TrialId trial) => _times.Add(-trained, trial.Number);

    /// <summary>Removes a member.</summary>
    public void Remove(double trained, TrialId trial) => _times.Remove(-trained, trial.Number);
}
