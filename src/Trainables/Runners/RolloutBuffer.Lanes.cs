using System.Runtime.CompilerServices;

namespace Tuning.Runners;

/// <content>A buffer of one agent that acts when it is its turn: it grows by what the agent went through.</content>
public sealed partial class RolloutBuffer
{
    private const int FirstCapacity = 16;

    // What a lane is made from.
    private RolloutBuffer(int observationSize, int actionSize, int inputSize, string? policyId, string? agentId)
        : this(FirstCapacity, 1, observationSize, actionSize, inputSize)
    {
        (PolicyId, AgentId) = (policyId, agentId);
        Steps = 0;
    }

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

    /// <summary>What is pending, for checkpoints: the observation, and with an action its inputs and itself.</summary>
    internal Memory<float>[] PendingParts(bool withAction) => withAction
        ? [AllObservations.AsMemory(Steps * ObservationSize, ObservationSize), AllInputs.AsMemory(Steps * InputSize, InputSize), AllActions.AsMemory(Steps * ActionSize, ActionSize)]
        : [AllObservations.AsMemory(Steps * ObservationSize, ObservationSize)];

    /// <summary>An empty buffer of one agent.</summary>
    internal static RolloutBuffer ForAgent(int observationSize, int actionSize, int inputSize, string policyId, string agentId) =>
        new(observationSize, actionSize, inputSize, policyId, agentId);

    /// <summary>An empty buffer that grows, of a lane of an environment with one agent.</summary>
    internal static RolloutBuffer OfLane(int observationSize, int actionSize, int inputSize) => new(observationSize, actionSize, inputSize, null, null);

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
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void Complete(float reward)
    {
        AllRewards[Steps] = reward;
        Steps++;
        if (Steps == AllRewards.Length)
        {
            Grow();
        }
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
