namespace Tuning;

/// <summary>The trials of an experiment with several objectives that no other trial is better than. Immutable.</summary>
/// <param name="Trials">The trials, the best in the first objective first. Trials with equal values are all there.</param>
/// <param name="Reference">
/// Where the volume begins, by objective: the reference point that was given (<see cref="TuneConfig.ReferencePoint"/>); else the worst value of
/// the front and a tenth of the front's range more. A trial of the front that is worse than the median of all trials by a hundred times what the best
/// is better does not move it, so that one that diverged does not.
/// </param>
/// <param name="Hypervolume">The volume between the reference and the front, in the objectives' units: what the front dominates.</param>
public sealed record ParetoFront(ImmutableArray<TrialResult> Trials, ImmutableArray<double> Reference, double Hypervolume)
{
    private const double Margin = 0.1;
    private const double FarOff = 100;

    /// <summary>Whether the reference point was given.</summary>
    /// <value>Default false.</value>
    public bool IsReferenceGiven { get; init; }

    /// <summary>How many trials of the front are not better than the reference in all objectives, and so add nothing to the volume.</summary>
    /// <value>Default 0.</value>
    public int Outside { get; init; }

    /// <summary>The front of some trials.</summary>
    /// <param name="objectives">The objectives.</param>
    /// <param name="trials">The trials with a finite number for each of them; at least one.</param>
    /// <param name="given">The reference point; empty for none.</param>
    internal static ParetoFront Of(ImmutableArray<Objective> objectives, IReadOnlyList<(TrialResult Trial, double[] Values)> trials,
        IReadOnlyList<double> given)
    {
        var m = objectives.Length;
        var losses = new double[trials.Count * m];
        for (var i = 0; i < losses.Length; i++)
        {
            losses[i] = -objectives[i % m].Score(trials[i / m].Values[i % m]);
        }

        var ranks = new int[trials.Count];
        NonDomination.Rank(losses, m, ranks);
        var front = Enumerable.Range(0, trials.Count).Where(i => ranks[i] == 0).OrderBy(i => losses[i * m]).ToList();
        var reference = Enumerable.Range(0, m)
            .Select(k => given.Count > 0 ? -objectives[k].Score(given[k])
                : Inferred([.. Enumerable.Range(0, trials.Count).Select(i => losses[(i * m) + k])], [.. front.Select(i => losses[(i * m) + k])]))
            .ToArray();
        return new(
            [.. front.Select(i => trials[i].Trial)],
            [.. reference.Select((r, k) => objectives[k].Mode == Mode.Max ? 0 - r : r)],
            Search.MultiObjective.Hypervolume.Of([.. front.SelectMany(i => losses[(i * m)..((i + 1) * m)])], reference))
        {
            IsReferenceGiven = given.Count > 0,
            Outside = front.Count(i => Enumerable.Range(0, m).Any(k => losses[(i * m) + k] >= reference[k])),
        };
    }

    // The nadir of the front with a margin, as BoTorch infers it, but for what is far off.
    private static double Inferred(double[] all, double[] front)
    {
        Array.Sort(all);
        var (best, median) = (all[0], all[(all.Length - 1) / 2]);
        var fence = median > best ? median + (FarOff * (median - best)) : double.PositiveInfinity;
        var nadir = front.Where(v => v <= fence).Max();
        var range = nadir - front.Min();
        var margin = Margin * (range > 0 ? range : nadir != 0 ? Math.Abs(nadir) : 1);
        return double.IsFinite(nadir + margin) ? nadir + margin : nadir;
    }
}
