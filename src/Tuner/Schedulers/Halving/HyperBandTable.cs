namespace Tuning.Schedulers.Halving;

/// <summary>How many trials each bracket of a band takes, and its milestones.</summary>
/// <param name="maxT">The longest that a trial runs.</param>
/// <param name="eta">The reduction factor.</param>
/// <param name="isRay">Whether rounding errors are left as they are; otherwise a number within them of a whole one is that one.</param>
internal sealed class HyperBandTable(int maxT, double eta, bool isRay)
{
    private readonly double _tolerance = isRay ? 0 : 1e-9;

    /// <summary>How many brackets a band has, those without a first milestone included: s_max + 1.</summary>
    public int Brackets { get; } = (int)Math.Round(Math.Log(maxT) / Math.Log(eta)) + 1;

    /// <summary>How many trials bracket s takes.</summary>
    public double Trials(int s) => Up(Brackets / (s + 1.0) * Math.Pow(eta, s));

    /// <summary>The first milestone of bracket s; 0 when it has none and is left out.</summary>
    public int FirstMilestone(int s) => (int)Math.Floor(maxT * Math.Pow(eta, -s) * (1 + _tolerance));

    /// <summary>The milestone after one.</summary>
    public int Next(int milestone) => (int)Math.Floor(Math.Min(milestone * eta * (1 + _tolerance), maxT));

    /// <summary>How many of n trials go on.</summary>
    public int Keep(int n) => (int)Up(n / eta);

    private double Up(double value) => Math.Ceiling(value * (1 - _tolerance));
}
