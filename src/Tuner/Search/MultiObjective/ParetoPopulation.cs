namespace Tuning.Search.MultiObjective;

/// <summary>
/// The population of NSGA-II after some ended trials: a fold over them in the order of their ends. A generation and the population before
/// it compete for the places of the next one.
/// </summary>
/// <remarks>Used by one thread.</remarks>
internal sealed class ParetoPopulation(int size, int objectives)
{
    private readonly double[] _losses = new double[2 * size * objectives];
    private readonly int[] _pool = new int[2 * size], _ranks = new int[2 * size], _order = new int[2 * size];
    private readonly double[] _crowding = new double[2 * size];
    private int _next;

    /// <summary>How many generations have ended.</summary>
    public int Generation { get; private set; }

    /// <summary>The members, best first.</summary>
    public List<Individual> Members { get; } = new(size);

    /// <summary>Takes the generations that are complete.</summary>
    public void Follow(TrialArchive archive)
    {
        while (archive.Ended.Length - _next >= size)
        {
            Take(archive, archive.Ended.Slice(_next, size));
            _next += size;
            Generation++;
        }
    }

    /// <summary>Whether a member goes before another: by front, then by crowding.</summary>
    public static bool IsBetter(Individual a, Individual b) => a.Front != b.Front ? a.Front < b.Front : a.Crowding > b.Crowding;

    private void Take(TrialArchive archive, ReadOnlySpan<int> places)
    {
        var count = 0;
        foreach (var member in Members)
        {
            _pool[count++] = member.Place;
        }

        foreach (var place in places)
        {
            _pool[count++] = place;
        }

        Members.Clear();
        var front = Feasible(archive, count);
        foreach (var place in Others(archive, count))
        {
            if (Members.Count < size)
            {
                Members.Add(new(place, front++, 0));
            }
        }
    }

    // Adds the feasible trials front by front; returns how many fronts there are.
    private int Feasible(TrialArchive archive, int count)
    {
        var feasible = 0;
        for (var i = 0; i < count; i++)
        {
            if (IsFeasible(archive, _pool[i]))
            {
                archive.Losses(_pool[i]).CopyTo(_losses.AsSpan(feasible * objectives));
                _order[feasible++] = _pool[i];
            }
        }

        var ranks = _ranks.AsSpan(0, feasible);
        var fronts = NonDomination.Rank(_losses.AsSpan(0, feasible * objectives), objectives, ranks);
        Span<int> front = stackalloc int[feasible];
        for (var rank = 0; rank < fronts && Members.Count < size; rank++)
        {
            var length = 0;
            for (var i = 0; i < feasible; i++)
            {
                if (ranks[i] == rank)
                {
                    front[length++] = i;
                }
            }

            Add(front[..length], rank);
        }

        return fronts;
    }

    private void Add(Span<int> front, int rank)
    {
        var crowding = _crowding.AsSpan(0, front.Length);
        NonDomination.Crowd(_losses, objectives, front, crowding);
        crowding.Sort(front, static (a, b) => b.CompareTo(a));
        for (var i = 0; i < front.Length && Members.Count < size; i++)
        {
            Members.Add(new(_order[front[i]], rank, crowding[i]));
        }
    }

    private List<int> Others(TrialArchive archive, int count) => [.. _pool.Take(count).Where(p => !IsFeasible(archive, p))
        .OrderBy(p => archive.State(p) == ArchiveState.Failed || double.IsNaN(archive.Violation(p)) ? 1 : 0).ThenBy(archive.Violation)];

    private static bool IsFeasible(TrialArchive archive, int place) => archive.State(place) == ArchiveState.Complete && archive.Violation(place) <= 0;
}

/// <summary>A member of a population.</summary>
/// <param name="Place">Its trial's place in the archive.</param>
/// <param name="Front">Its front, from 0.</param>
/// <param name="Crowding">Its crowding distance.</param>
internal readonly record struct Individual(int Place, int Front, double Crowding);
