namespace Tuning.Learning;

/// <content>
/// The state in checkpoints, without unused memory: rows in the order in which they stand, links, observations that are kept aside, trajectories, priorities.
/// The same content gives the same bytes.
/// </content>
internal sealed partial class ReplayBuffer
{
    private const string Name = "replay_buffer";

    // SAC's name until version 1.1 of its checkpoints.
    private const string OldName = "replay";

    /// <summary>A copy of everything that draws depend on, but for the stream.</summary>
    public ComponentState CaptureState()
    {
        var slots = new Dictionary<int, int>();
        var (observations, actions, rewards, next) = (new float[Count * _observationSize], new float[Count * _actionSize], new float[Count], new long[Count]);
        for (var row = 0; row < Count; row++)
        {
            _rows.Observation(row).CopyTo(observations.AsSpan(row * _observationSize));
            _rows.Action(row).CopyTo(actions.AsSpan(row * _actionSize));
            rewards[row] = _rows.Reward(row);
            var link = _rows.Next(row);
            if (link < Terminated)
            {
                slots.TryAdd(-2 - link, slots.Count);
                link = -2 - slots[-2 - link];
            }

            next[row] = link;
        }

        var aside = new float[slots.Count * _observationSize];
        foreach (var (slot, place) in slots)
        {
            _slots[slot].CopyTo(aside.AsSpan(place * _observationSize));
        }

        var trajectories = _trajectories.SelectMany(buffer => buffer)
            .SelectMany(trajectory => new long[] { trajectory.Buffer, trajectory.Environment, trajectory.Last }).ToArray();
        var state = (ComponentState.Empty with
        {
            Values = ParameterSet.From([new("capacity", _options.Capacity), new("head", _head), new("added_lifetime", AddedLifetime),
                new("largest_priority", _largestPriority)]),
        }).With(
            new NamedTensor("observations", [Count, _observationSize], observations),
            new NamedTensor("actions", [Count, _actionSize], actions),
            new NamedTensor("rewards", [Count], rewards),
            NamedTensor.Of<long>("next", [Count], next),
            new NamedTensor("observations_aside", [slots.Count, _observationSize], aside),
            NamedTensor.Of<long>("lanes", [trajectories.Length / 3, 3], trajectories));
        return _priorities is null ? state
            : state.With(NamedTensor.Of<double>("priorities", [Count], [.. Enumerable.Range(0, Count).Select(row => _priorities[row])]));
    }

    /// <summary>
    /// Goes on where a state was taken. A buffer of another capacity takes the newest transitions that it has room for. A buffer with priorities
    /// takes a state without: all are drawn alike until their errors are known.
    /// </summary>
    /// <exception cref="CheckpointException">The state does not fit, or is damaged; nothing has changed then.</exception>
    public void ApplyState(ComponentState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var saved = ReplayState.Read(state, _observationSize, _actionSize);
        Clear();
        var count = Math.Min(saved.Count, _options.Capacity);

        // The same capacity keeps each row where it was: the numbers that draw rows mean the same ones then.
        var (first, skipped) = saved.Capacity == _options.Capacity ? (saved.Oldest, 0) : (0, saved.Count - count);
        _rows.Reserve(Math.Max(0, count - 1));
        for (var age = 0; age < count; age++)
        {
            Take(saved, saved.Row(age + skipped), (first + age) % Math.Max(1, count), row => (first + saved.Age(row) - skipped) % count);
        }

        (Count, AddedLifetime, _largestPriority) = (count, saved.AddedLifetime, saved.LargestPriority);
        _head = (first + count) % _options.Capacity;
        foreach (var (buffer, environment, last) in saved.Trajectories)
        {
            AddTrajectory(buffer, environment);
            if (last >= 0 && saved.Age(last) >= skipped)
            {
                var trajectory = _trajectories[buffer][environment];
                trajectory.Last = (first + saved.Age(last) - skipped) % count;
                trajectory.Slot = -2 - _rows.Next(trajectory.Last);
                _slots.SetOwner(trajectory.Slot, trajectory);
            }
        }
    }

    private void Take(ReplayState saved, int from, int to, Func<int, int> place)
    {
        saved.Observations.AsSpan(from * _observationSize, _observationSize).CopyTo(_rows.Observation(to));
        saved.Actions.AsSpan(from * _actionSize, _actionSize).CopyTo(_rows.Action(to));
        _rows.Reward(to) = saved.Rewards[from];
        var next = saved.Next[from];
        if (next < Terminated)
        {
            var slot = _slots.Take(null);
            saved.Aside.AsSpan((-2 - next) * _observationSize, _observationSize).CopyTo(_slots[slot]);
            next = -2 - slot;
        }
        else if (next >= 0)
        {
            next = place(next);
        }

        _rows.Next(to) = next;
        if (_priorities is not null)
        {
            _priorities[to] = saved.Priorities is { } priorities ? priorities[from] : 1;
        }
    }

    private void AddTrajectory(int buffer, int environment)
    {
        // Trajectories are saved in their order.
        if (environment == 0)
        {
            _trajectories.Add([]);
        }

        _trajectories[buffer] = [.. _trajectories[buffer], new ReplayTrajectory(buffer, environment)];
    }

    /// <summary>A learner's state with this buffer's in it: tensors <c>replay_buffer.observations</c> …, and a value <c>replay_buffer</c>.</summary>
    public ComponentState AddTo(ComponentState learner)
    {
        ArgumentNullException.ThrowIfNull(learner);
        var own = CaptureState();
        return (learner with { Values = (learner.Values ?? ParameterSet.Empty).With(Name, own.Values) }).WithPart(Name + ".", own);
    }

    /// <summary>Takes a learner's state apart: what is its own, and the buffer's, null where the checkpoint holds none.</summary>
    public static (ComponentState Learner, ComponentState? Replay) Split(ComponentState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        foreach (var name in (ReadOnlySpan<string>)[Name, OldName])
        {
            if (state.Values?.TryGet(name, out _) == true)
            {
                return (state.WithoutPart(name + "."), state.Part(name + ".", state.Value<ParameterSet>(name)));
            }
        }

        return (state, null);
    }

    /// <summary>Goes on where a state was taken; with null, begins empty.</summary>
    /// <exception cref="CheckpointException">The state does not fit, or is damaged; nothing has changed then.</exception>
    public void Restore(ComponentState? state)
    {
        if (state is null)
        {
            Clear();
        }
        else
        {
            ApplyState(state);
        }
    }
}
