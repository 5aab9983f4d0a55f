namespace Tuning.Simulation;

/// <summary>
/// Random numbers of one report of one trial, by number: a trial that repeats a report after a failure draws the same. Immutable.
/// </summary>
/// <remarks>Counter-based, with the finaliser of SplitMix64: one number costs a few nanoseconds and no stream.</remarks>
/// <param name="Seed">Fixes all of its numbers.</param>
public readonly record struct CurveNoise(ulong Seed)
{
    /// <summary>The number with this index, uniform in [0, 1).</summary>
    public double Uniform(int index)
    {
        var z = Seed + ((ulong)(index + 1) * 0x9E3779B97F4A7C15);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return ((z ^ (z >> 31)) >> 11) * (1.0 / (1UL << 53));
    }

    /// <summary>The standard normal number with this index (Box and Muller). It is made of the uniform numbers 2·index and 2·index + 1.</summary>
    public double Gaussian(int index) =>
        Math.Sqrt(-2 * Math.Log(1 - Uniform(2 * index))) * Math.Cos(2 * Math.PI * Uniform((2 * index) + 1));

    /// <summary>The noise of a report.</summary>
    /// <param name="report">The number of the report within the trial.</param>
    internal CurveNoise At(int report) => new((Seed ^ ((ulong)report * 0xD6E8FEB86659FD93)) * 0xA0761D6478BD642F);
}
