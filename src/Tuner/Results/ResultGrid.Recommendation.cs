using Tuning.Search;
using Tuning.Search.GaussianProcess;

namespace Tuning;

public sealed partial class ResultGrid
{
    private readonly Lazy<Recommendation?> _recommendation;

    /// <summary>
    /// The trial to use where values are noisy: not the one that was luckiest, but the one with the best mean of a Gaussian process over all trials. Computed when first
    /// asked for, which takes up to a second with a thousand trials.
    /// </summary>
    /// <value>
    /// Null when the best value says it all, because there is no noise to speak of; with several objectives or none; with fewer than ten trials or more than a thousand, unless
    /// configurations were repeated; where trials took over others, and so are more than their configurations; and in spaces with a grid.
    /// </value>
    public Recommendation? Recommendation => _recommendation.Value;

    /// <summary>What was searched.</summary>
    internal SearchSpace Space { get; init; } = new();

    private Recommendation? Recommend()
    {
        if (Objectives.Length != 1 || _trials.Any(t => t.HasExploited))
        {
            return null;
        }

        var ended = 0;
        var observations = _trials.Select(t => new SearchObservation(t.Id, t.Id.Number, t.Config, t.Status, t.Objective, t.Reports)
        {
            Violation = double.IsNaN(t.Violation) ? 0 : t.Violation,
            EndOrder = t.Status is TrialStatus.Terminated or TrialStatus.Failed ? ended++ : -1,
            IsPruned = t.IsPruned,
        });
        return NoiseAwareRecommendation.Of(new(Space, Objectives), new(0, [.. observations]));
    }
}
