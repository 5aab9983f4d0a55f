namespace Tuning.Runners;

/// <summary>Where hooks log values of their own, to appear among a report's metrics. RLlib's <c>MetricsLogger.log_value</c>.</summary>
/// <remarks>
/// Each environment runner has one, used by its thread only. At the end of an iteration they are merged key by key in the order of
/// the runners, so the result does not depend on threads. The values are part of checkpoints.
/// </remarks>
public sealed class MetricsLogger
{
    private static readonly JsonSerializerOptions _json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    private readonly Dictionary<string, MetricSeries> _series = new(StringComparer.Ordinal);
    private readonly List<MetricSeries> _order = [];

    /// <summary>A logger that merges others, or is asked itself.</summary>
    public MetricsLogger()
        : this(recording: false)
    {
    }

    // A recording logger keeps values in their order for another one to merge; it reduces nothing.
    internal MetricsLogger(bool recording) => Recording = recording;

    internal bool Recording { get; }

    /// <summary>Logs one value.</summary>
    /// <param name="key">Where it appears, <c>a/b/c</c>, below the logger's own place (<c>env_runners/</c>).</param>
    /// <param name="value">The value; NaN makes the reduced value NaN.</param>
    /// <param name="reduce">How values become one; the same at every call with this key.</param>
    /// <param name="window">How many of the last values count, at least 1; null for all. The same at every call with this key.</param>
    /// <param name="clearOnReduce">Whether each report starts anew: then it holds only what was logged since the last one, and a mean without a window is a
    /// plain mean.</param>
    /// <exception cref="ArgumentException">The key is empty, or begins or ends with a slash.</exception>
    /// <exception cref="InvalidOperationException">The key was logged before with another reduction or window.</exception>
    public void Log(string key, double value, MetricReduction reduce = MetricReduction.Mean, int? window = null, bool clearOnReduce = false) =>
        Find(key, reduce, window, clearOnReduce).Push(value, Recording);

    /// <summary>The reduced value of a key; null before the first, or when it was cleared.</summary>
    public double? Peek(string key) => _series.TryGetValue(key, out var series) ? series.Reduce() : null;

    /// <summary>Takes over what a runner has recorded, and empties it.</summary>
    internal void Merge(MetricsLogger runner)
    {
        foreach (var recorded in runner._order)
        {
            if (recorded.Recorded.Count > 0)
            {
                var series = Find(recorded.Key, recorded.Reduction, recorded.Window, recorded.ClearOnReduce);
                foreach (var value in recorded.Recorded)
                {
                    series.Push(value, record: false);
                }

                recorded.Recorded.Clear();
            }
        }
    }

    /// <summary>Writes the reduced values, and clears those that start anew.</summary>
    internal void WriteTo(Metrics metrics, string prefix)
    {
        foreach (var series in _order)
        {
            if (series.Reduce() is { } value)
            {
                metrics[prefix + series.Key] = value;
            }

            if (series.ClearOnReduce)
            {
                series.Clear();
            }
        }
    }

    internal string GetState() => JsonSerializer.Serialize(_order.Select(s => s.GetState()), _json);

    internal void SetState(string state)
    {
        _series.Clear();
        _order.Clear();
        foreach (var each in JsonSerializer.Deserialize<MetricSeries.State[]>(state, _json) ?? [])
        {
            Find(each.Key, each.Reduction, each.Window, each.ClearOnReduce).SetState(each);
        }
    }

    private MetricSeries Find(string key, MetricReduction reduce, int? window, bool clearOnReduce)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (!_series.TryGetValue(key, out var series))
        {
            if (key.Length == 0 || key[0] == '/' || key[^1] == '/')
            {
                throw new ArgumentException($"The key of a metric is '{key}'; it must be a path such as 'a/b', without a slash at its ends.", nameof(key));
            }

            if (window is < 1)
            {
                throw new ArgumentOutOfRangeException(nameof(window), window, $"The window of the metric '{key}' must be at least 1.");
            }

            series = new(key, reduce, window, clearOnReduce);
            _series.Add(key, series);
            _order.Add(series);
        }

        return series.Reduction == reduce && series.Window == window && series.ClearOnReduce == clearOnReduce
            ? series
            : throw new InvalidOperationException($"The metric '{key}' was logged as {series.Form} and now as "
                + $"{MetricSeries.FormOf(reduce, window, clearOnReduce)}; log a key always in the same way.");
    }
}
