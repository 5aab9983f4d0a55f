using System.Diagnostics;

namespace Benchmarks.Simulation;

/// <summary>How long calls took: a histogram in steps of a quarter of a power of two, so that a few calls that the machine interrupted do not hide the
/// rest.</summary>
internal sealed class CallTimes
{
    private const int PerPower = 4;

    private readonly long[] _counts = new long[64 * PerPower];
    private long _ticks, _calls, _longest;

    /// <summary>All together, in nanoseconds.</summary>
    public double Sum => Nanoseconds(_ticks);

    /// <summary>The longest, in nanoseconds.</summary>
    public double Longest => Nanoseconds(_longest);

    /// <summary>A call took so many ticks of the stopwatch.</summary>
    public void Add(long ticks)
    {
        _ticks += ticks;
        _calls++;
        _longest = Math.Max(_longest, ticks);
        _counts[ticks <= 1 ? 0 : (int)(Math.Log2(ticks) * PerPower)]++;
    }

    /// <summary>At most so many nanoseconds were taken by this share of the calls; to within a fifth.</summary>
    public double Quantile(double share)
    {
        var rest = (long)Math.Ceiling(share * _calls);
        for (var i = 0; i < _counts.Length; i++)
        {
            rest -= _counts[i];
            if (rest <= 0)
            {
                return Nanoseconds(Math.Pow(2, (i + 1.0) / PerPower));
            }
        }

        return double.NaN;
    }

    private static double Nanoseconds(double ticks) => 1e9 * ticks / Stopwatch.Frequency;
}
