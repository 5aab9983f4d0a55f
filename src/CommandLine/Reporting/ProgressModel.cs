namespace Tuning.Reporting;

/// <summary>
/// What is known of an experiment's progress. Memory grows with the trials that have not ended, not with those that have.
/// </summary>
/// <remarks>Safe on any thread: the callback's thread changes it, the display's thread takes snapshots.</remarks>
internal sealed class ProgressModel(TimeProvider time)
{
    private const int RememberedEnded = 20;
    private static readonly TimeSpan _rateWindow = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly Dictionary<TrialId, LiveTrial> _live = [];
    private readonly Queue<TrialView> _ended = [];
    private readonly Queue<(long Stamp, long Reports)> _marks = [];
    private ExperimentInfo? _experiment;
    private long _begin;
    private long _reports;
    private readonly int[] _endings = new int[TrialView.Words.Length];
    private int _endedNow;
    private double _endedSeconds;

    // Of those that have ended.
    private TrialView? _best;

    public void Begin(ExperimentInfo experiment)
    {
        lock (_lock)
        {
            _experiment = experiment;
            _begin = time.GetTimestamp();
            if (experiment.Earlier is { } earlier)
            {
                earlier.Ended.CopyTo(_endings);
                _best = earlier.Best;
            }
        }
    }

    /// <summary>A trial stands differently.</summary>
    public void Changed(TrialView trial)
    {
        lock (_lock)
        {
            if (trial.Status is not (TrialStatus.Terminated or TrialStatus.Failed))
            {
                LiveOf(trial.Id).View = trial;
                return;
            }

            var known = _live.Remove(trial.Id, out var live);
            _endings[trial.WordNumber]++;
            _best = BestOf([trial]);
            if (known && live!.SecondsNow > 0)
            {
                _endedNow++;
                _endedSeconds += live.SecondsNow;
            }

            _ended.Enqueue(trial);
            if (_ended.Count > RememberedEnded)
            {
                _ended.Dequeue();
            }
        }
    }

    /// <summary>A trial has reported.</summary>
    public void Reported(TrialView trial, TrialReport report)
    {
        lock (_lock)
        {
            _reports++;
            if (trial.Status is not (TrialStatus.Terminated or TrialStatus.Failed))
            {
                var live = LiveOf(trial.Id);
                live.View = trial;
                live.SecondsNow = report.TimeTotal;
                live.Share = Share(report);
            }
        }
    }

    /// <summary>Everything as it stands now.</summary>
    /// <param name="rows">How many trials to show at most: those that run first, then those that wait, then those that ended last.</param>
    public ProgressSnapshot Take(int rows)
    {
        lock (_lock)
        {
            var counts = (int[])_endings.Clone();
            foreach (var live in _live.Values)
            {
                counts[live.View!.WordNumber]++;
            }

            var shown = _live.Values.Select(l => l.View!)
                .OrderBy(t => t.Status is TrialStatus.Pending or TrialStatus.Paused).ThenBy(t => t.Id)
                .Concat(_ended.Reverse())
                .Take(rows)
                .ToArray();
            var hidden = (int[])counts.Clone();
            foreach (var trial in shown)
            {
                hidden[trial.WordNumber]--;
            }

            var elapsed = time.GetElapsedTime(_begin);
            return new()
            {
                Experiment = _experiment!,
                Elapsed = elapsed,
                Left = Left(elapsed),
                Reports = _reports,
                ReportsPerSecond = Rate(elapsed),
                Counts = counts,
                Rows = shown,
                Hidden = hidden,
                Share = Share(elapsed),
                Leader = Leader(),
                Best = BestOf(_live.Values.Select(l => l.View!)),
            };
        }
    }

    // The best of some trials and of those that have ended.
    private TrialView? BestOf(IEnumerable<TrialView> trials) => _experiment?.Objectives is [var objective, ..]
        ? BestTrial.Of(_best is null ? trials : trials.Where(t => t.Id != _best.Id).Append(_best), objective, static t => t.Standing) : null;

    private LiveTrial LiveOf(TrialId trial)
    {
        if (!_live.TryGetValue(trial, out var live))
        {
            _live.Add(trial, live = new());
        }

        return live;
    }

    // The share of the experiment that is done: of its trials, or of its time where that is more.
    private double? Share(TimeSpan elapsed)
    {
        double? trials = _experiment?.TotalTrials is { } total and > 0 ? (_endings.Sum() + _live.Values.Sum(l => l.Share)) / total : null;
        double? time = _experiment?.TimeBudget is { } budget ? (elapsed + (_experiment.Earlier?.Elapsed ?? TimeSpan.Zero)) / budget : null;
        return (time > trials ? time : trials ?? time) is { } share ? Math.Clamp(share, 0, 1) : null;
    }

    // The best of several trials that run, by what they reported last; of equal ones the older.
    private TrialView? Leader()
    {
        if (_experiment?.Objectives is not [var objective, ..])
        {
            return null;
        }

        var running = _live.Values.Select(l => l.View!).Where(t => t.Status == TrialStatus.Running).ToArray();
        return running.Length < 2 ? null : running.Where(t => t.Objective is not null).Order(Comparer<TrialView>.Create((a, b) =>
        {
            var order = Feasibility.Compare(a.Violation, b.Violation);
            order = order == 0 ? objective.Compare(a.Objective, b.Objective) : order;
            return order == 0 ? a.Id.CompareTo(b.Id) : order;
        })).FirstOrDefault();
    }

    // The share of a trial that is done, from counters that only grow towards their threshold.
    private double Share(TrialReport report)
    {
        var share = 0.0;
        foreach (var (metric, at) in _experiment?.Ends ?? [])
        {
            share = report.Value(metric) is { } value ? Math.Max(share, value / at) : share;
        }

        return Math.Clamp(share, 0, 1);
    }

    private double Rate(TimeSpan elapsed)
    {
        var now = time.GetTimestamp();
        if (_marks.Count == 0 || time.GetElapsedTime(_marks.Last().Stamp, now) >= TimeSpan.FromMilliseconds(500))
        {
            _marks.Enqueue((now, _reports));
        }

        while (_marks.Count > 1 && time.GetElapsedTime(_marks.Peek().Stamp, now) > _rateWindow)
        {
            _marks.Dequeue();
        }

        var (stamp, reports) = elapsed <= _rateWindow ? (_begin, 0) : _marks.Peek();
        var seconds = time.GetElapsedTime(stamp, now).TotalSeconds;
        return seconds > 0 ? (_reports - reports) / seconds : 0;
    }

    private TimeSpan? Left(TimeSpan elapsed)
    {
        if (_live.Count == 0 && _endings.Sum() >= _experiment?.TotalTrials)
        {
            return null;
        }

        var estimate = Estimate();
        if (_experiment?.TimeBudget is { } budget)
        {
            // A limit, so that at most this is left.
            var rest = Math.Max(0, (budget - elapsed - (_experiment?.Earlier?.Elapsed ?? TimeSpan.Zero)).TotalSeconds);
            estimate = estimate is { } seconds ? Math.Min(seconds, rest) : rest;
        }

        return estimate is { } left and < 1e8 ? TimeSpan.FromSeconds(left) : null;
    }

    private double? Estimate()
    {
        if (_experiment?.TotalTrials is not { } total)
        {
            return null;
        }

        double running = 0, longest = 0, whole = _endedSeconds;
        var samples = _endedNow;
        var unknown = 0;
        foreach (var live in _live.Values)
        {
            if (live.Share <= 0)
            {
                unknown++;
                continue;
            }

            var all = live.SecondsNow / live.Share;
            whole += all;
            samples++;
            running += all - live.SecondsNow;
            longest = Math.Max(longest, all - live.SecondsNow);
        }

        if (samples == 0)
        {
            return null;
        }

        // Trials that have not begun, or of which nothing is known, take as long as the others on average.
        var mean = whole / samples;
        var toCome = Math.Max(0, total - _endings.Sum() - _live.Count) + unknown;
        return Math.Max(longest, (running + (toCome * mean)) / Math.Max(1, _experiment.Slots));
    }

    private sealed class LiveTrial
    {
        public TrialView? View { get; set; }

        public double SecondsNow { get; set; }

        public double Share { get; set; }
    }
}
