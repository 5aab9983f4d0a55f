namespace Tuning;

/// <summary>The trial to use where values are noisy: see <see cref="ResultGrid.Recommendation"/>.</summary>
/// <param name="Trial">The trial.</param>
/// <param name="Value">What its objective is expected to be.</param>
/// <param name="Reason">Why, for a person.</param>
public sealed record Recommendation(TrialId Trial, double Value, string Reason);
