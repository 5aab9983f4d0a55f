namespace Tuning.Stopping;

/// <summary>How far values lie apart.</summary>
internal static class Spread
{
    /// <summary>The standard deviation of the population (divided by n, as in NumPy's <c>std</c>). NaN when a value is NaN or infinite, or there is
    /// none.</summary>
    public static double StandardDeviation(ReadOnlySpan<double> values)
    {
        var sum = 0.0;
        foreach (var value in values)
        {
            sum += value;
        }

        var mean = sum / values.Length;
        var squares = 0.0;
        foreach (var value in values)
        {
            squares += (value - mean) * (value - mean);
        }

        return Math.Sqrt(squares / values.Length);
    }
}
