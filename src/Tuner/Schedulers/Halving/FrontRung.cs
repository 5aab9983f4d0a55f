namespace Tuning.Schedulers.Halving;

/// <summary>
/// Vectors of scores at a milestone, kept in fronts: no vector of a front dominates another of it, and each but the first has one in the front before
/// that dominates it. Adding one looks at few fronts (by bisection), and moves back what it dominates.
/// </summary>
/// <remarks>
/// One vector may move others in every front behind its own, and no way is known to keep fronts up to date in O(log n). Therefore a rung keeps a random sample
/// once more than a given number of vectors came: each time there are too many, half of them are left, by bits of a hash of their trials, and of those that
/// come so many more are passed over.
/// </remarks>
/// <param name="milestone">The time that a trial must have come to.</param>
/// <param name="most">How many vectors are kept at most.</param>
/// <param name="sampling">Decides which.</param>
internal sealed class FrontRung(double milestone, int most, ulong sampling)
{
    // The bits of the hash that are 0 for trials that are kept.
    private ulong _passedOver;

    private readonly List<Front> _fronts = [];

    /// <summary>The time that a trial must have come to.</summary>
    public double Milestone { get; } = milestone;

    /// <summary>How many vectors came.</summary>
    public int Count { get; private set; }

    /// <summary>How many of them are kept.</summary>
    public int Kept { get; private set; }

    /// <summary>How many fronts there are.</summary>
    public int Fronts => _fronts.Count;

    /// <summary>Whether one vector is nowhere worse than another and somewhere better.</summary>
    public static bool Dominates(double[] one, double[] other)
    {
        var isBetter = false;
        for (var i = 0; i < one.Length; i++)
        {
            if (one[i] < other[i])
            {
                return false;
            }

            isBetter |= one[i] > other[i];
        }

        return isBetter;
    }

    /// <summary>The front that a vector would come to, from 0.</summary>
    public int FrontOf(double[] scores)
    {
        // What a front dominates, every front before it dominates.
        var (low, high) = (0, _fronts.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_fronts[middle].Dominates(scores))
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    /// <summary>How many trials would be before one, and the front it would be in. Looks no further than a given number.</summary>
    /// <param name="scores">Its scores.</param>
    /// <param name="trial">The trial.</param>
    /// <param name="enough">When so many are before it, how many more does not matter.</param>
    public (int Before, int Front) Rank(double[] scores, int trial, int enough)
    {
        var front = FrontOf(scores);
        var before = 0;
        for (var i = 0; i < front; i++)
        {
            before += _fronts[i].Members.Count;
        }

        if (before >= enough || front == _fronts.Count)
        {
            return (before, front);
        }

        return (before + _fronts[front].PlaceOf(scores, trial, enough - before), front);
    }

    /// <summary>A vector came.</summary>
    public void Add(double[] scores, int trial)
    {
        Count++;
        if (!IsKept(trial))
        {
            return;
        }

        Kept++;
        Insert(scores, trial);
        while (Kept > most)
        {
            Halve();
        }
    }

    private bool IsKept(int trial) => _passedOver == 0 || (new RandomStream(sampling + (ulong)trial).NextUInt64() & _passedOver) == 0;

    private void Halve()
    {
        _passedOver = (_passedOver << 1) | 1;
        List<(double[] Scores, int Trial)> kept = [.. _fronts.SelectMany(f => f.Members).Where(m => IsKept(m.Trial))];

        // What dominates another one is before it: nothing is moved back.
        kept.Sort((a, b) => b.Scores.AsSpan().SequenceCompareTo(a.Scores));
        _fronts.Clear();
        Kept = kept.Count;
        kept.ForEach(m => Insert(m.Scores, m.Trial));
    }

    private void Insert(double[] scores, int trial)
    {
        List<(double[] Scores, int Trial)> coming = [(scores, trial)];
        for (var front = FrontOf(scores); coming.Count > 0; front++)
        {
            if (front == _fronts.Count)
            {
                _fronts.Add(new(coming));
                return;
            }

            coming = _fronts[front].TakeIn(coming);
        }
    }
}
