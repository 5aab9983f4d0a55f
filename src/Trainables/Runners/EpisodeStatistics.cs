namespace Tuning.Runners;

/// <summary>
/// Counts episodes and steps, and smooths returns and lengths over the last finished episodes: of all agents together, of each agent and of each policy.
/// Episodes are taken in by the step in which they ended, within a step by runner and copy. The keys are RLlib's.
/// </summary>
/// <remarks>
/// As in RLlib, steps of an agent are the observations that it got from steps of the environment, and a mean is over the last episodes in which it acted.
/// Unlike
/// there, the return of a policy in an episode is the sum over all of its agents, not that of the last one. Where there is one agent, its numbers are the
/// episode's.
/// </remarks>
internal sealed class EpisodeStatistics
{
    private readonly EpisodeSeries _all;

    // The agents, then the policies.
    private readonly Part[] _parts;
    private readonly int _agents;
    private readonly bool _isMultiAgent;
    private readonly (double Return, bool Acted)[] _sums;
    private readonly Smoothed _return;
    private readonly Smoothed _length;
    private readonly string _duration;
    private readonly string _episodes;
    private readonly string _episodesLifetime;
    private readonly string _steps;
    private readonly string _stepsLifetime;
    private readonly string _weights;
    private int[] _cursors = [];

    /// <param name="window">How many episodes are averaged over.</param>
    /// <param name="prefix">What stands before the keys.</param>
    /// <param name="layout">The agents and policies.</param>
    public EpisodeStatistics(int window, string prefix, PolicyLayout layout)
    {
        (_all, _isMultiAgent) = (new(window, capacity: 1000), layout.IsMultiAgent);
        _parts = [.. layout.Agents.Select(a => new Part(window, prefix, "agent", a)), .. layout.Policies.Select(p => new Part(window, prefix, "module", p.Id))];
        (_agents, _sums) = (layout.Agents.Count, new (double, bool)[layout.Policies.Count]);
        (_return, _length, _duration) = (new(prefix + "episode_return"), new(prefix + "episode_len"), prefix + "episode_duration_sec_mean");
        (_episodes, _episodesLifetime) = (prefix + "num_episodes", prefix + "num_episodes_lifetime");
        (_steps, _stepsLifetime) = (prefix + "num_env_steps_sampled", prefix + "num_env_steps_sampled_lifetime");
        _weights = prefix + "weights_seq_no";
    }

    /// <summary>The keys that it writes, without what stands before them and without the number of the weights.</summary>
    /// <param name="agent">What stands for the name of each agent.</param>
    /// <param name="policies">The names of the policies.</param>
    /// <param name="isMultiAgent">Whether there are several agents.</param>
    public static IEnumerable<string> Keys(string agent, IEnumerable<string> policies, bool isMultiAgent) =>
    [
        .. from name in (string[])["episode_return", "episode_len"] from part in (string[])["_mean", "_min", "_max"] select name + part,
        "episode_duration_sec_mean", "num_episodes", "num_episodes_lifetime", "num_env_steps_sampled", "num_env_steps_sampled_lifetime",
        .. Part.Keys("agent", agent, isMultiAgent), .. policies.SelectMany(policy => Part.Keys("module", policy, withLengths: false)),
    ];

    /// <summary>Steps of all copies ever.</summary>
    public long StepsLifetime => _all.StepsLifetime;

    /// <summary>Finished episodes ever.</summary>
    public long EpisodesLifetime { get; private set; }

    /// <summary>Episodes that ended since they were last written.</summary>
    public long Episodes { get; private set; }

    /// <summary>Takes in an iteration, and clears there what runners have counted of agents.</summary>
    /// <param name="runners">Who played.</param>
    /// <param name="planned">How many steps all of them took; null where whole episodes were played, so that each runner has its own count.</param>
    public void Add(ReadOnlySpan<EnvRunner> runners, long? planned)
    {
        var steps = planned ?? 0;
        foreach (var runner in runners)
        {
            steps += planned is null ? runner.PlayedSteps : 0;
            CountAgents(runner);
        }

        Array.Resize(ref _cursors, runners.Length);
        Array.Clear(_cursors);
        _all.CountSteps(steps);
        while (Next(runners) is >= 0 and var runner)
        {
            ref readonly var episode = ref runners[runner].Player.Finished[_cursors[runner]++];
            if (_isMultiAgent)
            {
                Add(runners[runner].Player.AgentsOf(episode));
            }

            _all.Add(episode.Return, episode.Length, episode.Seconds);
            Episodes++;
            EpisodesLifetime++;
        }
    }

    /// <summary>Leaves out all episodes that have ended until now.</summary>
    public void Forget()
    {
        _all.Forget();
        foreach (var part in _parts)
        {
            part.Series.Forget();
        }
    }

    /// <summary>Writes all keys, and begins to count anew what is counted per iteration; keys of returns and lengths only once an episode has ended.</summary>
    /// <param name="metrics">Where to.</param>
    /// <param name="weightsSequenceNumber">How often weights have changed; null where that is not told.</param>
    public void WriteTo(Metrics metrics, long? weightsSequenceNumber)
    {
        if (_all.Count > 0)
        {
            var (returns, lengths, seconds) = _all.Summarise();
            _return.WriteTo(metrics, returns);
            _length.WriteTo(metrics, lengths);
            if (seconds.Count > 0)
            {
                metrics[_duration] = seconds.Mean;
            }
        }

        metrics[_episodes] = Episodes;
        metrics[_episodesLifetime] = EpisodesLifetime;
        metrics[_steps] = _all.Steps;
        metrics[_stepsLifetime] = _all.StepsLifetime;
        if (_isMultiAgent)
        {
            foreach (var part in _parts)
            {
                part.WriteReturns(metrics, part.Series, withLengths: part.IsAgent);
                part.WriteSteps(metrics, part.Series);
                part.Series.Wrote();
            }
        }
        else
        {
            Array.ForEach(_parts, part => part.WriteReturns(metrics, _all, withLengths: false));
            Array.ForEach(_parts, part => part.WriteSteps(metrics, _all));
        }

        if (weightsSequenceNumber is { } changes)
        {
            metrics[_weights] = changes;
        }

        _all.Wrote();
        Episodes = 0;
    }

    public ComponentState SaveTo(ComponentState state)
    {
        state = _all.SaveTo(state, "episode_returns", "episode_lengths");
        List<KeyValuePair<string, object?>> values =
            [.. state.Values!, new("num_env_steps_sampled_lifetime", StepsLifetime), new("num_episodes_lifetime", EpisodesLifetime)];
        if (_isMultiAgent)
        {
            values.Add(new("steps_sampled_lifetime", ParameterSet.From(_parts.Select(p => KeyValuePair.Create(p.Id, (object?)p.Series.StepsLifetime)))));
            state = _parts.Aggregate(state, (current, part) => part.Series.SaveTo(current, part.Id + "/returns", part.Id + "/steps"));
        }

        return state with { Values = ParameterSet.From(values) };
    }

    /// <summary>Takes over a state; of agents and policies those that there are here.</summary>
    public void Restore(ComponentState state)
    {
        _all.Restore(state, "episode_returns", "episode_lengths", state.Value<long>("num_env_steps_sampled_lifetime"));
        (EpisodesLifetime, Episodes) = (state.Value<long>("num_episodes_lifetime"), 0);
        if (_isMultiAgent)
        {
            var steps = state.Values!["steps_sampled_lifetime"] as ParameterSet ?? throw new CheckpointException("The state of the environment runners "
                + "has no steps_sampled_lifetime.");
            foreach (var part in _parts)
            {
                var (known, count) = steps.FirstOrDefault(p => p.Key == part.Id);
                var lifetime = Convert.ToInt64(count, CultureInfo.InvariantCulture);
                part.Series.Restore(known is null ? null : state, part.Id + "/returns", part.Id + "/steps", lifetime);
            }
        }
    }

    private void CountAgents(EnvRunner runner)
    {
        for (var i = 0; i < _agents; i++)
        {
            _parts[i].Series.CountSteps(runner.Player.AgentSteps[i]);
        }

        Array.Clear(runner.Player.AgentSteps);
        for (var i = 0; i < _sums.Length; i++)
        {
            _parts[_agents + i].Series.CountSteps(runner.Policies[i].Steps);
            runner.Policies[i].Steps = 0;
        }
    }

    // An episode has ended.
    private void Add(ReadOnlySpan<FinishedAgent> agents)
    {
        Array.Clear(_sums);
        foreach (var agent in agents)
        {
            _parts[agent.Agent].Series.Add(agent.Return, agent.Steps);
            _sums[agent.Policy] = (_sums[agent.Policy].Return + agent.Return, true);
        }

        for (var i = 0; i < _sums.Length; i++)
        {
            if (_sums[i].Acted)
            {
                _parts[_agents + i].Series.Add(_sums[i].Return, 0);
            }
        }
    }

    // The runner whose next episode ended first; -1 when none is left.
    private int Next(ReadOnlySpan<EnvRunner> runners)
    {
        var first = -1;
        for (var i = 0; i < runners.Length; i++)
        {
            var finished = runners[i].Player.Finished;
            if (_cursors[i] < finished.Length && (first < 0 || finished[_cursors[i]].Step < runners[first].Player.Finished[_cursors[first]].Step))
            {
                first = i;
            }
        }

        return first;
    }

    // The keys of mean, smallest and largest.
    private sealed class Smoothed(string name)
    {
        private readonly string _mean = name + "_mean";
        private readonly string _min = name + "_min";
        private readonly string _max = name + "_max";

        public void WriteTo(Metrics metrics, EpisodeSeries.Summary summary) =>
            (metrics[_mean], metrics[_min], metrics[_max]) = (summary.Mean, summary.Low, summary.High);
    }

    // An agent or a policy, and its keys.
    private sealed class Part(int window, string prefix, string kind, string name)
    {
        private readonly string[] _keys = [.. Keys(kind, name, withLengths: true).Select(key => prefix + key)];

        public bool IsAgent => kind == "agent";

        public string Id { get; } = $"{kind}:{name}";

        public EpisodeSeries Series { get; } = new(window);

        public static string[] Keys(string kind, string name, bool withLengths)
        {
            string[] keys = [$"{kind}_episode_returns_mean/{name}", $"num_{kind}_steps_sampled/{name}", $"num_{kind}_steps_sampled_lifetime/{name}"];
            return withLengths ? [.. keys, $"agent_steps/{name}"] : keys;
        }

        public void WriteReturns(Metrics metrics, EpisodeSeries series, bool withLengths)
        {
            if (series.Count > 0)
            {
                var (returns, lengths, _) = series.Summarise();
                metrics[_keys[0]] = returns.Mean;
                if (withLengths)
                {
                    metrics[_keys[3]] = lengths.Mean;
                }
            }
        }

        public void WriteSteps(Metrics metrics, EpisodeSeries series) => (metrics[_keys[1]], metrics[_keys[2]]) = (series.Steps, series.StepsLifetime);
    }
}
