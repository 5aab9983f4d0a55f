using System.Diagnostics.CodeAnalysis;

namespace Tuning.Environments;

/// <summary>What repeating actions of both contracts has in common: an environment, whose state is all there is.</summary>
/// <typeparam name="TEnvironment">The contract of the environment inside.</typeparam>
/// <param name="inner">The environment; owned from here on.</param>
/// <param name="count">How many steps an action lasts.</param>
internal abstract class Repeated<TEnvironment>(TEnvironment inner, int count) : IRestorableEnvironment, IWrapsEnvironment
    where TEnvironment : class, IRestorableEnvironment
{
    /// <inheritdoc/>
    public IRestorableEnvironment Inside => Inner;

    /// <inheritdoc/>
    public bool StepsOnce => false;

    /// <inheritdoc/>
    public bool CanSaveState => Inner.CanSaveState;

    /// <summary>The environment inside.</summary>
    protected TEnvironment Inner { get; } = inner;

    /// <summary>How many steps an action lasts.</summary>
    protected int Count { get; } = count;

    /// <inheritdoc/>
    public JsonElement SaveState() => Inner.SaveState();

    /// <inheritdoc/>
    public void RestoreState(JsonElement state, RandomStream random) => Inner.RestoreState(state, random);

    /// <inheritdoc/>
    [SuppressMessage("Usage", "CA1816", Justification = "No finalizer in the family")]
    public void Dispose() => Inner.Dispose();
}

/// <summary>An environment in which an action lasts several steps: rewards add up, and the last observation is shown.</summary>
internal sealed class RepeatedActions(IEnvironment inner, int count) : Repeated<IEnvironment>(inner, count), IEnvironment
{
    /// <inheritdoc/>
    public Space ObservationSpace => Inner.ObservationSpace;

    /// <inheritdoc/>
    public Space ActionSpace => Inner.ActionSpace;

    /// <inheritdoc/>
    public void Reset(RandomStream random, Span<float> observation) => Inner.Reset(random, observation);

    /// <inheritdoc/>
    [MethodImpl(AggressiveOptimization)]
    public StepResult Step(EnvironmentAction action, Span<float> observation)
    {
        var result = Inner.Step(action, observation);
        for (var i = 1; i < Count && !result.Done; i++)
        {
            var next = Inner.Step(action, observation);
            result = next with { Reward = result.Reward + next.Reward };
        }

        return result;
    }
}

/// <summary>The same with several agents: actions last while the same agents go on acting.</summary>
internal sealed class RepeatedAgentActions : Repeated<IMultiAgentEnvironment>, IMultiAgentEnvironment
{
    private readonly MultiAgentStep _step;

    public RepeatedAgentActions(IMultiAgentEnvironment inner, int count)
        : base(inner, count) => _step = new(inner);

    /// <inheritdoc/>
    public IReadOnlyList<string> Agents => Inner.Agents;

    /// <inheritdoc/>
    public Space ObservationSpace(int agent) => Inner.ObservationSpace(agent);

    /// <inheritdoc/>
    public Space ActionSpace(int agent) => Inner.ActionSpace(agent);

    /// <inheritdoc/>
    public void Reset(RandomStream random, MultiAgentStep step) => Inner.Reset(random, step);

    /// <inheritdoc/>
    public void Step(MultiAgentStep step)
    {
        for (var i = 0; i < Count; i++)
        {
            AgentSteps.HandOn(step, _step);
            Inner.Step(_step);
            AgentSteps.HandBack(_step, step);
            var isLast = i == Count - 1 || !SameAct(step);
            for (var agent = 0; agent < step.Count; agent++)
            {
                if (isLast && _step.IsObserved(agent))
                {
                    _step.Observation(agent).CopyTo(step.Observe(agent));
                }
            }

            if (isLast)
            {
                return;
            }
        }
    }

    private bool SameAct(MultiAgentStep step)
    {
        var same = !_step.Done;
        for (var agent = 0; agent < step.Count; agent++)
        {
            same &= step.Acts(agent) == _step.ActsNext(agent);
        }

        return same;
    }
}
