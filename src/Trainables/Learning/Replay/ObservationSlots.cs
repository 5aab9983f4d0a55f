using System.Runtime.InteropServices;

namespace Tuning.Learning;

/// <summary>
/// Observations that no row holds: those after truncated episodes, and those after the newest row of each trajectory, until the next row brings them.
/// </summary>
internal sealed class ObservationSlots(int observationSize)
{
    private readonly List<ReplayTrajectory?> _owners = [];
    private readonly Stack<int> _free = [];
    private float[] _data = [];

    /// <summary>The observation of a slot.</summary>
    public Span<float> this[int slot] => _data.AsSpan(slot * observationSize, observationSize);

    /// <summary>The trajectory whose newest row a slot follows; null when it follows the end of an episode.</summary>
    public ReplayTrajectory? Owner(int slot) => _owners[slot];

    /// <summary>Sets the <see cref="Owner"/>.</summary>
    public void SetOwner(int slot, ReplayTrajectory? owner) => CollectionsMarshal.AsSpan(_owners)[slot] = owner;

    /// <summary>A slot that is free.</summary>
    public int Take(ReplayTrajectory? owner)
    {
        if (!_free.TryPop(out var slot))
        {
            slot = _owners.Count;
            _owners.Add(null);
            if (_data.Length < _owners.Count * observationSize)
            {
                Array.Resize(ref _data, Math.Max(8 * observationSize, 2 * _data.Length));
            }
        }

        SetOwner(slot, owner);
        return slot;
    }

    /// <summary>Gives a slot back.</summary>
    public void Free(int slot)
    {
        SetOwner(slot, null);
        _free.Push(slot);
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _owners.Clear();
        _free.Clear();
        _data = [];
    }
}
