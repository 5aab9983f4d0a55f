namespace Tuning.Environments;

/// <summary>
/// An environment for one agent as one for several: its agent is there from the first observation to the end of the episode, and acts at every step.
/// </summary>
/// <param name="environment">The environment; owned from here on.</param>
internal sealed class OneAgent(IEnvironment environment) : IMultiAgentEnvironment
{
    /// <summary>The agent's name, where it needs one.</summary>
    public const string Id = "default_agent";

    private static readonly string[] _agents = [Id];

    /// <summary>The environment itself.</summary>
    public IEnvironment Environment => environment;

    /// <inheritdoc/>
    public IReadOnlyList<string> Agents => _agents;

    /// <inheritdoc/>
    public bool CanSaveState => environment.CanSaveState;

    /// <inheritdoc/>
    public Space ObservationSpace(int agent) => environment.ObservationSpace;

    /// <inheritdoc/>
    public Space ActionSpace(int agent) => environment.ActionSpace;

    /// <inheritdoc/>
    public void Reset(RandomStream random, MultiAgentStep step) => environment.Reset(random, step.Observe(0));

    /// <inheritdoc/>
    public void Step(MultiAgentStep step)
    {
        var result = environment.Step(step.Action(0), step.Observe(0));
        step.AddReward(0, result.Reward);
        if (result.Terminated)
        {
            step.TerminateAll();
        }
        else if (result.Truncated)
        {
            step.TruncateAll();
        }
    }

    /// <inheritdoc/>
    public JsonElement SaveState() => environment.SaveState();

    /// <inheritdoc/>
    public void RestoreState(JsonElement state, RandomStream random) => environment.RestoreState(state, random);

    /// <inheritdoc/>
    public void Dispose() => environment.Dispose();
}
