using System.Runtime.CompilerServices;
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
    private readonly AgentStatistics? _agents;
    private int[] _cursors = [];

    // The last episodes; grows up to the window, then the oldest gives way to the newest.
    private FinishedEpisode[] _last;
    private int _oldest;
    private int _count;

    /// <param name="window">How many episodes are averaged over.</param>
    /// <param name="prefix">What stands before the keys.</param>
    /// <param name="agents">Where agents are counted; null where there is one agent.</param>
    public EpisodeStatistics(int window, string prefix, AgentStatistics? agents = null)
    {
        _window = window;
        _agents = agents;
        _names = new(prefix);
        _last = new FinishedEpisode[Math.Min(window, 1000)];
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
    /// <param name="runners">Who played.</param>
    /// <param name="planned">How many steps all of them took; null where whole episodes were played, so that each runner has its own count.</param>
    public void Add(ReadOnlySpan<EnvRunner> runners, long? planned)
    {
        var steps = planned ?? 0;
        for (var i = 0; planned is null && i < runners.Length; i++)
        {
            steps += runners[i].PlayedSteps;
        }

        Array.Resize(ref _cursors, runners.Length);
        Array.Clear(_cursors);
        Steps += steps;
        StepsLifetime += steps;
        while (Next(runners) is >= 0 and var runner)
        {
            var episode = runners[runner].Finished[_cursors[runner]++];
            _agents?.Take(runners[runner].AgentsOf(episode));
            Take(episode);
            Episodes++;
            EpisodesLifetime++;
        }
    }

    /// <summary>Leaves out all episodes that have ended until now.</summary>
    public void Forget()
    {
        (_oldest, _count) = (0, 0);
        _agents?.Forget();
    }

    /// <summary>Writes all keys, and begins to count anew what is counted per iteration; keys of returns and lengths only once an episode has ended.</summary>
    /// <param name="metrics">Where to.</param>
    /// <param name="weightsSequenceNumber">How often weights have changed; null where that is not told.</param>
    public void WriteTo(Metrics metrics, long? weightsSequenceNumber)
    {
        if (_count > 0)
        {
            WriteEpisodes(metrics);
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
            .SetItem("episode_returns", StateTensor.Of(Last().Select(e => e.Return).ToArray(), _count))
            .SetItem("episode_lengths", StateTensor.Of(Last().Select(e => (long)e.Length).ToArray(), _count)),
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
        (_oldest, _count) = (0, 0);
        for (var i = Math.Max(0, returns.Length - _window); i < returns.Length; i++)
        {
            Take(new(0, returns[i], (int)lengths[i], double.NaN));
        }
    }

    private void WriteOneAgent(Metrics metrics)
    {
        if (_count > 0)
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

    private void Take(in FinishedEpisode episode)
    {
        if (_count == _window)
        {
            _last[_oldest] = episode;
            _oldest = _oldest + 1 == _window ? 0 : _oldest + 1;
            return;
        }

        if (_count == _last.Length)
        {
            Array.Resize(ref _last, (int)Math.Min(_window, 2L * _count));
        }

        _last[_count++] = episode;
    }

    // From the oldest to the newest.
    private IEnumerable<FinishedEpisode> Last() => Enumerable.Range(0, _count).Select(i => _last[(_oldest + i) % _count]);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void WriteEpisodes(Metrics metrics)
    {
        var (returns, lengths) = (new Summary(), new Summary());
        var (seconds, timed) = (0.0, 0);
        for (var i = 0; i < _count; i++)
        {
            var at = _oldest + i;
            ref readonly var episode = ref _last[at < _count ? at : at - _count];
            returns.Add(episode.Return);
            lengths.Add(episode.Length);
            if (!double.IsNaN(episode.Seconds))
            {
                seconds += episode.Seconds;
                timed++;
            }
        }

        returns.WriteTo(metrics, _names.Return, _count);
        lengths.WriteTo(metrics, _names.Length, _count);
        if (timed > 0)
        {
            metrics[_names.Duration] = seconds / timed;
        }
    }

    private struct Summary()
    {
        private double _sum;
        private double _low = double.PositiveInfinity;
        private double _high = double.NegativeInfinity;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Add(double value)
        {
            _sum += value;
            _low = Math.Min(_low, value);
            _high = Math.Max(_high, value);
        }

        public readonly void WriteTo(Metrics metrics, EpisodeMetricNames.Smoothed names, int count)
        {
            metrics[names.Mean] = _sum / count;
            metrics[names.Min] = _low;
            metrics[names.Max] = _high;
        }
    }
}
