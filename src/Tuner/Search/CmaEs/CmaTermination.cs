namespace Tuning.Search.CmaEs;

/// <summary>When a search has converged or is stuck, after Hansen's tutorial (2016), B.3: values, steps, stagnation, condition.</summary>
internal sealed class CmaTermination(int dimensions, int population)
{
    private const double SmallestStep = 1e-8, LargestCondition = 1e14;

    private readonly List<double> _bests = [], _medians = [];
    private readonly int _flat = 10 + (30 * dimensions / population), _window = 120 + (30 * dimensions / population);

    /// <summary>Takes a generation; says why it is the last, or null.</summary>
    /// <param name="distribution">The distribution after it.</param>
    /// <param name="losses">The losses of its successful trials, best first.</param>
    public string? Check(CmaDistribution distribution, ReadOnlySpan<double> losses)
    {
        if (losses.IsEmpty)
        {
            return null;
        }

        _bests.Add(losses[0]);
        _medians.Add(losses[losses.Length / 2]);
        return IsFlat(losses) ? "values no longer differ"
            : distribution.LargestDeviation() < SmallestStep ? "steps are tiny"
            : distribution.Condition > LargestCondition ? "the shape is degenerate"
            : IsStagnant(_bests) && IsStagnant(_medians) ? "values no longer improve"
            : null;
    }

    private bool IsFlat(ReadOnlySpan<double> losses)
    {
        if (_bests.Count < _flat)
        {
            return false;
        }

        var (low, high) = (losses[0], losses[^1]);
        for (var i = _bests.Count - _flat; i < _bests.Count; i++)
        {
            (low, high) = (Math.Min(low, _bests[i]), Math.Max(high, _bests[i]));
        }

        return high - low <= 1e-12 * (1 + Math.Abs(low));
    }

    private bool IsStagnant(List<double> values)
    {
        var length = Math.Max(_window, values.Count / 5);
        if (values.Count < length || values.Count % 10 != 0)
        {
            return false;
        }

        var window = values.GetRange(values.Count - length, length);
        var share = length * 3 / 10;
        return Median(window.GetRange(length - share, share)) >= Median(window.GetRange(0, share));
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }
}
