namespace Tuning.Environments;

/// <summary>
/// One step of an environment with several agents: the actions that go in, and the observations, rewards and ends that come out. Made once for
/// an environment and used again for every step. Agents are numbers in <see cref="IMultiAgentEnvironment.Agents"/>.
/// </summary>
/// <remarks>Not safe for concurrent use. No method allocates. What one step says is forgotten when the next begins.</remarks>
public sealed class MultiAgentStep
{
    private readonly string[] _names;
    private readonly Slot[] _slots;
    private readonly float[] _observations;
    private readonly float[] _actions;
    private readonly int[] _choices;

    /// <summary>Room for the agents of an environment.</summary>
    public MultiAgentStep(IMultiAgentEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        _names = [.. environment.Agents];
        _slots = new Slot[_names.Length];
        var (observations, actions) = (0, 0);
        for (var i = 0; i < _slots.Length; i++)
        {
            var (seen, done) = (environment.ObservationSpace(i), environment.ActionSpace(i));
            _slots[i] = new Slot
            {
                ObservationStart = observations,
                ObservationSize = seen.Size,
                ActionStart = actions,
                ActionSize = done.Size,
                IsDiscrete = done.IsDiscrete,
            };
            observations = checked(observations + seen.Size);
            actions = checked(actions + done.Size);
        }

        _observations = new float[observations];
        _actions = new float[actions];
        _choices = new int[actions];
    }

    /// <summary>How many agents may be there.</summary>
    public int Count => _slots.Length;

    /// <summary>Whether an agent acts in this step.</summary>
    public bool Acts(int agent) => _slots[agent].Acts;

    /// <summary>The action of an agent, valid during the step.</summary>
    /// <exception cref="InvalidOperationException">The agent does not act in this step; ask <see cref="Acts"/> where that may be.</exception>
    public EnvironmentAction Action(int agent)
    {
        ref var slot = ref _slots[agent];
        if (!slot.Acts)
        {
            throw new InvalidOperationException($"The agent '{_names[agent]}' does not act in this step: it got no observation in the last one. Ask "
                + $"Acts({agent}) first.");
        }

        return slot.IsDiscrete
            ? new(_choices.AsSpan(slot.ActionStart, slot.ActionSize))
            : new((ReadOnlySpan<float>)_actions.AsSpan(slot.ActionStart, slot.ActionSize));
    }

    /// <summary>Shows an agent something: it acts in the next step, unless it ends in this one. Who is not there yet comes in with it.</summary>
    /// <returns>Where the observation is to be written, all of its numbers.</returns>
    public Span<float> Observe(int agent)
    {
        ref var slot = ref _slots[agent];
        slot.IsObserved = true;
        return _observations.AsSpan(slot.ObservationStart, slot.ObservationSize);
    }

    /// <summary>
    /// Rewards an agent that is there, whether it acts or waits: what comes while it waits counts for its last action. Several rewards add up.
    /// </summary>
    public void AddReward(int agent, double reward) => _slots[agent].Reward += reward;

    /// <summary>An agent has reached an end of its own: nothing comes after it. A last observation may be given and is not acted on.</summary>
    public void Terminate(int agent) => _slots[agent].IsTerminated = true;

    /// <summary>An agent is taken out though it could go on: learning goes by the value of its last observation, which should be given.</summary>
    public void Truncate(int agent) => _slots[agent].IsTruncated = true;

    /// <summary>The episode ends. Agents that are there are terminated, unless they are truncated by name.</summary>
    public void TerminateAll() => AllTerminated = true;

    /// <summary>
    /// The episode is cut off. Agents that are there are truncated, unless they are terminated by name. With <see cref="TerminateAll"/> that one rules.
    /// </summary>
    public void TruncateAll() => AllTruncated = true;

    /// <summary>Whether an agent got an observation.</summary>
    public bool IsObserved(int agent) => _slots[agent].IsObserved;

    /// <summary>The observation of an agent that got one.</summary>
    public ReadOnlySpan<float> Observation(int agent)
    {
        ref var slot = ref _slots[agent];
        return _observations.AsSpan(slot.ObservationStart, slot.ObservationSize);
    }

    /// <summary>The reward of an agent; 0 when none was given.</summary>
    public double Reward(int agent) => _slots[agent].Reward;

    /// <summary>Whether an agent was terminated by name.</summary>
    public bool IsTerminated(int agent) => _slots[agent].IsTerminated;

    /// <summary>Whether an agent was truncated by name; when it was terminated as well, that rules.</summary>
    public bool IsTruncated(int agent) => _slots[agent].IsTruncated;

    /// <summary>Whether the episode has ended.</summary>
    public bool AllTerminated { get; private set; }

    /// <summary>Whether the episode was cut off.</summary>
    public bool AllTruncated { get; private set; }

    /// <summary>Whether the episode is over and the next call must be a reset.</summary>
    public bool Done => AllTerminated || AllTruncated;

    /// <summary>Whether an agent acts in the next step: it got an observation and has not ended.</summary>
    public bool ActsNext(int agent)
    {
        ref var slot = ref _slots[agent];
        return slot.IsObserved && !slot.IsTerminated && !slot.IsTruncated && !Done;
    }

    /// <summary>Sets what an agent does in the next step: as many floats as its action space has, choices as whole numbers.</summary>
    /// <exception cref="ArgumentException">The action has another length.</exception>
    [MethodImpl(AggressiveOptimization)]
    public void SetAction(int agent, params ReadOnlySpan<float> action)
    {
        ref var slot = ref _slots[agent];
        if (action.Length != slot.ActionSize)
        {
            throw new ArgumentException($"An action of {action.Length} numbers was given to the agent '{_names[agent]}'; its have "
                + $"{slot.ActionSize}.", nameof(action));
        }

        slot.WillAct = true;
        if (slot.IsDiscrete)
        {
            for (var i = 0; i < action.Length; i++)
            {
                _choices[slot.ActionStart + i] = (int)action[i];
            }
        }
        else
        {
            action.CopyTo(_actions.AsSpan(slot.ActionStart));
        }
    }

    /// <summary>Sets what an agent does in the next step as it comes out of another one.</summary>
    internal void HandOn(int agent, EnvironmentAction action)
    {
        ref var slot = ref _slots[agent];
        slot.WillAct = true;
        action.Values.CopyTo(_actions.AsSpan(slot.ActionStart));
        action.Choices.CopyTo(_choices.AsSpan(slot.ActionStart));
    }

    /// <summary>Whether nothing was said but observations, as at a reset.</summary>
    internal bool OnlyObserves
    {
        get
        {
            var only = !Done;
            foreach (ref var slot in _slots.AsSpan())
            {
                only &= slot.Reward == 0 && !slot.IsTerminated && !slot.IsTruncated;
            }

            return only;
        }
    }

    /// <summary>The actions that were set become those of the step; what the last step said is forgotten.</summary>
    internal void Begin()
    {
        foreach (ref var slot in _slots.AsSpan())
        {
            (slot.Acts, slot.WillAct) = (slot.WillAct, false);
            (slot.IsObserved, slot.IsTerminated, slot.IsTruncated, slot.Reward) = (false, false, false, 0);
        }

        (AllTerminated, AllTruncated) = (false, false);
    }

    /// <summary>As <see cref="Begin"/>, and nobody acts: an episode starts.</summary>
    internal void BeginEpisode()
    {
        Begin();
        foreach (ref var slot in _slots.AsSpan())
        {
            slot.Acts = false;
        }
    }

    private struct Slot
    {
        public required int ObservationStart;
        public required int ObservationSize;
        public required int ActionStart;
        public required int ActionSize;
        public required bool IsDiscrete;
        public bool Acts;
        public bool WillAct;
        public bool IsObserved;
        public bool IsTerminated;
        public bool IsTruncated;
        public double Reward;
    }
}
