namespace Tuning.Runners;

/// <summary>
/// How one policy's actions are chosen while experience is collected. Each environment runner has an instance of its own per policy, called by
/// that runner's thread.
/// </summary>
/// <remarks>
/// A trajectory is a place in a runner where episodes follow each other: a copy of the environment, or an agent in a copy. State that belongs to
/// an episode (noise that stays for some steps) is kept per trajectory.
/// </remarks>
internal abstract class Exploration
{
    /// <summary>Chooses the actions of some trajectories.</summary>
    /// <param name="module">The policy; its weights do not change during an iteration.</param>
    /// <param name="observations">[trajectories, observation], as the module sees them.</param>
    /// <param name="trajectories">Which trajectories these are, in growing order.</param>
    /// <param name="inputs">Receives [trajectories, inputs]: the action distribution inputs that the learner is to see.</param>
    /// <param name="actions">Receives [trajectories, action].</param>
    /// <param name="workspace">The module's, with room for all trajectories.</param>
    /// <param name="random">Where the luck comes from; saved and restored by its owner.</param>
    public abstract void Act(
        RlModule module, ReadOnlySpan<float> observations, ReadOnlySpan<int> trajectories, Span<float> inputs, Span<float> actions,
        ModuleWorkspace workspace, RandomStream random);

    /// <summary>An iteration begins: weights may be others than before.</summary>
    /// <param name="lifetimeSteps">Environment steps sampled so far; schedules follow it.</param>
    public virtual void BeginSample(long lifetimeSteps)
    {
    }

    /// <summary>An episode begins in a trajectory.</summary>
    public virtual void BeginEpisode(int trajectory)
    {
    }

    /// <summary>Adds what the runner reports of the exploration, <c>curr_epsilon</c> for example; the first runner is asked.</summary>
    /// <param name="add">Called with a name below the policy's and a number.</param>
    public virtual void WriteTo(Action<string, MetricValue> add)
    {
    }

    /// <summary>What the rest of the running episodes depends on, besides the stream; empty when nothing does.</summary>
    public virtual ParameterSet GetState() => ParameterSet.Empty;

    /// <summary>Goes on where a state was taken.</summary>
    public virtual void SetState(ParameterSet state)
    {
    }
}
