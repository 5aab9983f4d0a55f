using Tuning.Checkpointing;

namespace Tuning.Runners;

/// <summary>
/// Counts episodes and steps, and smooths returns and lengths over the last finished episodes. Episodes are taken in by the step
/// in which they ended, within a step by runner and copy.
/// </summary>
internal sealed class EpisodeStatistics
{
    private readonly int _window;
    private readonly EpisodeMetricNames _names;
    private readonly Queue<FinishedEpisode> _last;
    private readonly AgentStatistics? _agents;
    private int[] _cursors = [];

    /// <param name="window">How many episodes are averaged over.</param>
    /// <param name="prefix">What stands before the keys.</param>
    /// <param name="agents">Where agents are counted; null where there is one agent.</param>
    public EpisodeStatistics(int window, string prefix, AgentStatistics? agents = null)
    {
        _window = window;
        _agents = agents;
        _names = new(prefix);
        _last = new(Math.Min(window, 1000) + 1);
    }

    /// <summary>Steps of all copies ever.</summary>
    public long StepsLifetime { get; private set; }

    /// <summary>Finished episodes ever.</summary>
    public long EpisodesLifetime { get; private set; }

    /// <summary>Steps of all copies since they were last written.</summary>
    public long Steps { get; private set; }

    /// <summary>Episodes that ended since they were last written.</summary>
    public long Episodes { get; private set; }

    /// <summary>Takes in an iteration.</summary>
    public void Add(ReadOnlySpan<EnvRunner> runners, long steps)
    {
        Array.Resize(ref _cursors, runners.Length);
        Array.Clear(_cursors);
        Steps += steps;
        StepsLifetime += steps;
        while (Next(runners) is >= 0 and var runner)
        {
            var episode = runners[runner].Finished[_cursors[runner]++];
            _agents?.Take(runners[runner].AgentsOf(episode));
            _last.Enqueue(episode);
            if (_last.Count > _window)
            {
                _last.Dequeue();
            }

            Episodes++;
            EpisodesLifetime++;
        }
    }

    /// <summary>Leaves out all episodes that have ended until now.</summary>
    public void Forget()
    {
        _last.Clear();
        _agents?.Forget();
    }

    /// <summary>Writes all keys, and begins to count anew what is counted per iteration; keys of returns and lengths only once an episode has ended.</summary>
    /// <param name="metrics">Where to.</param>
    /// <param name="weightsSequenceNumber">How often weights have changed; null where that is not told.</param>
    public void WriteTo(Metrics metrics, long? weightsSequenceNumber)
    {
        if (_last.Count > 0)
        {
            Write(metrics, _names.Return, e => e.Return);
            Write(metrics, _names.Length, e => e.Length);
            var timed = _last.Where(e => !double.IsNaN(e.Seconds)).ToList();
            if (timed.Count > 0)
            {
                metrics[_names.Duration] = timed.Average(e => e.Seconds);
            }
        }

        metrics[_names.Episodes] = Episodes;
        metrics[_names.EpisodesLifetime] = EpisodesLifetime;
        metrics[_names.Steps] = Steps;
        metrics[_names.StepsLifetime] = StepsLifetime;
        if (_agents is not null)
        {
            _agents.WriteTo(metrics);
        }
        else
        {
            WriteOneAgent(metrics);
        }

        if (weightsSequenceNumber is { } changes)
        {
            metrics[_names.WeightsSequenceNumber] = changes;
        }

        (Steps, Episodes) = (0, 0);
    }

    /// <summary>Everything but durations, which are the clock's.</summary>
    public ComponentState SaveTo(ComponentState state) => state with
    {
        Values = state.Values!
            .With("num_env_steps_sampled_lifetime", StepsLifetime)
            .With("num_episodes_lifetime", EpisodesLifetime),
        Tensors = state.Tensors
            .SetItem("episode_returns", StateTensor.Of(_last.Select(e => e.Return).ToArray(), _last.Count))
            .SetItem("episode_lengths", StateTensor.Of(_last.Select(e => (long)e.Length).ToArray(), _last.Count)),
    };

    public void Restore(ComponentState state)
    {
        var returns = state.Tensor("episode_returns").Doubles;
        var lengths = state.Tensor("episode_lengths").Longs;
        if (returns.Length != lengths.Length)
        {
            throw new CheckpointException($"The checkpoint has {returns.Length} episode returns and {lengths.Length} episode lengths; there must be as many.");
        }

        StepsLifetime = state.Value<long>("num_env_steps_sampled_lifetime");
        EpisodesLifetime = state.Value<long>("num_episodes_lifetime");
        (Steps, Episodes) = (0, 0);
        _last.Clear();
        for (var i = Math.Max(0, returns.Length - _window); i < returns.Length; i++)
        {
            _last.Enqueue(new(0, returns[i], (int)lengths[i], double.NaN));
        }
    }

    private void WriteOneAgent(Metrics metrics)
    {
        if (_last.Count > 0)
        {
            metrics[_names.AgentReturn] = metrics[_names.Return.Mean];
            metrics[_names.ModuleReturn] = metrics[_names.Return.Mean];
        }

        metrics[_names.AgentSteps] = Steps;
        metrics[_names.AgentStepsLifetime] = StepsLifetime;
        metrics[_names.ModuleSteps] = Steps;
        metrics[_names.ModuleStepsLifetime] = StepsLifetime;
    }

    // The runner whose next episode ended first; -1 when none is left.
    private int Next(ReadOnlySpan<EnvRunner> runners)
    {
        var first = -1;
        for (var i = 0; i < runners.Length; i++)
        {
            var finished = runners[i].Finished;
            if (_cursors[i] < finished.Length && (first < 0 || finished[_cursors[i]].Step < runners[first].Finished[_cursors[first]].Step))
            {
                first = i;
            }
        }

        return first;
    }

    private void Write(Metrics metrics, EpisodeMetricNames.Smoothed names, Func<FinishedEpisode, double> value)
    {
        double sum = 0, low = double.PositiveInfinity, high = double.NegativeInfinity;
        foreach (var episode in _last)
        {
            var each = value(episode);
            sum += each;
            low = Math.Min(low, each);
            high = Math.Max(high, each);
        }

        metrics[names.Mean] = sum / _last.Count;
        metrics[names.Min] = low;
        metrics[names.Max] = high;
    }
}
