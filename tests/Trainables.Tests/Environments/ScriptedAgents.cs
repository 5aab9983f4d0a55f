using System.Text.Json;
using Tuning.Environments;
using Tuning.Randomness;

namespace Tuning.Tests.Environments;

/// <summary>
/// Agents that see, are rewarded and leave by a script: what happens in step <c>t</c>, which counts from 0 at the reset. Observations are two numbers,
/// the step and the agent's number.
/// </summary>
internal sealed class ScriptedAgents(int agents, Action<int, MultiAgentStep> script, bool canSave = true) : IMultiAgentEnvironment
{
    private int _time;

    public IReadOnlyList<string> Agents { get; } = [.. Enumerable.Range(0, agents).Select(i => $"agent_{i}")];

    public bool CanSaveState => canSave;

    public List<string> Log { get; } = [];

    public bool Closed { get; private set; }

    public Space ObservationSpace(int agent) => _space;

    public Space ActionSpace(int agent) => _actions;

    private static readonly Box _space = new(-1000, 1000, 2);
    private static readonly Discrete _actions = new(3);

    public void Reset(RandomStream random, MultiAgentStep step)
    {
        _time = 0;
        script(0, step);
    }

    public void Step(MultiAgentStep step)
    {
        _time++;
        script(_time, step);
    }

    public JsonElement SaveState() => canSave ? JsonSerializer.SerializeToElement(_time) : throw new NotSupportedException();

    public void RestoreState(JsonElement state, RandomStream random) => _time = state.GetInt32();

    public void Dispose() => Closed = true;

    /// <summary>Shows an agent the time.</summary>
    public static void See(MultiAgentStep step, int agent, int time)
    {
        var observation = step.Observe(agent);
        observation[0] = time;
        observation[1] = agent;
    }
}
