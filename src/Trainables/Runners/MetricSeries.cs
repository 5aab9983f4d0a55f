namespace Tuning.Runners;

/// <summary>The values that were logged under one key.</summary>
internal sealed class MetricSeries(string key, MetricReduction reduction, int? window, bool clearOnReduce)
{
    private const double NewValueWeight = 0.01;

    // With a window: its values, oldest first. Without: the number so far and what they come to.
    private readonly Queue<double> _values = new();
    private long _count;
    private double _reduced;

    public string Key => key;

    public MetricReduction Reduction => reduction;

    public int? Window => window;

    public bool ClearOnReduce => clearOnReduce;

    /// <summary>What a recording logger has got since it was last merged, in order.</summary>
    public List<double> Recorded { get; } = [];

    public string Form => FormOf(reduction, window, clearOnReduce);

    public static string FormOf(MetricReduction reduction, int? window, bool clearOnReduce) =>
        $"{reduction} {(window is { } w ? $"of the last {w}" : "of all")}{(clearOnReduce ? ", cleared by each report" : "")}";

    public void Push(double value, bool record)
    {
        if (record)
        {
            Recorded.Add(value);
            return;
        }

        _count++;
        if (window is { } limit)
        {
            _values.Enqueue(value);
            if (_values.Count > limit)
            {
                _values.Dequeue();
            }

            return;
        }

        _reduced = _count == 1 ? value : reduction switch
        {
            MetricReduction.Mean when clearOnReduce => _reduced + ((value - _reduced) / _count),
            MetricReduction.Mean => ((1 - NewValueWeight) * _reduced) + (NewValueWeight * value),
            MetricReduction.Sum => _reduced + value,
            MetricReduction.Min => Math.Min(_reduced, value),
            _ => Math.Max(_reduced, value),
        };
    }

    public double? Reduce()
    {
        if (_count == 0)
        {
            return null;
        }

        return window is null ? _reduced : reduction switch
        {
            MetricReduction.Mean => _values.Sum() / _values.Count,
            MetricReduction.Sum => _values.Sum(),
            // Not Queue.Min and Max, which pass over NaN differently.
            MetricReduction.Min => _values.Aggregate(Math.Min),
            _ => _values.Aggregate(Math.Max),
        };
    }

    public void Clear()
    {
        _values.Clear();
        (_count, _reduced) = (0, 0);
    }

    public State GetState() => new(key, reduction, window, clearOnReduce, _count, _reduced, [.. _values]);

    public void SetState(State state)
    {
        Clear();
        (_count, _reduced) = (state.Count, state.Reduced);
        foreach (var value in state.Values)
        {
            _values.Enqueue(value);
        }
    }

    public sealed record State(string Key, MetricReduction Reduction, int? Window, bool ClearOnReduce, long Count, double Reduced, double[] Values);
}
