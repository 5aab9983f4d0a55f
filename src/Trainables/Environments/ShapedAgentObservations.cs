using System.Diagnostics.CodeAnalysis;

namespace Tuning.Environments;

/// <summary>An environment with several agents whose observations come out otherwise, each agent's for itself.</summary>
internal sealed class ShapedAgentObservations : IMultiAgentEnvironment, IWrapsEnvironment
{
    private readonly IMultiAgentEnvironment _inner;
    private readonly ObservationShaper[] _shapers;
    private readonly MultiAgentStep _step;

    // Whose frames go on; others come in with their next observation.
    private readonly bool[] _present;

    /// <param name="inner">The environment; owned from here on.</param>
    /// <param name="wrappers">What becomes of its observations.</param>
    /// <exception cref="ArgumentException">Those of an agent cannot be rescaled.</exception>
    public ShapedAgentObservations(IMultiAgentEnvironment inner, EnvironmentWrappers wrappers)
    {
        _inner = inner;
        _shapers = [.. inner.Agents.Select((_, i) => new ObservationShaper(inner.ObservationSpace(i), wrappers))];
        _step = new(inner);
        _present = new bool[_shapers.Length];
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Agents => _inner.Agents;

    /// <inheritdoc/>
    public IRestorableEnvironment Inside => _inner;

    /// <inheritdoc/>
    public bool StepsOnce => false; // it has a step of its own

    /// <inheritdoc/>
    public bool CanSaveState => _inner.CanSaveState;

    /// <inheritdoc/>
    public Space ObservationSpace(int agent) => _shapers[agent].Space;

    /// <inheritdoc/>
    public Space ActionSpace(int agent) => _inner.ActionSpace(agent);

    /// <inheritdoc/>
    public void Reset(RandomStream random, MultiAgentStep step)
    {
        Array.Clear(_present);
        _step.BeginEpisode();
        _inner.Reset(random, _step);
        Show(step);
    }

    /// <inheritdoc/>
    public void Step(MultiAgentStep step)
    {
        AgentSteps.HandOn(step, _step);
        _inner.Step(_step);
        Show(step);
    }

    /// <inheritdoc/>
    public JsonElement SaveState() => EnvironmentState.Save(new ShapedState([.. _shapers.Select(s => s.Frames)], _present, _inner.SaveState()));

    /// <inheritdoc/>
    public void RestoreState(JsonElement state, RandomStream random)
    {
        var saved = EnvironmentState.Restore<ShapedState>(state);
        var frames = saved.FramesOf(_shapers.Length);
        _inner.RestoreState(saved.Inner, random);
        for (var i = 0; i < _shapers.Length; i++)
        {
            _shapers[i].Restore(frames[i]);
            _present[i] = saved.Present[i];
        }
    }

    /// <inheritdoc/>
    [SuppressMessage("Usage", "CA1816", Justification = "No finalizer in the family")]
    public void Dispose() => _inner.Dispose();

    private void Show(MultiAgentStep step)
    {
        for (var i = 0; i < _shapers.Length; i++)
        {
            if (_step.IsObserved(i))
            {
                _step.Observation(i).CopyTo(_shapers[i].Seen);
                if (_present[i])
                {
                    _shapers[i].Next(step.Observe(i));
                }
                else
                {
                    _shapers[i].Begin(step.Observe(i));
                }

                _present[i] = true;
            }

            _present[i] &= !_step.IsTerminated(i) && !_step.IsTruncated(i);
        }

        AgentSteps.HandBack(_step, step);
    }
}

/// <summary>One step inside another: actions go in, rewards and ends come out.</summary>
internal static class AgentSteps
{
    /// <summary>The actions of a step become those of the step inside, which begins.</summary>
    public static void HandOn(MultiAgentStep outer, MultiAgentStep inner)
    {
        for (var i = 0; i < outer.Count; i++)
        {
            if (outer.Acts(i))
            {
                inner.HandOn(i, outer.Action(i));
            }
        }

        inner.Begin();
    }

    /// <summary>Rewards and ends of the step inside become those of the step.</summary>
    public static void HandBack(MultiAgentStep inner, MultiAgentStep outer)
    {
        for (var i = 0; i < inner.Count; i++)
        {
            outer.AddReward(i, inner.Reward(i));
            if (inner.IsTerminated(i))
            {
                outer.Terminate(i);
            }

            if (inner.IsTruncated(i))
            {
                outer.Truncate(i);
            }
        }

        if (inner.AllTerminated)
        {
            outer.TerminateAll();
        }

        if (inner.AllTruncated)
        {
            outer.TruncateAll();
        }
    }
}
