namespace Tuning.Learning;

/// <summary>What a <see cref="ReplayBuffer"/> is made from.</summary>
internal sealed record ReplayBufferOptions
{
    /// <summary>The most transitions that are kept; the oldest make room for new ones.</summary>
    public required int Capacity { get; init; }

    /// <summary>How many steps are summed up in a reward, at least 1; fewer where an episode ends before, and for the newest steps of a trajectory.</summary>
    public int NStep { get; init; } = 1;

    /// <summary>If larger than <see cref="NStep"/>, each row of a draw has a number of steps of its own, any from <see cref="NStep"/> to this alike.</summary>
    public int MaxNStep { get; init; }

    /// <summary>The discount factor of one step.</summary>
    public required double Gamma { get; init; }

    /// <summary>How strongly transitions with large errors are preferred; null: all alike.</summary>
    public ReplayPriorities? Priorities { get; init; }

    /// <summary>Fails when a number is out of range, or when the memory can never hold the buffer.</summary>
    /// <param name="observationSize">Floats per observation.</param>
    /// <param name="actionSize">Floats per action.</param>
    /// <exception cref="ArgumentException">The message says what is wrong and what is allowed.</exception>
    public void Validate(int observationSize, int actionSize)
    {
        if (Capacity < 1)
        {
            throw new ArgumentException($"The replay buffer's capacity is {Capacity}; it must be at least 1.");
        }

        if (NStep < 1)
        {
            throw new ArgumentException($"n_step is {NStep}; it must be at least 1.");
        }

        if (Gamma is not (>= 0 and <= 1))
        {
            throw new ArgumentException(Invariant($"gamma is {Gamma}; it must be from 0 to 1."));
        }

        var bytes = Capacity * Bytes(observationSize, actionSize);
        var available = Math.Min(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, (long)Array.MaxLength * (1 + actionSize));
        if (bytes > available || Capacity * (long)observationSize * sizeof(float) > Array.MaxLength)
        {
            var most = Math.Min(available / Bytes(observationSize, actionSize), Array.MaxLength / sizeof(float) / observationSize);
            throw new ArgumentException(
                Invariant($"A replay buffer of {Capacity} transitions with observations of {observationSize} floats takes {bytes / 1e9:0.0} GB ") +
                $"when it is full; choose a capacity of at most {most}.");
        }

        Priorities?.Validate();
    }

    private long Bytes(int observationSize, int actionSize) =>
        (sizeof(float) * ((long)observationSize + actionSize + 2)) + (Priorities is null ? 0 : 4 * sizeof(double));
}

/// <summary>Prioritised replay (Schaul et al., 2016), the proportional kind.</summary>
/// <param name="Alpha">How much errors count: a transition is drawn in proportion to (|error| + ε)^α. 0: all alike.</param>
/// <param name="Beta">How much importance weights make up for it: (N·P)^−β, divided by the largest that any transition of the buffer has.</param>
/// <param name="Epsilon">What is added to errors, so that nothing is never drawn again.</param>
internal sealed record ReplayPriorities(double Alpha, double Beta, double Epsilon)
{
    /// <summary>Fails when a number is out of range.</summary>
    public void Validate()
    {
        if (!(Alpha >= 0 && double.IsFinite(Alpha)))
        {
            throw new ArgumentException(Invariant($"The replay buffer's alpha is {Alpha}; it must be 0 or larger."));
        }

        if (!(Beta >= 0 && double.IsFinite(Beta)))
        {
            throw new ArgumentException(Invariant($"The replay buffer's beta is {Beta}; it must be 0 or larger."));
        }

        if (!(Epsilon > 0 && double.IsFinite(Epsilon)))
        {
            throw new ArgumentException(Invariant($"prioritized_replay_eps is {Epsilon}; it must be larger than 0."));
        }
    }
}
