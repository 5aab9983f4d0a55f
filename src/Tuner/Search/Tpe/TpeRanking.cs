namespace Tuning.Search.Tpe;

/// <summary>The trials that have results, in order.</summary>
internal interface ITpeRanking
{
    /// <summary>How many there are.</summary>
    int Count { get; }

    /// <summary>The places of the best.</summary>
    ReadOnlySpan<int> Best(int count);

    /// <summary>Takes in the trials that ended since the last time.</summary>
    void Follow();
}

/// <summary>
/// The trials that have results, best first: feasible ones by their loss, then those that a scheduler ended, the longest first and by
/// their loss, then infeasible ones by how far they are from feasible. Ties go to the older one. Failed trials and those without a number
/// are not among them.
/// </summary>
/// <remarks>Follows an archive at the cost of what is new.</remarks>
/// <param name="archive">The trials.</param>
internal sealed class TpeRanking(TrialArchive archive) : ITpeRanking
{
    private readonly List<int> _order = [];
    private readonly Comparer<int> _comparer = Comparer<int>.Create((left, right) => Compare(archive, left, right));
    private int _generation = -1;
    private int _taken;

    /// <inheritdoc/>
    public int Count => _order.Count;

    /// <inheritdoc/>
    public ReadOnlySpan<int> Best(int count) => CollectionsMarshal.AsSpan(_order)[..count];

    /// <inheritdoc/>
    public void Follow()
    {
        if (_generation != archive.Generation)
        {
            (_generation, _taken) = (archive.Generation, 0);
            _order.Clear();
        }

        for (; _taken < archive.Ended.Length; _taken++)
        {
            var place = archive.Ended[_taken];
            if (archive.State(place) is ArchiveState.Complete or ArchiveState.Pruned)
            {
                var at = _order.BinarySearch(place, _comparer);
                _order.Insert(at < 0 ? ~at : at, place);
            }
        }
    }

    /// <summary>Negative when the left trial is better.</summary>
    internal static int Compare(TrialArchive archive, int left, int right)
    {
        var (leftClass, rightClass) = (ClassOf(archive, left), ClassOf(archive, right));
        var order = leftClass.CompareTo(rightClass);
        order = order != 0 ? order
            : leftClass == 2 ? archive.Violation(left).CompareTo(archive.Violation(right))
            : leftClass == 1 ? archive[right].Iteration.CompareTo(archive[left].Iteration)
            : 0;
        order = order != 0 ? order : archive.Loss(left).CompareTo(archive.Loss(right));
        return order != 0 ? order : left.CompareTo(right);
    }

    /// <summary>0 for feasible trials that ended by themselves, 1 for those that a scheduler ended, 2 for infeasible ones.</summary>
    internal static int ClassOf(TrialArchive archive, int place) => archive.Violation(place) > 0 ? 2 : archive.State(place) == ArchiveState.Pruned ? 1 : 0;
}
