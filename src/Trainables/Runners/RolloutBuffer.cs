namespace Tuning.Runners;

/// <summary>
/// What one group of environments went through in one iteration: so many steps of so many environments. Flat arrays,
/// [steps, environments, …], so that a step of all environments is one contiguous piece that networks read and write in place.
/// Filled anew in every iteration, never reallocated.
/// </summary>
/// <remarks>
/// One thread writes; the learner reads afterwards. Environments that run on different threads get a buffer each: the learner takes a
/// list of them, and how the same environments are spread over buffers does not change what it computes.
/// Observations are as the module sees them, after the connectors; actions as the distribution drew them, before clipping.
/// </remarks>
public sealed class RolloutBuffer
{
    private const int FirstCapacity = 16;

    private bool[] _terminated;
    private bool[] _truncated;
    private int[] _finalIndex;
    private float[] _finalObservations;
    private int _finalCount;

    /// <summary>An empty buffer of fixed size.</summary>
    /// <param name="steps">Steps per environment and iteration.</param>
    /// <param name="environments">Number of environments.</param>
    /// <param name="observationSize">Floats per observation.</param>
    /// <param name="actionSize">Floats per action.</param>
    /// <param name="inputSize">Floats per row of action distribution inputs.</param>
    public RolloutBuffer(int steps, int environments, int observationSize, int actionSize, int inputSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(environments, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(observationSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(actionSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(inputSize, 1);
        (Steps, Environments, ObservationSize, ActionSize, InputSize) = (steps, environments, observationSize, actionSize, inputSize);
        var rows = checked(steps * environments);
        AllObservations = new float[checked((rows + environments) * observationSize)];
        AllActions = new float[checked(rows * actionSize)];
        AllInputs = new float[checked(rows * inputSize)];
        AllRewards = new float[rows];
        _terminated = new bool[rows];
        _truncated = new bool[rows];
        _finalIndex = new int[rows];
        _finalObservations = new float[environments * observationSize];
    }

    /// <summary>An empty buffer of one trajectory, that of an agent in a copy of the environment: it grows by what the agent goes through.</summary>
    /// <param name="observationSize">Floats per observation.</param>
    /// <param name="actionSize">Floats per action.</param>
    /// <param name="inputSize">Floats per row of action distribution inputs.</param>
    /// <param name="policyId">See <see cref="PolicyId"/>.</param>
    /// <param name="agentId">See <see cref="AgentId"/>.</param>
    internal RolloutBuffer(int observationSize, int actionSize, int inputSize, string? policyId = null, string? agentId = null)
        : this(FirstCapacity, 1, observationSize, actionSize, inputSize)
    {
        (PolicyId, AgentId) = (policyId, agentId);
        Steps = 0;
    }

    /// <summary>Steps per environment; where agents act in turn, or episodes are whole, as many as this one had, perhaps none.</summary>
    public int Steps { get; private set; }

    /// <summary>Number of environments.</summary>
    public int Environments { get; }

    /// <summary>Floats per observation.</summary>
    public int ObservationSize { get; }

    /// <summary>Floats per action.</summary>
    public int ActionSize { get; }

    /// <summary>Floats per row of action distribution inputs.</summary>
    public int InputSize { get; }

    /// <summary>Steps of all environments together.</summary>
    public int Rows => Steps * Environments;

    /// <summary>The policy whose experience it is; null where there is one.</summary>
    public string? PolicyId { get; }

    /// <summary>The agent whose experience it is; null where there is one.</summary>
    public string? AgentId { get; }

    /// <summary>The observation that waits for an action, or whose action waits for what comes of it.</summary>
    internal Span<float> Pending => AllObservations.AsSpan(Steps * ObservationSize, ObservationSize);

    /// <summary>The distribution inputs of the action that waits for what comes of it.</summary>
    internal Span<float> PendingInputs => AllInputs.AsSpan(Steps * InputSize, InputSize);

    /// <summary>The action that waits for what comes of it.</summary>
    internal Span<float> PendingAction => AllActions.AsSpan(Steps * ActionSize, ActionSize);

    internal float[] AllObservations { get; private set; }

    internal float[] AllActions { get; private set; }

    internal float[] AllInputs { get; private set; }

    internal float[] AllRewards { get; private set; }

    internal ReadOnlySpan<float> FinalObservations => _finalObservations.AsSpan(0, _finalCount * ObservationSize);

    internal int FinalCount => _finalCount;

    /// <summary>
    /// The observations that the actions of <paramref name="step"/> answer: [environments, observation]. Step <see cref="Steps"/>
    /// is what the environments show after the last action; where an episode ended, that of its successor's reset.
    /// </summary>
    /// <param name="step">0 to <see cref="Steps"/> inclusive.</param>
    public Span<float> Observations(int step) => AllObservations.AsSpan(step * Environments * ObservationSize, Environments * ObservationSize);

    /// <summary>The action distribution inputs at a step: [environments, inputs].</summary>
    public Span<float> ActionDistributionInputs(int step) => AllInputs.AsSpan(step * Environments * InputSize, Environments * InputSize);

    /// <summary>The actions of a step: [environments, action].</summary>
    public Span<float> Actions(int step) => AllActions.AsSpan(step * Environments * ActionSize, Environments * ActionSize);

    /// <summary>The rewards of a step, one per environment.</summary>
    public Span<float> Rewards(int step) => AllRewards.AsSpan(step * Environments, Environments);

    /// <summary>Per environment, whether the episode reached an end of its own at this step: nothing comes after it.</summary>
    public ReadOnlySpan<bool> Terminated(int step) => _terminated.AsSpan(step * Environments, Environments);

    /// <summary>Per environment, whether the episode was cut off after this step: its value goes on from the final observation.</summary>
    public ReadOnlySpan<bool> Truncated(int step) => _truncated.AsSpan(step * Environments, Environments);

    /// <summary>Forgets all episode ends: the first call of every iteration. All else is overwritten as it is filled.</summary>
    public void Clear()
    {
        _terminated.AsSpan().Clear();
        _truncated.AsSpan().Clear();
        _finalCount = 0;
    }

    /// <summary>Notes that the episode of an environment ended at a step by itself.</summary>
    public void MarkTerminated(int step, int environment) => _terminated[Row(step, environment)] = true;

    /// <summary>
    /// Notes that the episode of an environment was cut off after a step. An episode that also ended by itself at this step is
    /// <see cref="MarkTerminated"/> only.
    /// </summary>
    /// <param name="step">The step.</param>
    /// <param name="environment">The environment's place in this buffer.</param>
    /// <param name="finalObservation">What the environment showed after the step, before its reset, after the connectors.</param>
    public void MarkTruncated(int step, int environment, ReadOnlySpan<float> finalObservation)
    {
        if (finalObservation.Length != ObservationSize)
        {
            throw new ArgumentException($"The final observation has {finalObservation.Length} floats; this buffer's have "
                + $"{ObservationSize}.", nameof(finalObservation));
        }

        var row = Row(step, environment);
        if (_truncated[row])
        {
            throw new InvalidOperationException($"Step {step} of environment {environment} is marked as truncated already; call {nameof(Clear)} before "
                + "filling the buffer again.");
        }

        _truncated[row] = true;
        _finalIndex[row] = _finalCount;
        var start = _finalCount * ObservationSize;
        if (start + ObservationSize > _finalObservations.Length)
        {
            Array.Resize(ref _finalObservations, 2 * _finalObservations.Length);
        }

        finalObservation.CopyTo(_finalObservations.AsSpan(start));
        _finalCount++;
    }

    /// <summary>What is pending, for checkpoints: the observation, and with an action its inputs and itself.</summary>
    internal Memory<float>[] PendingParts(bool withAction)
    {
        var observation = AllObservations.AsMemory(Steps * ObservationSize, ObservationSize);
        return withAction
            ? [observation, AllInputs.AsMemory(Steps * InputSize, InputSize), AllActions.AsMemory(Steps * ActionSize, ActionSize)]
            : [observation];
    }

    /// <summary>Begins an iteration with no step; what is pending stays so.</summary>
    internal void Restart()
    {
        if (Steps > 0)
        {
            Pending.CopyTo(AllObservations);
            PendingInputs.CopyTo(AllInputs);
            PendingAction.CopyTo(AllActions);
        }

        Clear();
        Steps = 0;
    }

    /// <summary>Drops everything, what is pending too.</summary>
    internal void Forget()
    {
        Clear();
        Steps = 0;
        Pending.Clear();
    }

    /// <summary>The pending action has come to something: a step more. The next observation becomes pending, to be written by the caller.</summary>
    [MethodImpl(AggressiveOptimization)]
    internal void Complete(float reward)
    {
        AllRewards[Steps] = reward;
        Steps++;
        if (Steps == AllRewards.Length)
        {
            Grow();
        }
    }

    internal bool IsTerminated(int row) => _terminated[row];

    internal bool IsTruncated(int row) => _truncated[row];

    /// <summary>What was seen after a step that was the last of a truncated episode; the observations of the next step are the first of another.</summary>
    /// <param name="step">The step, with <see cref="Truncated"/> true for the environment.</param>
    /// <param name="environment">Which one.</param>
    public ReadOnlySpan<float> FinalObservation(int step, int environment) =>
        FinalObservations.Slice(FinalIndex(Row(step, environment)) * ObservationSize, ObservationSize);

    /// <summary>The place in <see cref="FinalObservations"/> of a row that is truncated.</summary>
    internal int FinalIndex(int row) => _finalIndex[row];

    private int Row(int step, int environment)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)step, (uint)Steps, nameof(step));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)environment, (uint)Environments, nameof(environment));
        return (step * Environments) + environment;
    }

    // Room for one row more than there are steps: that of the pending action.
    private void Grow()
    {
        var rows = checked(2 * AllRewards.Length);
        AllObservations = Resized(AllObservations, (rows + 1) * ObservationSize);
        AllActions = Resized(AllActions, rows * ActionSize);
        AllInputs = Resized(AllInputs, rows * InputSize);
        AllRewards = Resized(AllRewards, rows);
        _terminated = Resized(_terminated, rows);
        _truncated = Resized(_truncated, rows);
        _finalIndex = Resized(_finalIndex, rows);
    }

    private static T[] Resized<T>(T[] array, int length)
    {
        Array.Resize(ref array, length);
        return array;
    }
}
