namespace Tuning.Connectors;

/// <summary>
/// Count, mean and sum of squared deviations of rows of numbers, kept as they come (Welford, 1962) and merged pairwise (Chan,
/// Golub and LeVeque, 1979). All in double precision.
/// </summary>
internal sealed class RunningStatistics(int size)
{
    private readonly double[] _mean = new double[size];
    private readonly double[] _squares = new double[size];

    /// <summary>How many rows were taken in.</summary>
    public long Count { get; private set; }

    /// <summary>The mean of each number; 0 before the first row.</summary>
    public ReadOnlySpan<double> Mean => _mean;

    /// <summary>The sum of squared deviations from the mean of each number.</summary>
    public ReadOnlySpan<double> Squares => _squares;

    /// <summary>Takes in one row.</summary>
    [MethodImpl(AggressiveOptimization)]
    public void Push(ReadOnlySpan<float> row)
    {
        Count++;
        var share = 1.0 / Count;
        var weight = (Count - 1) * share;
        var mean = _mean.AsSpan(0, row.Length);
        var squares = _squares.AsSpan(0, row.Length);
        for (var i = 0; i < row.Length; i++)
        {
            var delta = row[i] - mean[i];
            mean[i] += delta * share;
            squares[i] += delta * delta * weight;
        }
    }

    /// <summary>Takes in all rows of another one.</summary>
    public void Merge(RunningStatistics other)
    {
        if (other.Count == 0)
        {
            return;
        }

        double here = Count, there = other.Count, all = Count + other.Count;
        for (var i = 0; i < _mean.Length; i++)
        {
            var delta = _mean[i] - other._mean[i];
            _mean[i] = ((here * _mean[i]) + (there * other._mean[i])) / all;
            _squares[i] += other._squares[i] + (delta * delta * here * there / all);
        }

        Count += other.Count;
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        Count = 0;
        _mean.AsSpan().Clear();
        _squares.AsSpan().Clear();
    }

    /// <summary>Becomes equal to another one.</summary>
    public void CopyFrom(RunningStatistics other) => Set(other.Count, other._mean, other._squares);

    /// <summary>Takes over these numbers.</summary>
    public void Set(long count, ReadOnlySpan<double> mean, ReadOnlySpan<double> squares)
    {
        Count = count;
        mean.CopyTo(_mean);
        squares.CopyTo(_squares);
    }
}
