namespace Tuning.Search.Tpe;

/// <summary>The trials that reached a training iteration, by their values there.</summary>
/// <param name="archive">The trials.</param>
/// <param name="objective">What is optimised.</param>
internal sealed class BohbBudget(TrialArchive archive, Objective objective)
{
    private readonly List<(double Violation, double Loss, int Place)> _values = [];
    private readonly List<long> _reached = [];

    /// <summary>The iteration.</summary>
    public long Iteration { get; private set; }

    /// <summary>The places of the trials that reached it, best first: feasible ones by value, then infeasible ones by how far they are from that.</summary>
    public List<int> Order { get; } = [];

    /// <summary>Looks for the latest iteration that so many trials have reached.</summary>
    /// <returns>Whether there is one.</returns>
    public bool Choose(int trials)
    {
        _reached.Clear();
        Order.Clear();
        for (var place = 0; place < archive.Count; place++)
        {
            if (Counts(place))
            {
                _reached.Add(archive[place].Iteration);
            }
        }

        if (_reached.Count < trials)
        {
            return false;
        }

        _reached.Sort();
        Iteration = _reached[^trials];
        _values.Clear();
        for (var place = 0; place < archive.Count; place++)
        {
            if (Counts(place) && archive[place].Iteration >= Iteration && LossAt(place) is var loss && !double.IsNaN(loss))
            {
                _values.Add((archive.Violation(place), loss, place));
            }
        }

        _values.Sort();
        foreach (var (_, _, place) in _values)
        {
            Order.Add(place);
        }

        return Order.Count >= trials;
    }

    private bool Counts(int place) => archive[place].Reports > 0 && archive[place].Status != TrialStatus.Failed && !double.IsNaN(archive.Loss(place));

    // The last report up to the iteration; trials without curves have the one value.
    private double LossAt(int place)
    {
        var curve = archive[place].Curve.Span;
        if (curve.IsEmpty || archive[place].Iteration == Iteration)
        {
            return archive.Loss(place);
        }

        var (low, high) = (0, curve.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = curve[middle].Iteration <= Iteration ? (middle + 1, high) : (low, middle);
        }

        return low == 0 ? double.NaN : -objective.Score(curve[low - 1].Value);
    }
}
