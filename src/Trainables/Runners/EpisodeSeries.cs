namespace Tuning.Runners;

/// <summary>The last episodes of all agents together, of one agent, or of one policy: their returns and lengths, and how many steps there were.</summary>
/// <param name="window">How many of the last episodes are kept, at least 1.</param>
/// <param name="capacity">For how many there is room from the start.</param>
internal sealed class EpisodeSeries(int window, int capacity = 16)
{
    // Grows up to the window, then the oldest gives way to the newest.
    private (double Return, long Steps, double Seconds)[] _last = new (double, long, double)[Math.Min(window, capacity)];
    private int _oldest;

    /// <summary>How many episodes are kept.</summary>
    public int Count { get; private set; }

    /// <summary>Steps since they were last written.</summary>
    public long Steps { get; private set; }

    /// <summary>Steps ever.</summary>
    public long StepsLifetime { get; private set; }

    /// <summary>Takes in steps.</summary>
    public void CountSteps(long steps) => (Steps, StepsLifetime) = (Steps + steps, StepsLifetime + steps);

    /// <summary>What was counted since it was last written has been written.</summary>
    public void Wrote() => Steps = 0;

    /// <summary>Takes in an episode.</summary>
    /// <param name="value">Its return.</param>
    /// <param name="steps">Its length.</param>
    /// <param name="seconds">How long it took; NaN when that is not known.</param>
    public void Add(double value, long steps, double seconds = double.NaN)
    {
        if (Count == window)
        {
            _last[_oldest] = (value, steps, seconds);
            _oldest = _oldest + 1 == window ? 0 : _oldest + 1;
            return;
        }

        if (Count == _last.Length)
        {
            Array.Resize(ref _last, (int)Math.Min(window, 2L * Count));
        }

        _last[Count++] = (value, steps, seconds);
    }

    /// <summary>Leaves out all episodes that have ended until now.</summary>
    public void Forget() => (_oldest, Count) = (0, 0);

    /// <summary>Sums over the episodes, from the oldest to the newest.</summary>
    [MethodImpl(AggressiveOptimization)]
    public (Summary Returns, Summary Steps, Summary Seconds) Summarise()
    {
        var (returns, steps, seconds) = (new Summary(), new Summary(), new Summary());
        for (var i = 0; i < Count; i++)
        {
            var at = _oldest + i;
            ref readonly var episode = ref _last[at < Count ? at : at - Count];
            returns.Add(episode.Return);
            steps.Add(episode.Steps);
            if (!double.IsNaN(episode.Seconds))
            {
                seconds.Add(episode.Seconds);
            }
        }

        return (returns, steps, seconds);
    }

    /// <summary>Adds the episodes to a state, without durations, which are the clock's.</summary>
    public ComponentState SaveTo(ComponentState state, string returns, string lengths)
    {
        var last = Enumerable.Range(0, Count).Select(i => _last[(_oldest + i) % Count]).ToList();
        return state.With(NamedTensor.Of<double>(returns, [Count], [.. last.Select(e => e.Return)]),
            NamedTensor.Of<long>(lengths, [Count], [.. last.Select(e => (long)e.Steps)]));
    }

    /// <summary>Forgets everything and takes over steps, and the episodes of a state.</summary>
    /// <param name="state">Where they are; null for none.</param>
    /// <param name="returns">The name of the returns in it.</param>
    /// <param name="lengths">The name of the lengths in it.</param>
    /// <param name="steps">Steps ever.</param>
    public void Restore(ComponentState? state, string returns, string lengths, long steps)
    {
        Forget();
        (Steps, StepsLifetime) = (0, steps);
        if (state is null)
        {
            return;
        }

        var values = state.Tensor(returns).As<double>();
        var counts = state.Tensor(lengths).As<long>();
        if (values.Length != counts.Length)
        {
            throw new CheckpointException($"The checkpoint has {values.Length} numbers in {returns} and {counts.Length} in {lengths}; there must be as many.");
        }

        for (var i = Math.Max(0, values.Length - window); i < values.Length; i++)
        {
            Add(values[i], counts[i]);
        }
    }

    /// <summary>Sum, smallest and largest of some numbers.</summary>
    internal struct Summary()
    {
        private double _sum;

        public int Count { get; private set; }

        public double Low { get; private set; } = double.PositiveInfinity;

        public double High { get; private set; } = double.NegativeInfinity;

        public readonly double Mean => _sum / Count;

        [MethodImpl(AggressiveInlining)]
        public void Add(double value)
        {
            _sum += value;
            Count++;
            Low = Math.Min(Low, value);
            High = Math.Max(High, value);
        }
    }
}
