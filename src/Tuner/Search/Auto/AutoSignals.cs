namespace Tuning.Search.Auto;

/// <summary>What results say about which algorithm suits them. Immutable.</summary>
/// <param name="Trials">From how many ended trials.</param>
/// <param name="Predictability">
/// Which share of the variance of the warped values a Gaussian process explains for trials that it was not shown (leave-one-out), at most 1; below
/// 0 when the mean does better.
/// </param>
/// <param name="NoiseShare">Which share of the variance it takes for noise.</param>
internal sealed record AutoSignals(int Trials, double Predictability, double NoiseShare)
{
    /// <summary>Before there are results.</summary>
    public static AutoSignals None { get; } = new(0, double.NaN, double.NaN);
}
