using System.Runtime.InteropServices;

namespace Tuning.Learning;

/// <summary>
/// Experience to learn from more than once: single steps of all trajectories, the oldest overwritten by the newest. Sums over n steps are made when rows
/// are drawn, so that an observation is kept once, not as this row's next and as the next row's own.
/// </summary>
/// <remarks>
/// A row holds an observation, the action that answered it, the reward, and the place of the trajectory's next row. Where an episode was truncated, and
/// after the newest row of a trajectory, the observation that follows is kept aside. A row's successors are younger, so they are there as long as the row is.
/// Draws are with replacement and independent of each other, prioritised ones too, as RLlib's are (Schaul et al. draw one per stratum).
/// The newest rows of a trajectory have sums over fewer than n steps until the next ones come; SB3 does the same.
/// Not safe for concurrent use. Allocates nothing per step once it is full.
/// </remarks>
internal sealed partial class ReplayBuffer
{
    // What Next holds besides rows: an end, and −2 − slot.
    private const int Terminated = -1;

    private readonly ReplayBufferOptions _options;
    private readonly int _observationSize;
    private readonly int _actionSize;
    private readonly ReplayRows _rows;
    private readonly ObservationSlots _slots;
    private readonly List<ReplayTrajectory[]> _trajectories = [];
    private readonly PriorityTree? _priorities;
    private readonly float[] _powers;
    private int _head;
    private double _largestPriority = 1;

    /// <summary>An empty buffer.</summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public ReplayBuffer(ReplayBufferOptions options, int observationSize, int actionSize)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(observationSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(actionSize, 1);
        options.Validate(observationSize, actionSize);
        (_options, _observationSize, _actionSize) = (options, observationSize, actionSize);
        _rows = new(options.Capacity, observationSize, actionSize);
        _slots = new(observationSize);
        _priorities = options.Priorities is null ? null : new();
        _powers = [.. Enumerable.Range(0, Math.Max(options.NStep, options.MaxNStep) + 1).Select(k => (float)Math.Pow(options.Gamma, k))];
    }

    /// <summary>Transitions in the buffer.</summary>
    public int Count { get; private set; }

    /// <summary>Transitions ever added.</summary>
    public long AddedLifetime { get; private set; }

    /// <summary>Takes in what the runners sampled: the same buffers in the same order at each call, to which others may be added at the end.</summary>
    /// <exception cref="ArgumentException">A buffer's sizes are not those of this one, or its number of environments has changed.</exception>
    public void Add(IReadOnlyList<RolloutBuffer> batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        for (var i = 0; i < batch.Count; i++)
        {
            if (batch[i].ObservationSize != _observationSize || batch[i].ActionSize != _actionSize)
            {
                throw new ArgumentException($"Buffer {i} holds observations of {batch[i].ObservationSize} and actions of {batch[i].ActionSize} floats; the " +
                    $"replay buffer's are {_observationSize} and {_actionSize}.", nameof(batch));
            }

            if (i == _trajectories.Count)
            {
                _trajectories.Add(Trajectories(i, batch[i].Environments));
            }
            else if (_trajectories[i].Length != batch[i].Environments)
            {
                throw new ArgumentException($"Buffer {i} has {batch[i].Environments} environments; it had {_trajectories[i].Length} before.", nameof(batch));
            }
        }

        for (var i = 0; i < batch.Count; i++)
        {
            Add(batch[i], _trajectories[i]);
        }
    }

    /// <summary>Draws rows.</summary>
    /// <param name="count">How many, at most the batch's capacity.</param>
    /// <param name="random">Where the luck comes from.</param>
    /// <param name="batch">Receives them. The next observation of a row whose episode terminated is zero.</param>
    /// <exception cref="InvalidOperationException">The buffer is empty.</exception>
    [MethodImpl(AggressiveOptimization)]
    public void Sample(int count, RandomStream random, ReplayBatch batch)
    {
        if (Count == 0)
        {
            throw new InvalidOperationException("The replay buffer is empty; add experience before drawing from it.");
        }

        batch.Count = count;
        for (var i = 0; i < count; i++)
        {
            var row = _priorities is null ? random.NextInt32(Count) : _priorities.Find(random.NextDouble() * _priorities.Sum);
            batch.Indices[i] = row;
            batch.Weights[i] = _priorities is null ? 1 : (float)Math.Pow(_priorities.Least / _priorities[row], _options.Priorities!.Beta);
            var steps = _options.MaxNStep > _options.NStep ? _options.NStep + random.NextInt32(_options.MaxNStep - _options.NStep + 1) : _options.NStep;
            Gather(row, steps, batch, i);
        }
    }

    /// <summary>Sets the priorities of the rows of the last draw. Does nothing in a buffer without priorities.</summary>
    /// <param name="batch">The draw; nothing may have been added since.</param>
    /// <param name="errors">One per row; the sign does not matter. Where a row was drawn twice, the later one counts.</param>
    /// <exception cref="InvalidOperationException">An error is not a finite number.</exception>
    public void UpdatePriorities(ReplayBatch batch, ReadOnlySpan<float> errors)
    {
        if (_priorities is null)
        {
            return;
        }

        for (var i = 0; i < batch.Count; i++)
        {
            if (!float.IsFinite(errors[i]))
            {
                throw Divergence.Of(Invariant($"the error of row {i} of the batch is {errors[i]}"));
            }

            var priority = Math.Abs(errors[i]) + _options.Priorities!.Epsilon;
            _largestPriority = Math.Max(_largestPriority, priority);
            _priorities[batch.Indices[i]] = Math.Pow(priority, _options.Priorities.Alpha);
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _rows.Clear();
        _slots.Clear();
        _trajectories.Clear();
        _priorities?.Clear();
        (_head, Count, AddedLifetime, _largestPriority) = (0, 0, 0, 1);
    }

    [MethodImpl(AggressiveOptimization)]
    private void Add(RolloutBuffer buffer, ReplayTrajectory[] trajectories)
    {
        if (buffer.Steps == 0)
        {
            return;
        }

        foreach (var trajectory in trajectories)
        {
            if (trajectory.Last >= 0 && !Same(_slots[trajectory.Slot], Part(buffer.Observations(0), trajectory.Environment, _observationSize)))
            {
                // Its episode did not go on, as after a restore that begins episodes anew: cut off where it was.
                _slots.SetOwner(trajectory.Slot, null);
                (trajectory.Last, trajectory.Slot) = (-1, -1);
            }
        }

        var newPriority = _priorities is null ? 0 : Math.Pow(_largestPriority, _options.Priorities!.Alpha);
        for (var step = 0; step < buffer.Steps; step++)
        {
            foreach (var trajectory in trajectories)
            {
                Append(buffer, step, trajectory, newPriority);
            }
        }

        foreach (var trajectory in trajectories)
        {
            if (trajectory.Last >= 0)
            {
                Part(buffer.Observations(buffer.Steps), trajectory.Environment, _observationSize).CopyTo(_slots[trajectory.Slot]);
            }
        }
    }

    [MethodImpl(AggressiveOptimization)]
    private void Append(RolloutBuffer buffer, int step, ReplayTrajectory trajectory, double newPriority)
    {
        var (row, environment) = (_head, trajectory.Environment);
        if (Count == _options.Capacity)
        {
            Forget(row);
        }
        else
        {
            _rows.Reserve(row);
            Count++;
        }

        _head = row + 1 == _options.Capacity ? 0 : row + 1;
        AddedLifetime++;
        Part(buffer.Observations(step), environment, _observationSize).CopyTo(_rows.Observation(row));
        Part(buffer.Actions(step), environment, _actionSize).CopyTo(_rows.Action(row));
        _rows.Reward(row) = buffer.Rewards(step)[environment];
        if (trajectory.Last >= 0)
        {
            _rows.Next(trajectory.Last) = row;
        }

        if (buffer.Terminated(step)[environment])
        {
            _rows.Next(row) = Terminated;
            if (trajectory.Slot >= 0)
            {
                _slots.Free(trajectory.Slot);
            }

            (trajectory.Last, trajectory.Slot) = (-1, -1);
        }
        else
        {
            var truncated = buffer.Truncated(step)[environment];
            var slot = trajectory.Slot >= 0 ? trajectory.Slot : _slots.Take(trajectory);
            _rows.Next(row) = -2 - slot;
            (trajectory.Last, trajectory.Slot) = (row, slot);
            if (truncated)
            {
                var final = buffer.FinalIndex((step * buffer.Environments) + environment);
                buffer.FinalObservations.Slice(final * _observationSize, _observationSize).CopyTo(_slots[slot]);
                _slots.SetOwner(slot, null);
                (trajectory.Last, trajectory.Slot) = (-1, -1);
            }
        }

        if (_priorities is not null)
        {
            _priorities[row] = newPriority;
        }
    }

    /// <summary>Makes ready to overwrite a row.</summary>
    private void Forget(int row)
    {
        var next = _rows.Next(row);
        if (next < Terminated)
        {
            var slot = -2 - next;
            if (_slots.Owner(slot) is { } trajectory)
            {
                (trajectory.Last, trajectory.Slot) = (-1, -1);
            }

            _slots.Free(slot);
        }
    }

    [MethodImpl(AggressiveOptimization)]
    private void Gather(int row, int steps, ReplayBatch batch, int place)
    {
        _rows.Observation(row).CopyTo(batch.Observations.AsSpan(place * _observationSize));
        _rows.Action(row).CopyTo(batch.Actions.AsSpan(place * _actionSize));
        var nextObservation = batch.NextObservations.AsSpan(place * _observationSize, _observationSize);
        var sum = _rows.Reward(row);
        var done = 1;
        var next = _rows.Next(row);
        while (next >= 0 && done < steps)
        {
            sum += _powers[done] * _rows.Reward(next);
            done++;
            next = _rows.Next(next);
        }

        batch.Rewards[place] = sum;
        batch.Discounts[place] = next == Terminated ? 0 : _powers[done];
        if (next == Terminated)
        {
            nextObservation.Clear();
        }
        else
        {
            (next >= 0 ? _rows.Observation(next) : _slots[-2 - next]).CopyTo(nextObservation);
        }
    }

    private static ReplayTrajectory[] Trajectories(int buffer, int environments) =>
        [.. Enumerable.Range(0, environments).Select(environment => new ReplayTrajectory(buffer, environment))];

    private static Span<float> Part(Span<float> rows, int place, int size) => rows.Slice(place * size, size);

    private static bool Same(ReadOnlySpan<float> a, ReadOnlySpan<float> b) => MemoryMarshal.AsBytes(a).SequenceEqual(MemoryMarshal.AsBytes(b));
}
