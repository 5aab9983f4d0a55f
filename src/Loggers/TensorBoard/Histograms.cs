using Tuning.Loggers.TensorBoard.Messages;

namespace Tuning.Loggers.TensorBoard;

/// <summary>
/// Histograms with TensorFlow's buckets: limits grow by 10 % from 1e-12 to 1e20, mirrored for negative numbers; empty buckets are
/// merged with the next one.
/// </summary>
internal static class Histograms
{
    private static readonly double[] _limits = MakeLimits();

    /// <summary>The histogram of the numbers that are finite; null when there is none.</summary>
    public static HistogramProto? Of(ReadOnlySpan<float> values)
    {
        var counts = new Dictionary<int, double>();
        var histogram = new HistogramProto { Min = double.MaxValue, Max = double.MinValue };
        foreach (var single in values)
        {
            if (!float.IsFinite(single))
            {
                continue;
            }

            double value = single;
            histogram.Min = Math.Min(histogram.Min, value);
            histogram.Max = Math.Max(histogram.Max, value);
            histogram.Num++;
            histogram.Sum += value;
            histogram.SumSquares += value * value;
            var at = Array.BinarySearch(_limits, value);

            // A bucket holds what is below its limit and not below the limit before.
            var bucket = Math.Min(at >= 0 ? at + 1 : ~at, _limits.Length - 1);
            counts[bucket] = counts.GetValueOrDefault(bucket) + 1;
        }

        if (histogram.Num == 0)
        {
            return null;
        }

        var before = -1;
        foreach (var (bucket, count) in counts.OrderBy(c => c.Key))
        {
            if (before >= 0 && bucket > before + 1)
            {
                // The empty buckets in between, as one: without it the counts would seem to spread over them.
                histogram.BucketLimit.Add(_limits[bucket - 1]);
                histogram.Bucket.Add(0);
            }
            else if (before < 0 && bucket > 0)
            {
                histogram.BucketLimit.Add(_limits[bucket - 1]);
                histogram.Bucket.Add(0);
            }

            histogram.BucketLimit.Add(_limits[bucket]);
            histogram.Bucket.Add(count);
            before = bucket;
        }

        return histogram;
    }

    private static double[] MakeLimits()
    {
        var positive = new List<double>();
        for (var limit = 1e-12; limit < 1e20; limit *= 1.1)
        {
            positive.Add(limit);
        }

        positive.Add(double.MaxValue);
        return [.. positive.AsEnumerable().Reverse().Select(l => -l), 0, .. positive];
    }
}
