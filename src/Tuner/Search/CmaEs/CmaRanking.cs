namespace Tuning.Search.CmaEs;

/// <summary>
/// The order of a generation, best first: complete and feasible trials by loss; pruned ones, those that came farther first; infeasible
/// ones by violation; failed ones. Ties go to the trial that ended first.
/// </summary>
internal sealed class CmaRanking(TrialArchive archive) : IComparer<int>
{
    /// <summary>Sorts places of an archive.</summary>
    public void Sort(Span<int> places)
    {
        // Insertion keeps the order of ties; generations are short.
        for (var i = 1; i < places.Length; i++)
        {
            var (place, at) = (places[i], i);
            for (; at > 0 && Compare(places[at - 1], place) > 0; at--)
            {
                places[at] = places[at - 1];
            }

            places[at] = place;
        }
    }

    /// <summary>Whether a trial says anything about where the function is low.</summary>
    public bool IsSuccess(int place) => Class(place) == 0;

    /// <inheritdoc/>
    public int Compare(int x, int y)
    {
        var (a, b) = (Class(x), Class(y));
        if (a != b)
        {
            return a.CompareTo(b);
        }

        return a switch
        {
            0 => archive.Loss(x).CompareTo(archive.Loss(y)),
            1 => (-archive[x].Iteration, archive.Loss(x)).CompareTo((-archive[y].Iteration, archive.Loss(y))),
            2 => archive.Violation(x).CompareTo(archive.Violation(y)),
            _ => 0,
        };
    }

    private int Class(int place) => archive.State(place) switch
    {
        ArchiveState.Failed or ArchiveState.Running => 3,
        _ when double.IsNaN(archive.Violation(place)) => 3,
        _ when archive.Violation(place) > 0 => 2,
        ArchiveState.Pruned => 1,
        _ => 0,
    };
}
