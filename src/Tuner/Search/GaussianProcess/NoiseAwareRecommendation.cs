namespace Tuning.Search.GaussianProcess;

/// <summary>
/// Which trial to use when values are noisy: that with the best mean of a Gaussian process over all trials, not the one that was luckiest. The same
/// whatever searched, as it asks what the results say and not how they were come by. Pure: a function of the trials, whatever order they ended in.
/// </summary>
/// <remarks>
/// Trials that a scheduler ended early count for nothing: their values are those of less training. Trials that broke conditions are learnt from, but not
/// recommended.
/// </remarks>
internal static class NoiseAwareRecommendation
{
    /// <summary>From so many trials with values on.</summary>
    public const int Fewest = 10;

    /// <summary>Up to so many trials: beyond, the process takes seconds.</summary>
    public const int Most = 1_000;

    // Hyper-parameters are fitted to no more, spread evenly over the trials: they change little with more, and fitting is what takes time.
    private const int MostFitted = 150;

    // Of the variance, the share that noise must explain: the prior alone gives it some.
    private const double LeastShare = 0.02;

    // Luck does not come in clusters: a best value that so many of the nearest trials come near to, within so many deviations of the noise, is no luck.
    // So a function that is merely rough keeps its best value where it was searched closely.
    private const int Witnesses = 4;
    private const double Near = 0.5;

    /// <summary>
    /// The recommendation; null when there are several objectives, too few or too many trials, or no noise to speak of, so that the best value says it all.
    /// Where configurations were run several times, and a process says nothing, it is that with the best mean of its values.
    /// </summary>
    public static Recommendation? Of(SearcherContext context, SearchHistory history)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(history);
        if (context.Objectives.Length != 1 || CodecOf(context) is not { } codec || codec.Axes.IsEmpty)
        {
            return null;
        }

        var archive = new TrialArchive(codec, context.Objectives, []);
        archive.Follow(history);
        if (archive.Count < history.Observations.Count)
        {
            return null;
        }

        var places = Enumerable.Range(0, archive.Count).Where(p => archive.State(p) == ArchiveState.Complete).ToArray();
        return (places.Length is >= Fewest and <= Most ? ByProcess(context, codec, archive, places) : null) ?? ByRepetition(context, archive, places);
    }

    // Of configurations that were run as often as any.
    private static Recommendation? ByRepetition(SearcherContext context, TrialArchive archive, int[] places)
    {
        var repeats = places.Where(p => !(archive.Violation(p) > 0)).GroupBy(p => archive.TryFind(archive.Row(p), out var first) ? first : p).ToList();
        var most = repeats.Select(r => r.Count()).DefaultIfEmpty().Max();
        if (most < 2 || 2 * repeats.Count(r => r.Count() == most) < repeats.Count)
        {
            return null; // repeated by accident
        }

        var best = repeats.Where(r => r.Count() == most).MinBy(r => r.Average(p => archive.Loss(p)))!;
        return new(archive[best.First()].Trial, Value(context, best.Average(p => archive.Loss(p))),
            Invariant($"the best mean of {most} repeats"));
    }

    private static Recommendation? ByProcess(SearcherContext context, ParameterCodec codec, TrialArchive archive, int[] places)
    {
        var all = EvidenceOf(archive, places);
        var model = ModelOf(codec, all, places.Length <= MostFitted ? all : EvidenceOf(archive, Spread(places)));
        var settings = model.Posterior.Settings;
        if (settings.Noise < LeastShare * (settings.Scale + settings.Noise))
        {
            return null;
        }

        var feasible = Enumerable.Range(0, places.Length).Where(all.IsFeasible).ToArray();
        if (feasible.Length == 0)
        {
            return null;
        }

        var best = feasible.MinBy(i => model.Posterior.RowMeans[i]);
        var luckiest = feasible.MinBy(i => model.Warp.Targets[i]);
        if (best != luckiest && HasWitnesses(model, all, luckiest))
        {
            return null;
        }

        var loss = model.Warp.Value(model.Posterior.RowMeans[best]);
        var noise = Math.Sqrt(settings.Noise) * model.Warp.UnitsPerTarget;
        return new(archive[places[best]].Trial, Value(context, loss), Invariant(
                $"the best mean of a Gaussian process over {places.Length} trials, with noise of +- {NumberText.Of(noise, 3)} in each"));
    }

    private static bool HasWitnesses(ObjectiveModel model, Evidence all, int trial)
    {
        var (targets, within) = (model.Warp.Targets, Near * Math.Sqrt(model.Posterior.Settings.Noise));
        return Enumerable.Range(0, targets.Length)
            .Where(i => i != trial)
            .OrderBy(i => Distance(all.Rows[i], all.Rows[trial], model.Posterior.Settings.Weights))
            .Take(Witnesses)
            .All(i => Math.Abs(targets[i] - targets[trial]) < within);
    }

    // Squared, in length scales; a parameter that only one of the two has sets them apart.
    private static double Distance(double[] a, double[] b, double[] weights)
    {
        var sum = 0.0;
        for (var d = 0; d < a.Length; d++)
        {
            var apart = double.IsNaN(a[d]) || double.IsNaN(b[d]) ? (double.IsNaN(a[d]) == double.IsNaN(b[d]) ? 0 : 1) : a[d] - b[d];
            sum += weights[d] * apart * apart;
        }

        return sum;
    }

    private static double Value(SearcherContext context, double loss) => context.Objectives[0].Mode == Mode.Max ? -loss : loss;

    // A space with a grid in it, which random search runs, has no coordinates.
    private static ParameterCodec? CodecOf(SearcherContext context)
    {
        try
        {
            return new(context.Space, context.Constraints);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static ObjectiveModel ModelOf(ParameterCodec codec, Evidence all, Evidence fitted)
    {
        var model = new GaussianProcessEngine(new CodecSpace(codec)).Model(fitted, null);
        if (ReferenceEquals(all, fitted))
        {
            return model;
        }

        var warp = OutputWarp.Of(all.ValuesOf(all.Rows.Count));
        return model with { Posterior = new(model.Posterior.Map, model.Posterior.Settings, all.Rows, warp.Targets, []), Warp = warp };
    }

    private static int[] Spread(int[] places) => [.. Enumerable.Range(0, MostFitted).Select(i => places[(int)((long)i * places.Length / MostFitted)])];

    private static Evidence EvidenceOf(TrialArchive archive, int[] places) => new(
        [.. places.Select(p => archive.Row(p).ToArray())],
        [.. places.Select(p => archive.Losses(p).ToArray())],
        [.. places.Select(p => double.IsNaN(archive.Violation(p)) ? 1 : archive.Violation(p))],
        []);
}
