using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Tuning.Dashboard.Projection;

/// <summary>The curves of one metric, by trial.</summary>
/// <remarks>Used by one thread at a time.</remarks>
internal sealed class CurveSet(string metric)
{
    private readonly List<Curve?> _curves = [];

    /// <summary>The metric.</summary>
    public string Metric => metric;

    /// <summary>Takes a report into account.</summary>
    public void Observe(TrialReport report, long line)
    {
        if (report.Value(metric) is not { } value)
        {
            return;
        }

        while (_curves.Count <= report.Trial.Number)
        {
            _curves.Add(null);
        }

        (_curves[report.Trial.Number] ??= new()).Add(report.TrainingIteration, (float)value, line);
    }

    /// <summary>
    /// What changed after a line: for each curve the trial and how many points (both 32 bits, unsigned), then iterations, then values (32 bits, floating), all
    /// little-endian.
    /// </summary>
    public byte[] Columns(long after)
    {
        var changed = Enumerable.Range(0, _curves.Count).Where(i => _curves[i] is { } curve && curve.ChangedAt > after).ToList();
        var bytes = new byte[changed.Sum(i => 8 + (8 * _curves[i]!.Count))];
        var at = 0;
        foreach (var trial in changed)
        {
            var points = _curves[trial]!.Points;
            var count = points.Length / 2;
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at), (uint)trial);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at + 4), (uint)count);
            var floats = MemoryMarshal.Cast<byte, float>(bytes.AsSpan(at + 8, 8 * count));
            for (var i = 0; i < count; i++)
            {
                (floats[i], floats[count + i]) = (points[2 * i], points[(2 * i) + 1]);
            }

            at += 8 + (8 * count);
        }

        return bytes;
    }
}
