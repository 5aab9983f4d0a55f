namespace Tuning.Stopping;

/// <summary>
/// Stops a trial when a metric passes a threshold: what <c>stop: {loss: {"&lt;=": 0.01}}</c> means. As in Ray a bare number means at
/// least; the other directions are ours.
/// </summary>
/// <remarks>A NaN or absent metric never stops a trial. Keeps no state.</remarks>
/// <param name="metric">Path of the metric.</param>
/// <param name="threshold">The threshold.</param>
public sealed class MetricStopper(string metric, StopAt threshold) : IStopper
{
    private StopVerdict? _last;
    private double _lastValue = double.NaN;

    /// <inheritdoc/>
    public StopVerdict? Check(TrialReport report, TrialBoard board)
    {
        ArgumentNullException.ThrowIfNull(report);
        return report.Value(metric) is { } value && threshold.IsReachedBy(value) ? Verdict(value) : null;
    }

    /// <inheritdoc/>
    public void Observe(TrialReport report)
    {
    }

    // Many trials stop at the same value, such as an iteration; they share the text.
    private StopVerdict Verdict(double value)
    {
        if (_last is null || !_lastValue.Equals(value))
        {
            var asked = threshold.Comparison switch
            {
                Comparison.AtLeast => "at least",
                Comparison.AtMost => "at most",
                Comparison.MoreThan => "more than",
                _ => "less than",
            };
            var (reached, limit) = NumberText.Apart(value, threshold.Value);
            _last = new(false, $"{metric} is {reached}, {asked} {limit} was asked for");
            _lastValue = value;
        }

        return _last;
    }
}

/// <summary>
/// A metric threshold as one of several criteria: <c>{type: metric, metric: loss, at_most: 0.01}</c>. Alone it is shorter under
/// <c>stop</c>.
/// </summary>
public sealed record MetricStopperOptions : StopperOptions
{
    /// <summary>Path of the metric.</summary>
    public required string Metric { get; init; }

    /// <summary>Stop when the metric is at least this.</summary>
    /// <value>Default null. Exactly one of the four is given.</value>
    public double? AtLeast { get; init; }

    /// <summary>Stop when the metric is at most this.</summary>
    /// <value>Default null.</value>
    public double? AtMost { get; init; }

    /// <summary>Stop when the metric is more than this.</summary>
    /// <value>Default null.</value>
    public double? MoreThan { get; init; }

    /// <summary>Stop when the metric is less than this.</summary>
    /// <value>Default null.</value>
    public double? LessThan { get; init; }

    /// <inheritdoc/>
    public override IStopper Create(StopperContext context)
    {
        (Comparison, double?)[] given =
            [(Comparison.AtLeast, AtLeast), (Comparison.AtMost, AtMost), (Comparison.MoreThan, MoreThan), (Comparison.LessThan, LessThan)];
        var thresholds = given.Where(g => g.Item2 is not null).ToList();
        return thresholds is [var (comparison, value)]
            ? double.IsNaN(value!.Value)
                ? throw new ArgumentException($"The threshold of '{Metric}' is NaN, which nothing passes; give a number.")
                : new MetricStopper(Metric, new(comparison, value.Value))
            : throw new ArgumentException(
                $"A threshold of '{Metric}' gives {thresholds.Count} of at_least, at_most, more_than and less_than; it must give exactly one.");
    }
}
