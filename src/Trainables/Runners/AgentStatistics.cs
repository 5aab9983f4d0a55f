using Tuning.Checkpointing;

namespace Tuning.Runners;

/// <summary>
/// Counts and returns of each agent and each policy. As in RLlib, steps are the observations that agents got from steps of the environment, and a
/// mean is over the last episodes in which the agent acted. Unlike there, the return of a policy in an episode is the sum over all of its agents, not that of the last one.
/// </summary>
internal sealed class AgentStatistics
{
    private readonly int _window;
    private readonly Series[] _agents;
    private readonly Series[] _policies;
    private readonly double[] _sums;
    private readonly bool[] _acted;

    public AgentStatistics(int window, string prefix, IEnumerable<string> agents, IEnumerable<string> policies)
    {
        _window = window;
        _agents = [.. agents.Select(a => new Series(prefix, "agent", a))];
        _policies = [.. policies.Select(p => new Series(prefix, "module", p))];
        _sums = new double[_policies.Length];
        _acted = new bool[_policies.Length];
    }

    /// <summary>Takes in an episode that has ended.</summary>
    public void Take(ReadOnlySpan<FinishedAgent> agents)
    {
        Array.Clear(_sums);
        Array.Clear(_acted);
        foreach (var agent in agents)
        {
            _agents[agent.Agent].Add(agent.Return, agent.Steps, _window);
            _sums[agent.Policy] += agent.Return;
            _acted[agent.Policy] = true;
        }

        for (var i = 0; i < _policies.Length; i++)
        {
            if (_acted[i])
            {
                _policies[i].Add(_sums[i], 0, _window);
            }
        }
    }

    /// <summary>Takes in the steps of a runner, and clears them there.</summary>
    public void Count(MultiAgentEnvRunner runner)
    {
        for (var i = 0; i < _agents.Length; i++)
        {
            _agents[i].Count(runner.AgentSteps[i]);
        }

        Array.Clear(runner.AgentSteps);
        for (var i = 0; i < _policies.Length; i++)
        {
            _policies[i].Count(runner.Policies[i].Steps);
            runner.Policies[i].Steps = 0;
        }
    }

    /// <summary>Leaves out all episodes that have ended until now.</summary>
    public void Forget()
    {
        foreach (var series in _agents.Concat(_policies))
        {
            series.Returns.Clear();
            series.Lengths.Clear();
        }
    }

    /// <summary>Writes all keys, and begins to count anew what is counted per iteration.</summary>
    public void WriteTo(Metrics metrics)
    {
        foreach (var agent in _agents)
        {
            agent.WriteTo(metrics);
        }

        foreach (var policy in _policies)
        {
            policy.WriteTo(metrics);
        }
    }

    public ComponentState SaveTo(ComponentState state)
    {
        var (values, tensors) = (ParameterSet.Empty, state.Tensors);
        foreach (var series in _agents.Concat(_policies))
        {
            values = ParameterSet.From([.. values, new(series.Id, series.StepsLifetime)]);
            tensors = tensors.SetItem(series.Id + "/returns", StateTensor.Of(series.Returns.ToArray(), series.Returns.Count));
            tensors = tensors.SetItem(series.Id + "/steps", StateTensor.Of(series.Lengths.ToArray(), series.Lengths.Count));
        }

        return state with { Values = ParameterSet.From([.. state.Values!, new("steps_sampled_lifetime", values)]), Tensors = tensors };
    }

    /// <summary>Takes over what a state says of the agents and policies that there are here.</summary>
    public void Restore(ComponentState state)
    {
        var steps = state.Values!["steps_sampled_lifetime"] as ParameterSet ?? throw new CheckpointException("The state of the environment runners has no steps_sampled_lifetime.");
        foreach (var series in _agents.Concat(_policies))
        {
            series.Clear();
            if (steps.FirstOrDefault(p => p.Key == series.Id) is { Key: not null } known)
            {
                var returns = state.Tensor(series.Id + "/returns").Doubles;
                var lengths = state.Tensor(series.Id + "/steps").Longs;
                for (var i = Math.Max(0, returns.Length - _window); i < returns.Length; i++)
                {
                    series.Add(returns[i], lengths[i], _window);
                }

                series.StepsLifetime = Convert.ToInt64(known.Value, System.Globalization.CultureInfo.InvariantCulture);
            }
        }
    }

    private sealed class Series(string prefix, string kind, string name)
    {
        private readonly string _return = $"{prefix}{kind}_episode_returns_mean/{name}";
        private readonly string _length = $"{prefix}agent_steps/{name}";
        private readonly string _steps = $"{prefix}num_{kind}_steps_sampled/{name}";
        private readonly string _lifetime = $"{prefix}num_{kind}_steps_sampled_lifetime/{name}";
        private long _now;

        public string Id { get; } = $"{kind}:{name}";

        public Queue<double> Returns { get; } = [];

        public Queue<long> Lengths { get; } = [];

        public long StepsLifetime { get; set; }

        public void Count(long steps)
        {
            _now += steps;
            StepsLifetime += steps;
        }

        public void Add(double value, long steps, int window)
        {
            Returns.Enqueue(value);
            Lengths.Enqueue(steps);
            if (Returns.Count > window)
            {
                Returns.Dequeue();
                Lengths.Dequeue();
            }
        }

        public void Clear()
        {
            Returns.Clear();
            Lengths.Clear();
            (_now, StepsLifetime) = (0, 0);
        }

        public void WriteTo(Metrics metrics)
        {
            if (Returns.Count > 0)
            {
                metrics[_return] = Returns.Sum() / Returns.Count;
                if (kind == "agent")
                {
                    metrics[_length] = (double)Lengths.Sum() / Lengths.Count;
                }
            }

            metrics[_steps] = _now;
            metrics[_lifetime] = StepsLifetime;
            _now = 0;
        }
    }
}
