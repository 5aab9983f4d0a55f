namespace Tuning.Stopping;

/// <summary>
/// Stops the experiment when its best results no longer differ, as Ray's <c>ExperimentPlateauStopper</c>: it keeps the
/// <c>top</c> best values over all reports of all trials, and stops when the standard deviation (of the population) of exactly
/// <c>top</c> values is at most <c>std</c>, and has been at so many reports in a row: <c>patience</c>, and at least one.
/// </summary>
/// <remarks>
/// A report with an absent or NaN value is not counted at all. An infinite value among the best never makes a plateau.
/// Remembers <c>top</c> values. Use <see cref="TrialPlateauStopper"/> for trials one by one.
/// </remarks>
public sealed class ExperimentPlateauStopper : IStopper
{
    private readonly ExperimentPlateauOptions _options;
    private readonly Objective _objective;
    private readonly List<double> _top = [];
    private readonly List<double> _next = [];
    private int _plateaued;

    internal ExperimentPlateauStopper(ExperimentPlateauOptions options, Objective objective) => (_options, _objective) = (options, objective);

    /// <inheritdoc/>
    public StopVerdict? Check(TrialReport report, TrialBoard board)
    {
        ArgumentNullException.ThrowIfNull(report);
        return Count(report, out var deviation) is { } plateaued && plateaued > 0 && plateaued >= _options.Patience
            ? new(true, string.Create(CultureInfo.InvariantCulture,
                $"the {_options.Top} best values of {_objective.Metric} no longer differ: their standard deviation is {NumberText.Of(deviation)}, at most " +
                $"{NumberText.Of(_options.StandardDeviation)}, at {(plateaued == 1 ? "this report" : $"{plateaued} reports in a row")}"))
            : null;
    }

    /// <inheritdoc/>
    public void Observe(TrialReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        if (Count(report, out _) is { } plateaued)
        {
            _plateaued = plateaued;
            _top.Clear();
            _top.AddRange(_next);
        }
    }

    // The number of reports in a row with a plateau, this one included; null when it does not count. Fills _next.
    private int? Count(TrialReport report, out double deviation)
    {
        deviation = double.NaN;
        if (report.Value(_objective.Metric) is not { } value || double.IsNaN(value))
        {
            return null;
        }

        _next.Clear();
        _next.AddRange(_top);
        var at = _next.FindIndex(other => _objective.IsBetter(value, other));
        _next.Insert(at < 0 ? _next.Count : at, value);
        if (_next.Count > _options.Top)
        {
            _next.RemoveAt(_options.Top);
        }

        deviation = _next.Count == _options.Top ? Spread.StandardDeviation(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_next)) : double.NaN;
        return deviation <= _options.StandardDeviation ? _plateaued + 1 : 0;
    }
}

/// <summary>Options of <see cref="ExperimentPlateauStopper"/>. YAML: <c>{type: experiment_plateau, metric: loss, top: 10}</c>.</summary>
public sealed record ExperimentPlateauOptions : StopperOptions
{
    /// <summary>Path of the metric; null means the first objective.</summary>
    /// <value>Default null.</value>
    public string? Metric { get; init; }

    /// <summary>The standard deviation up to which the best values count as equal.</summary>
    /// <value>Default 0.001; more than 0.</value>
    [MoreThan(0), JsonPropertyName("std")]
    public double StandardDeviation { get; init; } = 0.001;

    /// <summary>Earlier name of <see cref="StandardDeviation"/>.</summary>
    [Obsolete("Use StandardDeviation."), JsonIgnore]
    public double Std { get => StandardDeviation; init => StandardDeviation = value; }

    /// <summary>How many of the best values.</summary>
    /// <value>Default 10; at least 2.</value>
    [AtLeast(2)]
    public int Top { get; init; } = 10;

    /// <summary>Whether larger or smaller values are better; null means as the objective of this metric, else smaller.</summary>
    /// <value>Default null.</value>
    public Mode? Mode { get; init; }

    /// <summary>At how many reports in a row the best values must be equal.</summary>
    /// <value>Default 0, which means the same as 1.</value>
    [AtLeast(0)]
    public int Patience { get; init; }

    /// <inheritdoc/>
    public override IStopper Create(StopperContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var metric = Metric ?? (context.Objectives is [var first, ..] ? first.Metric
            : throw new ArgumentException("metric is not given, and the experiment has no objective to take it from; give one."));
        OptionSchema.Require(this);
        var mode = Mode ?? context.Objectives.FirstOrDefault(o => o.Metric == metric)?.Mode ?? Tuning.Mode.Min;
        return new ExperimentPlateauStopper(this, new(metric, mode));
    }

    /// <inheritdoc/>
    public override string ToString() => OptionText.Of(this);
}
