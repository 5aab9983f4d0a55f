namespace Tuning.Learning;

/// <summary>The state of a <see cref="ReplayBuffer"/> out of a checkpoint, checked: no link leads out of it.</summary>
internal sealed class ReplayState
{
    private ReplayState(ComponentState state, int observationSize, int actionSize)
    {
        Capacity = state.Value<int>("capacity");
        Head = state.Value<int>("head");
        AddedLifetime = state.Value<long>("added_lifetime");
        LargestPriority = state.Value<double>("largest_priority");
        Count = state.Tensor("rewards").Count;
        Observations = Floats(state, "observations", Count, observationSize);
        Actions = Floats(state, "actions", Count, actionSize);
        Rewards = Floats(state, "rewards", Count);
        var aside = state.Tensor("observations_aside").Shape;
        var slots = aside.Length == 2 ? aside[0] : 0;
        Aside = Floats(state, "observations_aside", slots, observationSize);
        Next = Links(state, slots);
        Priorities = state.Tensors.TryGetValue("priorities", out var priorities) ? priorities.As<double>().ToArray() : null;
        if (Count > Capacity || Head < 0 || Head >= Math.Max(1, Capacity) || (Count < Capacity && Head != Count)
            || (Priorities is not null && Priorities.Length != Count)
            || !(LargestPriority > 0 && double.IsFinite(LargestPriority)) || Priorities?.Any(p => !(p > 0 && double.IsFinite(p))) == true)
        {
            throw Damaged($"{Count} transitions of a capacity of {Capacity}, the next at {Head}, with {Priorities?.Length ?? 0} priorities");
        }

        Trajectories = ReadTrajectories(state);
    }

    public int Capacity { get; }

    public int Head { get; }

    public int Count { get; }

    public long AddedLifetime { get; }

    public double LargestPriority { get; }

    public float[] Observations { get; }

    public float[] Actions { get; }

    public float[] Rewards { get; }

    public int[] Next { get; }

    public float[] Aside { get; }

    public double[]? Priorities { get; }

    public ImmutableArray<(int Buffer, int Environment, int Last)> Trajectories { get; }

    /// <summary>The row that is there the longest.</summary>
    public int Oldest => Count == Capacity ? Head : 0;

    /// <exception cref="CheckpointException">The state does not fit, or is damaged.</exception>
    public static ReplayState Read(ComponentState state, int observationSize, int actionSize) => new(state, observationSize, actionSize);

    /// <summary>The row that is the so-and-so-oldest.</summary>
    public int Row(int age) => (Oldest + age) % Count;

    /// <summary>How many rows are older.</summary>
    public int Age(int row) => (row - Oldest + Count) % Count;

    private static float[] Floats(ComponentState state, string name, params ReadOnlySpan<int> shape) => state.Tensor(name).As<float>(shape).ToArray();

    private int[] Links(ComponentState state, int slots)
    {
        var links = state.Tensor("next").As<long>();
        if (links.Length != Count)
        {
            throw Damaged($"{links.Length} links for {Count} transitions");
        }

        var result = new int[Count];
        for (var row = 0; row < Count; row++)
        {
            // A successor is younger, and no link leads round: what a row needs is there as long as the row.
            if (links[row] < -1L - slots || links[row] >= Count || (links[row] >= 0 && Age((int)links[row]) <= Age(row)))
            {
                throw Damaged($"the link of transition {row} leads to {links[row]}");
            }

            result[row] = (int)links[row];
        }

        return result;
    }

    private ImmutableArray<(int Buffer, int Environment, int Last)> ReadTrajectories(ComponentState state)
    {
        var numbers = state.Tensor("lanes").As<long>();
        var trajectories = ImmutableArray.CreateBuilder<(int, int, int)>(numbers.Length / 3);
        var (buffer, environment) = (-1, -1);
        for (var i = 0; i + 2 < numbers.Length; i += 3)
        {
            (buffer, environment) = numbers[i + 1] == 0 ? (buffer + 1, 0) : (buffer, environment + 1);
            if (numbers[i] != buffer || numbers[i + 1] != environment || numbers[i + 2] < -1 || numbers[i + 2] >= Count
                || (numbers[i + 2] >= 0 && Next[(int)numbers[i + 2]] >= -1))
            {
                throw Damaged($"trajectory {i / 3} is given as {numbers[i]}, {numbers[i + 1]}, {numbers[i + 2]}");
            }

            trajectories.Add((buffer, environment, (int)numbers[i + 2]));
        }

        return trajectories.ToImmutable();
    }

    private static CheckpointException Damaged(string what) => new($"The state of the replay buffer in the checkpoint is damaged: {what}.");
}
