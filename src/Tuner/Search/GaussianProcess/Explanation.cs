namespace Tuning.Search.GaussianProcess;

/// <summary>Why, in words and in units of the objective.</summary>
internal static class Explanation
{
    /// <summary>The reason of a suggestion.</summary>
    public static string Of(GaussianProcessSearch search, RankedCandidates decision, Candidate chosen)
    {
        var model = decision.Model;
        var (mean, deviation) = model.Predict(chosen.Row);
        var results = Invariant(
            $"from {model.Posterior.Observed} trials{Pending(model)}, lengthscales shortest in {Shortest(search, chosen.Row, model.Posterior.Settings)}");
        var predicted = $"predicted {Text(search, model, mean)} +- {Number(Spread(model, mean, deviation))}";
        if (decision.IsExploring)
        {
            var noise = model.Posterior.Settings.Noise / (model.Posterior.Settings.Noise + model.Posterior.Settings.Scale);
            return Invariant($"a point anywhere, as {100 * noise:F0} % of the variance is noise to the model, {predicted} {results}");
        }

        if (search.Weights is { } weights)
        {
            return $"best for weights {string.Join(" : ", weights.Select(Number))} of the objectives, {results}";
        }

        return model.Incumbent < 0
            ? $"most likely to be feasible, as no trial was yet, {predicted} {results}"
            : $"expected improvement {Number(Improvement(model, mean, deviation))} over the incumbent {Text(search, model, model.Best)} (trial " +
                $"{search.Trial(model.Incumbent).Trial}), {predicted} {results}";
    }

    private static string Pending(ObjectiveModel model) => model.Posterior.Count == model.Posterior.Observed ? ""
        : Invariant($" and {model.Posterior.Count - model.Posterior.Observed} running");

    private static double Improvement(ObjectiveModel model, double mean, double deviation) =>
        Math.Exp(Numerics.NormalTail.LogImprovement((model.Best - mean) / deviation, out _)) * deviation * model.Warp.UnitsPerTarget;

    private static double Spread(ObjectiveModel model, double mean, double deviation) =>
        (model.Warp.Value(mean + deviation) - model.Warp.Value(mean - deviation)) / 2;

    private static string Shortest(GaussianProcessSearch search, double[] row, KernelSettings settings)
    {
        var shortest = Enumerable.Range(0, row.Length).Where(d => !double.IsNaN(row[d])).OrderByDescending(d => settings.Weights[d]).Take(2);
        return string.Join(" and ", shortest.Select(search.Path));
    }

    private static string Text(GaussianProcessSearch search, ObjectiveModel model, double target) => Number(search.Value(model.Warp.Value(target)));

    private static string Number(double value) => NumberText.Of(value, 3);
}
