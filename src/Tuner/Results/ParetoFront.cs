using System.Collections.Immutable;
using Tuning.Search.MultiObjective;

namespace Tuning;

/// <summary>The trials of an experiment with several objectives that no other trial is better than. Immutable.</summary>
/// <param name="Trials">The trials, the best in the first objective first. Trials with equal values are all there.</param>
/// <param name="Reference">The worst value of any feasible trial, by objective: where the volume begins.</param>
/// <param name="Hypervolume">The volume between the reference and the front, in the objectives' units: what the front dominates.</param>
public sealed record ParetoFront(ImmutableArray<TrialResult> Trials, ImmutableArray<double> Reference, double Hypervolume)
{
    /// <summary>The front of some trials.</summary>
    /// <param name="objectives">The objectives.</param>
    /// <param name="trials">The trials with a number for each of them.</param>
    internal static ParetoFront Of(ImmutableArray<Objective> objectives, IReadOnlyList<(TrialResult Trial, double[] Values)> trials)
    {
        var m = objectives.Length;
        var losses = new double[trials.Count * m];
        var worst = Enumerable.Repeat(double.NegativeInfinity, m).ToArray();
        for (var i = 0; i < losses.Length; i++)
        {
            losses[i] = -objectives[i % m].Score(trials[i / m].Values[i % m]);
            worst[i % m] = Math.Max(worst[i % m], losses[i]);
        }

        var ranks = new int[trials.Count];
        NonDomination.Rank(losses, m, ranks);
        var front = Enumerable.Range(0, trials.Count).Where(i => ranks[i] == 0).OrderBy(i => losses[i * m]).ToList();
        return new(
            [.. front.Select(i => trials[i].Trial)],
            [.. worst.Select((w, k) => objectives[k].Mode == Mode.Max ? -w : w)],
            Search.MultiObjective.Hypervolume.Of([.. front.SelectMany(i => losses[(i * m)..((i + 1) * m)])], worst));
    }
}
