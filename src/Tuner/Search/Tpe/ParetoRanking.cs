namespace Tuning.Search.Tpe;

/// <summary>
/// The trials that have results, for several objectives: feasible ones front by front (non-dominated sorting), and of the front that is
/// taken in part those that together dominate most (greedy hypervolume subset selection; Ozaki et al., "Multiobjective tree-structured Parzen estimator",
/// 2022). Then those that a scheduler ended and infeasible ones, as <see cref="TpeRanking"/> orders them.
/// </summary>
/// <param name="archive">The trials.</param>
/// <param name="objectives">How many objectives there are.</param>
internal sealed class ParetoRanking(TrialArchive archive, int objectives) : ITpeRanking
{
    private readonly List<int> _feasible = [], _rest = [];
    private double[] _losses = [];
    private int[] _ranks = [], _best = [];
    private int _fronts, _ranked = -1, _generation = -1, _taken;

    /// <inheritdoc/>
    public int Count => _feasible.Count + _rest.Count;

    /// <inheritdoc/>
    public void Follow()
    {
        if (_generation != archive.Generation)
        {
            (_generation, _taken, _ranked) = (archive.Generation, 0, -1);
            _feasible.Clear();
            _rest.Clear();
        }

        for (; _taken < archive.Ended.Length; _taken++)
        {
            var place = archive.Ended[_taken];
            if (archive.State(place) is ArchiveState.Complete or ArchiveState.Pruned)
            {
                (TpeRanking.ClassOf(archive, place) == 0 ? _feasible : _rest).Add(place);
            }
        }
    }

    /// <inheritdoc/>
    public ReadOnlySpan<int> Best(int count)
    {
        Rank();
        _best = _best.Length >= count ? _best : new int[count * 2];
        var taken = 0;
        for (var front = 0; front < _fronts && taken < count; front++)
        {
            var members = new List<int>();
            for (var i = 0; i < _feasible.Count; i++)
            {
                if (_ranks[i] == front)
                {
                    members.Add(i);
                }
            }

            foreach (var member in members.Count <= count - taken ? members : Subset(members, count - taken))
            {
                _best[taken++] = _feasible[member];
            }
        }

        if (taken < count)
        {
            _rest.Sort((left, right) => TpeRanking.Compare(archive, left, right));
            _rest.CopyTo(0, _best, taken, count - taken);
        }

        return _best.AsSpan(0, count);
    }

    private void Rank()
    {
        if (_ranked == _feasible.Count)
        {
            return;
        }

        _ranked = _feasible.Count;
        (_losses, _ranks) = (new double[_ranked * objectives], new int[_ranked]);
        for (var i = 0; i < _ranked; i++)
        {
            archive.Losses(_feasible[i]).CopyTo(_losses.AsSpan(i * objectives));
        }

        _fronts = NonDomination.Rank(_losses, objectives, _ranks);
    }

    // Beyond the worst value of the front by a tenth of its size.
    private IEnumerable<int> Subset(List<int> members, int count)
    {
        var losses = new double[members.Count * objectives];
        var reference = new double[objectives];
        Array.Fill(reference, double.NegativeInfinity);
        for (var i = 0; i < members.Count; i++)
        {
            for (var o = 0; o < objectives; o++)
            {
                var loss = _losses[(members[i] * objectives) + o];
                losses[(i * objectives) + o] = loss;
                reference[o] = Math.Max(reference[o], Math.Max(1.1 * loss, 0.9 * loss));
            }
        }

        return Hypervolume.Greedy(losses, reference, count).Select(i => members[i]);
    }
}
