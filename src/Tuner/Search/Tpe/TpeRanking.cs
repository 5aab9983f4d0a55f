using System.Runtime.InteropServices;

namespace Tuning.Search.Tpe;

/// <summary>
/// The trials that have results, best first: feasible ones by their loss, then those that a scheduler ended, the longest first and by
/// their loss, then infeasible ones by how far they are from feasible. Ties go to the older one. Failed trials and those without a number
/// are not among them.
/// </summary>
/// <remarks>Follows an archive at the cost of what is new.</remarks>
/// <param name="archive">The trials.</param>
internal sealed class TpeRanking(TrialArchive archive)
{
    private readonly List<int> _order = [];
    private int _generation = -1;
    private int _taken;

    /// <summary>The places of the trials, best first.</summary>
    public ReadOnlySpan<int> Order => CollectionsMarshal.AsSpan(_order);

    /// <summary>Takes in the trials that ended since the last time.</summary>
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
                var at = _order.BinarySearch(place, Comparer<int>.Create(Compare));
                _order.Insert(at < 0 ? ~at : at, place);
            }
        }
    }

    private int Compare(int left, int right)
    {
        var (leftClass, rightClass) = (Class(left), Class(right));
        var order = leftClass.CompareTo(rightClass);
        order = order != 0 ? order
            : leftClass == 2 ? archive.Violation(left).CompareTo(archive.Violation(right))
            : leftClass == 1 ? archive[right].Iteration.CompareTo(archive[left].Iteration)
            : 0;
        order = order != 0 ? order : archive.Loss(left).CompareTo(archive.Loss(right));
        return order != 0 ? order : left.CompareTo(right);
    }

    private int Class(int place) => archive.Violation(place) > 0 ? 2 : archive.State(place) == ArchiveState.Pruned ? 1 : 0;
}
