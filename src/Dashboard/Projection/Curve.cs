namespace Tuning.Dashboard.Projection;

/// <summary>
/// The values of one metric of one trial in bounded room. When it is full, of every four points that follow each other the least and the greatest are
/// kept, in order: what stands out stays, exactly.
/// </summary>
/// <remarks>Used by one thread at a time.</remarks>
internal sealed class Curve
{
    /// <summary>The most points that are kept. A power of two, so that the last point never stands alone.</summary>
    public const int Capacity = 1024;

    private float[] _points = new float[8];

    /// <summary>How many points there are.</summary>
    public int Count { get; private set; }

    /// <summary>The number of the journal's line that changed it last.</summary>
    public long ChangedAt { get; private set; }

    /// <summary>The points: iteration and value in turn. What is no number is NaN.</summary>
    public ReadOnlySpan<float> Points => _points.AsSpan(0, 2 * Count);

    /// <summary>Adds a point.</summary>
    public void Add(float iteration, float value, long line)
    {
        if (Count == Capacity)
        {
            Thin();
        }

        if (2 * Count == _points.Length)
        {
            Array.Resize(ref _points, Math.Min(2 * Capacity, 2 * _points.Length));
        }

        (_points[2 * Count], _points[(2 * Count) + 1]) = (iteration, value);
        Count++;
        ChangedAt = line;
    }

    private void Thin()
    {
        var kept = 0;
        for (var from = 0; from < Count; from += 4)
        {
            var (least, greatest) = (from, from);
            for (var i = from + 1; i < from + 4; i++)
            {
                // NaN is neither; a point that is replaced only where it is one.
                least = _points[(2 * i) + 1] < _points[(2 * least) + 1] || float.IsNaN(_points[(2 * least) + 1]) ? i : least;
                greatest = _points[(2 * i) + 1] > _points[(2 * greatest) + 1] || float.IsNaN(_points[(2 * greatest) + 1]) ? i : greatest;
            }

            var (first, second) = least == greatest ? (from, from + 3) : (Math.Min(least, greatest), Math.Max(least, greatest));
            Keep(first);
            Keep(second);
        }

        Count = kept;

        void Keep(int i)
        {
            (_points[2 * kept], _points[(2 * kept) + 1]) = (_points[2 * i], _points[(2 * i) + 1]);
            kept++;
        }
    }
}
