namespace Tuning.Runners;

/// <summary>
/// The running episode of one copy of an environment, as hooks see it. With several agents its return and reward are their sums, and what each saw and did
/// stands in <see cref="Agents"/>.
/// </summary>
/// <remarks>One object per copy, used again for its next episode: keep numbers, not the object. Only the runner's thread may use it.</remarks>
public sealed class Episode
{
    private readonly Dictionary<string, List<double>> _data = new(StringComparer.Ordinal);
    private readonly EpisodeAgent? _only;

    /// <param name="runnerIndex">Number of the runner.</param>
    /// <param name="environmentIndex">Number of the copy.</param>
    /// <param name="agents">All that may be there.</param>
    /// <param name="isMultiAgent">Whether hooks are to see agents; else there is one, and it is the episode.</param>
    internal Episode(int runnerIndex, int environmentIndex, EpisodeAgent[] agents, bool isMultiAgent)
    {
        (RunnerIndex, EnvironmentIndex, AllAgents) = (runnerIndex, environmentIndex, agents);
        Agents = isMultiAgent ? agents : [];
        _only = isMultiAgent ? null : agents[0];
    }

    /// <summary>Number of the runner, from 0.</summary>
    public int RunnerIndex { get; }

    /// <summary>Number of the copy within its runner, from 0.</summary>
    public int EnvironmentIndex { get; }

    /// <summary>How many episodes of this copy came before; counts on after a restore.</summary>
    public long Number { get; internal set; }

    /// <summary>The sum of the rewards so far, as the environment gave them.</summary>
    public double Return { get; internal set; }

    /// <summary>Steps so far.</summary>
    public int Length { get; internal set; }

    /// <summary>The reward of the last step; 0 before the first.</summary>
    public double Reward { get; internal set; }

    /// <summary>Whether the episode has ended by itself.</summary>
    public bool Terminated { get; internal set; }

    /// <summary>Whether the episode was cut, and had not ended by itself.</summary>
    public bool Truncated { get; internal set; }

    /// <summary>The agents that may be there, in the order of the environment; none where the environment has one agent.</summary>
    public IReadOnlyList<EpisodeAgent> Agents { get; }

    /// <summary>The last observation, as the environment wrote it. Valid during the call. Empty with several agents.</summary>
    public ReadOnlySpan<float> Observation => _only is null ? [] : _only.Observation;

    /// <summary>
    /// The last action, as the environment got it: stretched and clipped, choices as whole numbers. Valid during the call. Empty with several agents.
    /// </summary>
    public ReadOnlySpan<float> Action => _only is null ? [] : _only.Action;

    /// <summary>The agent of a name.</summary>
    /// <exception cref="KeyNotFoundException">The environment has no such agent.</exception>
    public EpisodeAgent Agent(string id) => Agents.FirstOrDefault(a => a.Id == id)
        ?? throw new KeyNotFoundException($"There is no agent '{id}' in the episode; "
            + $"{(Agents.Count == 0 ? "the environment has one agent" : $"there are: {string.Join(", ", Agents.Select(a => a.Id))}")}.");

    /// <summary>
    /// Numbers that hooks collect during the episode, by name: empty at its start, saved with it in checkpoints.
    /// </summary>
    public IList<double> Data(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (!_data.TryGetValue(name, out var values))
        {
            _data.Add(name, values = []);
        }

        return values;
    }

    /// <summary>All agents, also the only one.</summary>
    internal EpisodeAgent[] AllAgents { get; }

    internal long StartedAt { get; set; }

    internal IReadOnlyDictionary<string, List<double>> AllData => _data;

    internal void Clear()
    {
        (Return, Length, Reward, Terminated, Truncated) = (0, 0, 0, false, false);
        foreach (var values in _data.Values)
        {
            values.Clear();
        }

        foreach (var agent in AllAgents)
        {
            agent.Clear();
        }
    }

    internal void Take(StepResult step)
    {
        Return += step.Reward;
        Length++;
        Reward = step.Reward;
        Terminated = step.Terminated;
        Truncated = step.Truncated && !step.Terminated;
    }
}
