namespace Tuning.Schedulers.Median;

/// <summary>
/// The mean scores of all trials over time, and their median at a time over the trials that have come to it.
/// </summary>
/// <remarks>
/// While trials report at the same times, each of these times keeps the means there in order: a median and a report cost O(log n). Where too many times are
/// of one trial alone, the order is given up for good, and a median looks at every trial. Both ways give the same numbers. Used by one thread.
/// </remarks>
/// <param name="gracePeriod">Values before this time are not part of a mean.</param>
/// <param name="countsNaN">Whether a mean of nothing, or of a NaN, makes the median NaN; otherwise such a trial is not among the others.</param>
internal sealed class RunningMeans(double gracePeriod, bool countsNaN)
{
    private const int Allowance = 4096;

    private readonly List<double> _times = [];
    private readonly List<Bucket> _buckets = [];
    private readonly List<double> _scratch = [];
    private TrialMeans?[] _trials = new TrialMeans?[16];
    private int _count;
    private long _reports;
    private long _extra;
    private bool _isShared = true;

    /// <summary>Whether the trials report at the same times, as far as that is known.</summary>
    public bool IsShared => _isShared;

    /// <summary>Whether a time is after all that a trial has reported.</summary>
    public bool IsLater(int trial, double time) => Of(trial) is not { } own || time > own.Last;

    /// <summary>The median at a time over all other trials that have come to it, and how many they are.</summary>
    public (double Median, int Others) MedianAt(double time, int trial)
    {
        if (!_isShared)
        {
            return SlowMedian(time, trial);
        }

        // The trial itself has not come to this time: it is later than its last.
        var at = _times.BinarySearch(time);
        return at >= 0 ? _buckets[at].Median() : ~at == _times.Count ? (double.NaN, 0) : SlowMedian(time, trial);
    }

    /// <summary>A trial reported.</summary>
    public void Add(int trial, double time, double score)
    {
        if (trial >= _trials.Length)
        {
            Array.Resize(ref _trials, Math.Max(trial + 1, _trials.Length * 2));
        }

        _count = Math.Max(_count, trial + 1);
        var own = _trials[trial] ??= new();
        var (last, mean) = (own.Last, own.Mean);
        own.Add(time, time >= gracePeriod, score);
        if (!_isShared || time < gracePeriod)
        {
            return;
        }

        _reports++;
        var at = _times.BinarySearch(time);
        if (at < 0)
        {
            at = ~at;
            Insert(at, time, trial);
        }

        // At the times that it passed by, its mean was what it had been.
        for (var passed = at - 1; passed >= 0 && _times[passed] > last; passed--)
        {
            _buckets[passed].Add(mean, trial, countsNaN);
            _extra++;
        }

        _buckets[at].Add(own.Mean, trial, countsNaN);
        if (_extra > Allowance + (4 * _reports))
        {
            _isShared = false;
            _times.Clear();
            _buckets.Clear();
        }
    }

    /// <summary>The last report of a trial counts once more.</summary>
    public void Repeat(int trial)
    {
        if (Of(trial) is not { } own || !(own.Last >= gracePeriod))
        {
            return;
        }

        var before = own.Mean;
        own.Repeat();
        if (_isShared)
        {
            var bucket = _buckets[_times.BinarySearch(own.Last)];
            bucket.Remove(before, trial, countsNaN);
            bucket.Add(own.Mean, trial, countsNaN);
        }
    }

    private TrialMeans? Of(int trial) => trial < _count ? _trials[trial] : null;

    private void Insert(int at, double time, int reporting)
    {
        var bucket = new Bucket();
        if (at < _times.Count)
        {
            // Others have come further: what their means were here.
            for (var other = 0; other < _count; other++)
            {
                if (other != reporting && _trials[other] is { } means && means.Last >= time)
                {
                    bucket.Add(means.At(time), other, countsNaN);
                }
            }

            _extra += _count;
        }

        _times.Insert(at, time);
        _buckets.Insert(at, bucket);
    }

    private (double Median, int Others) SlowMedian(double time, int trial)
    {
        _scratch.Clear();
        var isNaN = false;
        for (var other = 0; other < _count; other++)
        {
            if (other != trial && _trials[other] is { } means && means.Last >= time)
            {
                var mean = means.At(time);
                if (!double.IsNaN(mean) || countsNaN)
                {
                    isNaN |= double.IsNaN(mean);
                    _scratch.Add(mean);
                }
            }
        }

        if (isNaN || _scratch.Count == 0)
        {
            return (double.NaN, _scratch.Count);
        }

        _scratch.Sort();
        var n = _scratch.Count;
        return (n % 2 == 1 ? _scratch[n / 2] : (_scratch[(n / 2) - 1] + _scratch[n / 2]) / 2, n);
    }

    /// <summary>The means of trials at one time, in order.</summary>
    private sealed class Bucket
    {
        private readonly OrderedScores _means = new();
        private int _nans;

        public void Add(double mean, int trial, bool countsNaN)
        {
            if (!double.IsNaN(mean))
            {
                _means.Add(mean, trial);
            }
            else if (countsNaN)
            {
                _nans++;
            }
        }

        public void Remove(double mean, int trial, bool countsNaN)
        {
            if (!double.IsNaN(mean))
            {
                _means.Remove(mean, trial);
            }
            else if (countsNaN)
            {
                _nans--;
            }
        }

        public (double Median, int Others) Median()
        {
            var n = _means.Count;
            return _nans > 0 || n == 0 ? (double.NaN, n + _nans)
                : (n % 2 == 1 ? _means.At(n / 2).Score : (_means.At((n / 2) - 1).Score + _means.At(n / 2).Score) / 2, n);
        }
    }

    /// <summary>The means of one trial after each of its reports.</summary>
    private sealed class TrialMeans
    {
        private readonly List<double> _times = [];
        private readonly List<double> _means = [];
        private double _sum;
        private double _lastScore;
        private int _values;

        public double Last { get; private set; } = double.NegativeInfinity;

        public double Mean { get; private set; } = double.NaN;

        public void Add(double time, bool isPart, double score)
        {
            Last = time;
            if (isPart)
            {
                Take(score);
                _times.Add(time);
                _means.Add(Mean);
            }
        }

        public void Repeat()
        {
            Take(_lastScore);
            _means[^1] = Mean;
        }

        public double At(double time)
        {
            var at = _times.BinarySearch(time);
            at = at >= 0 ? at : ~at - 1;
            return at >= 0 ? _means[at] : double.NaN;
        }

        private void Take(double score)
        {
            _lastScore = score;
            _sum += score;
            Mean = _sum / ++_values;
        }
    }
}
