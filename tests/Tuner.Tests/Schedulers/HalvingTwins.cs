namespace Tuning.Tests.Schedulers;

/// <summary>ASHA that promotes, written plainly: who came to each rung with what, sorted at every question. Larger is better; all values are numbers.</summary>
internal sealed class PromotionTwin(int maxT, int factor)
{
    private readonly List<(int Milestone, List<(double Value, int Trial)> Came, HashSet<int> Paused)> _rungs =
        [.. Enumerable.Range(0, 10).Select(k => (int)Math.Pow(factor, k)).Where(m => m < maxT).Select(m => (m, new List<(double, int)>(), new HashSet<int>()))];

    /// <summary>What the scheduler does with a trial: "stop", "pause" or null.</summary>
    public string? Report(int trial, int time, double value)
    {
        if (time >= maxT)
        {
            return "stop";
        }

        var at = _rungs.FindLastIndex(r => time >= r.Milestone);
        if (_rungs.Skip(at).Any(r => r.Came.Exists(c => c.Trial == trial)))
        {
            return null;
        }

        _rungs[at].Came.Add((value, trial));
        _rungs[at].Paused.Add(trial);
        return "pause";
    }

    /// <summary>The paused trial that goes on in a free slot; it does.</summary>
    public int? Start()
    {
        for (var i = _rungs.Count - 1; i >= 0; i--)
        {
            var (_, came, paused) = _rungs[i];
            var ranked = came.OrderByDescending(c => c.Value).ThenBy(c => c.Trial).Select(c => c.Trial).ToList();
            var best = ranked.FindIndex(paused.Contains);
            if (best >= 0 && best < came.Count / factor)
            {
                paused.Remove(ranked[best]);
                return ranked[best];
            }
        }

        return null;
    }
}

/// <summary>HyperBand written plainly, for trials that are all there from the beginning. Larger is better; all values are numbers.</summary>
internal sealed class HyperBandTwin
{
    private readonly List<Group> _groups = [];

    /// <summary>Groups of so many trials, and the milestone at which each is halved first; in the order in which trials are added.</summary>
    public HyperBandTwin(int factor, int maxT, params (int Trials, int Milestone)[] groups)
    {
        var first = 0;
        foreach (var (trials, milestone) in groups)
        {
            _groups.Add(new(factor, maxT, milestone, trials, [.. Enumerable.Range(first, trials)]));
            first += trials;
        }
    }

    /// <summary>Who is stopped at a report, and whether the trial itself pauses.</summary>
    public (HashSet<int> Stopped, bool IsPaused) Report(int trial, int time, double value)
    {
        var group = Of(trial);
        if (time < group.Milestone)
        {
            return ([], false);
        }

        if (group.Milestone == group.MaxT)
        {
            group.Live.Remove(trial);
            return ([trial], false);
        }

        group.Arrived[trial] = value;
        if (group.Arrived.Count < group.Live.Count)
        {
            return ([], true);
        }

        return (group.Halve(), false);
    }

    /// <summary>Who is stopped when a trial ends.</summary>
    public HashSet<int> End(int trial)
    {
        var group = Of(trial);
        group.Live.Remove(trial);
        group.Arrived.Remove(trial);
        return group.Live.Count > 0 && group.Arrived.Count == group.Live.Count ? group.Halve() : [];
    }

    /// <summary>Whether a paused trial may go on.</summary>
    public bool MayGoOn(int trial) => !Of(trial).Arrived.ContainsKey(trial);

    private Group Of(int trial) => _groups.Single(g => g.All.Contains(trial));

    private sealed class Group(int factor, int maxT, int milestone, int target, int[] all)
    {
        private int _target = target;

        public int[] All { get; } = all;

        public int MaxT { get; } = maxT;

        public int Milestone { get; private set; } = milestone;

        public HashSet<int> Live { get; } = [.. all];

        public Dictionary<int, double> Arrived { get; } = [];

        public HashSet<int> Halve()
        {
            _target = (_target + factor - 1) / factor;
            var losers = Arrived.OrderByDescending(a => a.Value).ThenBy(a => a.Key).Skip(_target).Select(a => a.Key).ToHashSet();
            Live.ExceptWith(losers);
            Arrived.Clear();
            Milestone = Math.Min(MaxT, Milestone * factor);
            return losers;
        }
    }
}
