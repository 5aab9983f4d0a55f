using System.Globalization;
using Tuning.Spaces;
using Tuning.Values;

namespace Tuning.Search.GaussianProcess;

/// <summary>
/// Which trial to use when values are noisy: that with the best mean of a Gaussian process over all trials, not the one that was luckiest. The same for
/// every search algorithm, as it asks what the results say and not how they were come by. Pure: a function of the trials, whatever order they ended in.
/// </summary>
/// <remarks>
/// Trials that a scheduler ended early count for nothing: their values are those of less training. Trials that broke conditions are learnt from, but not recommended.
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

    /// <summary>The recommendation; null when there are several objectives, too few or too many trials, or no noise to speak of, so that the best value says it all.</summary>
    public static Recommendation? Of(SearcherContext context, SearchHistory history)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(history);
        if (!Applies(context, history) || CodecOf(context) is not { } codec || codec.Axes.IsEmpty)
        {
            return null;
        }

        var archive = new TrialArchive(codec, context.Objectives, context.WarmStart);
        archive.Follow(history);
        return Of(context, history, codec, archive);
    }

    /// <summary>The same, of an archive that has followed the history.</summary>
    public static Recommendation? Of(SearcherContext context, SearchHistory history, ParameterCodec codec, TrialArchive archive)
    {
        var places = Enumerable.Range(0, archive.Count).Where(p => archive.State(p) == ArchiveState.Complete).ToArray();
        if (!Applies(context, history) || places.Length is < Fewest or > Most || archive.Count - archive.WarmCount < history.Observations.Count)
        {
            return null;
        }

        var all = EvidenceOf(archive, places);
        var model = ModelOf(codec, all, places.Length <= MostFitted ? all : EvidenceOf(archive, Spread(places)));
        var settings = model.Posterior.Settings;
        if (settings.Noise < LeastShare * (settings.Scale + settings.Noise))
        {
            return null;
        }

        var own = Enumerable.Range(0, places.Length).Where(i => places[i] >= archive.WarmCount && all.IsFeasible(i)).ToArray();
        if (own.Length == 0)
        {
            return null;
        }

        var best = own.MinBy(i => model.Posterior.RowMeans[i]);
        var luckiest = own.MinBy(i => model.Warp.Targets[i]);
        if (best != luckiest && HasWitnesses(model, all, luckiest))
        {
            return null;
        }

        var loss = model.Warp.Value(model.Posterior.RowMeans[best]);
        var noise = Math.Sqrt(settings.Noise) * model.Warp.UnitsPerTarget;
        return new(archive[places[best]].Trial, context.Objectives[0].Mode == Mode.Max ? -loss : loss, string.Create(
            CultureInfo.InvariantCulture, $"the best mean of a Gaussian process over {places.Length} trials, with noise of +- {NumberText.Of(noise, 3)} in each"));
    }

    private static bool HasWitnesses(Surrogate model, Evidence all, int trial)
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

    private static bool Applies(SearcherContext context, SearchHistory history) =>
        context.Objectives.Length == 1 && history.Observations.Count is >= 1 and <= Most;

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

    private static Surrogate ModelOf(ParameterCodec codec, Evidence all, Evidence fitted)
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
