namespace Tuning.Schedulers.Population;

/// <summary>How PBT explores. Immutable.</summary>
/// <param name="Resample">With which probability a value is drawn anew.</param>
/// <param name="Factors">By one of which a number is multiplied otherwise.</param>
/// <param name="IsRay">Whether values may leave their domain, as in Ray.</param>
internal sealed record ExploreRules(double Resample, ImmutableArray<double> Factors, bool IsRay);
