namespace Tuning.Search.Tpe;

/// <summary>The trials in two parts, with weights: the best and all others, which are those that say what to avoid.</summary>
/// <remarks>
/// The best weigh by their rank, ln(b + 1) − ln r for rank r of b, on average 1, as in evolution strategies (Hansen, "The CMA Evolution
/// Strategy: A Tutorial", 2016). Of the others the newest 25 weigh 1 and older ones less, down to 1/n for the oldest of n.
/// </remarks>
internal sealed class TpeSplit
{
    private const int Newest = 25;

    private readonly List<int> _best = [], _others = [];
    private double[] _bestWeights = [], _otherWeights = [];
    private bool[] _isBest = [];

    /// <summary>The best, best first.</summary>
    public ReadOnlySpan<int> Best => CollectionsMarshal.AsSpan(_best);

    /// <summary>Their weights.</summary>
    public ReadOnlySpan<double> BestWeights => _bestWeights.AsSpan(0, _best.Count);

    /// <summary>The others, oldest first.</summary>
    public ReadOnlySpan<int> Others => CollectionsMarshal.AsSpan(_others);

    /// <summary>Their weights.</summary>
    public ReadOnlySpan<double> OtherWeights => _otherWeights.AsSpan(0, _others.Count);

    /// <summary>How many trials are the best of so many.</summary>
    public static int CountOfBest(int count, TpeSettings settings) => Math.Min((int)Math.Ceiling(settings.Share * count), settings.MostBest);

    /// <summary>Splits all trials.</summary>
    /// <param name="archive">The trials.</param>
    /// <param name="best">The best, best first.</param>
    /// <param name="settings">Whether trials that run count among the others, and how the best weigh.</param>
    public void Set(TrialArchive archive, ReadOnlySpan<int> best, TpeSettings settings)
    {
        Begin(archive.Count, best);
        for (var place = 0; place < archive.Count; place++)
        {
            if (!_isBest[place] && (settings.CountsRunning || archive[place].IsEnded))
            {
                _others.Add(place);
            }
        }

        WeighBest(settings.WeighsByRank);
        WeighOthers();
    }

    /// <summary>Splits some trials.</summary>
    /// <param name="count">How many trials there are in all.</param>
    /// <param name="best">The best, best first.</param>
    /// <param name="others">The others; they weigh alike.</param>
    /// <param name="settings">How the best weigh.</param>
    public void Set(int count, ReadOnlySpan<int> best, ReadOnlySpan<int> others, TpeSettings settings)
    {
        Begin(count, best);
        _others.AddRange(others);
        WeighBest(settings.WeighsByRank);
        _otherWeights.AsSpan(0, others.Length).Fill(1);
    }

    private void Begin(int count, ReadOnlySpan<int> best)
    {
        Reserve(count);
        _isBest.AsSpan(0, count).Clear();
        _best.Clear();
        _others.Clear();
        foreach (var place in best)
        {
            _best.Add(place);
            _isBest[place] = true;
        }
    }

    private void WeighBest(bool byRank)
    {
        var (count, sum) = (_best.Count, 0.0);
        if (!byRank)
        {
            _bestWeights.AsSpan(0, count).Fill(1);
            return;
        }

        for (var i = 0; i < count; i++)
        {
            _bestWeights[i] = Math.Log(count + 1) - Math.Log(i + 1);
            sum += _bestWeights[i];
        }

        for (var i = 0; i < count; i++)
        {
            _bestWeights[i] *= count / sum;
        }
    }

    private void WeighOthers()
    {
        var count = _others.Count;
        var old = count - Newest;
        for (var i = 0; i < count; i++)
        {
            _otherWeights[i] = i >= old || old <= 0 ? 1 : old == 1 ? 1.0 / count : (1.0 / count) + ((1 - (1.0 / count)) * i / (old - 1));
        }
    }

    private void Reserve(int count)
    {
        if (_isBest.Length < count)
        {
            var room = Math.Max(16, count * 2);
            (_isBest, _bestWeights, _otherWeights) = (new bool[room], new double[room], new double[room]);
        }
    }
}
