using System.Numerics;

namespace Tuning.Execution;

/// <summary>
/// A digest of what a trial reported, without clocks: a trial that restarts from a checkpoint and repeats its reports must give
/// the same ones. Clocks are <c>time_*</c>, <c>*_duration_sec_mean</c>, <c>timestamp</c>, <c>date</c>, <c>pid</c> and everything under <c>timers/</c>;
/// <c>*_since_restore</c> begins at 0 after a restart, and counts as one.
/// </summary>
/// <remarks>64 bits of mixing by multiplication (after wyhash): it finds differences, it is no protection against forgery.</remarks>
internal static class ReportDigest
{
    private const ulong Seed = 0xA0761D6478BD642F;
    private const ulong Prime = 0xE7037ED1A0B428DB;

    /// <summary>The digest; never 0, which stands for unknown.</summary>
    public static ulong Of(Metrics metrics)
    {
        // Each entry for itself, then summed: the order of the names does not matter.
        ulong sum = 0;
        foreach (ref readonly var entry in metrics.Entries)
        {
            if (!IsClock(entry.Key))
            {
                sum += Of(entry.Value, Text(entry.Key));
            }
        }

        var digest = Mix(sum ^ Seed, Prime);
        return digest == 0 ? 1 : digest;
    }

    /// <summary>Whether a metric differs between two runs that are the same.</summary>
    public static bool IsClock(string path)
    {
        var name = path.AsSpan(path.LastIndexOf('/') + 1);
        return name.StartsWith("time_") || name.EndsWith("_duration_sec_mean") || name.EndsWith("_since_restore") || name is "timestamp" or "date" or "pid"
            || (path.Length > name.Length && (path.StartsWith("timers/", StringComparison.Ordinal) || path.Contains("/timers/", StringComparison.Ordinal)));
    }

    private static ulong Of(MetricValue value, ulong hash)
    {
        switch (value.Kind)
        {
            case MetricKind.Text:
                return Mix(hash ^ 3, Text(value.Text!));
            case MetricKind.Array:
                foreach (var number in MemoryMarshal.Cast<float, uint>(value.Array))
                {
                    hash = Mix(hash ^ number, Prime);
                }

                return Mix(hash ^ 4, Prime);
            default:
                var number64 = value.Number!.Value;
                var bits = double.IsNaN(number64) ? BitConverter.DoubleToUInt64Bits(double.NaN) : BitConverter.DoubleToUInt64Bits(number64);
                return Mix(hash ^ (value.Kind == MetricKind.Flag ? 2UL : 1UL), bits ^ Prime);
        }
    }

    private static ulong Text(string text)
    {
        var hash = Seed ^ (ulong)text.Length;
        var pairs = MemoryMarshal.AsBytes(text.AsSpan());
        while (pairs.Length >= 8)
        {
            hash = Mix(hash ^ MemoryMarshal.Read<ulong>(pairs), Prime);
            pairs = pairs[8..];
        }

        ulong last = 0;
        for (var i = 0; i < pairs.Length; i++)
        {
            last |= (ulong)pairs[i] << (8 * i);
        }

        return Mix(hash ^ last, Prime ^ 8);
    }

    private static ulong Mix(ulong left, ulong right)
    {
        var high = Math.BigMul(left, right, out var low);
        return BitOperations.RotateLeft(high, 1) ^ low;
    }
}
