namespace Tuning.Stopping;

/// <summary>
/// Stops a trial whose metric no longer moves, as Ray's <c>TrialPlateauStopper</c>: from report <c>grace_period</c> on, when the
/// standard deviation (of the population) of its last <c>num_results</c> values is less than <c>std</c>. With a
/// <c>metric_threshold</c>, only while the last value is at least as good as that.
/// </summary>
/// <remarks>
/// An absent or NaN value counts as a report and stops nothing while it is among the last <c>num_results</c>; so does an infinite one.
/// Remembers <c>num_results</c> values of each live trial. Use <see cref="ExperimentPlateauStopper"/> for all trials together.
/// </remarks>
public sealed class TrialPlateauStopper : IStopper
{
    private readonly string _metric;
    private readonly TrialPlateauOptions _options;
    private readonly Mode _mode;
    private readonly Dictionary<TrialId, double[]> _windows = [];
    private readonly double[] _scratch;

    internal TrialPlateauStopper(TrialPlateauOptions options, string metric, Mode mode)
    {
        (_options, _metric, _mode) = (options, metric, mode);
        _scratch = new double[options.Results];
    }

    /// <inheritdoc/>
    public StopVerdict? Check(TrialReport report, TrialBoard board)
    {
        ArgumentNullException.ThrowIfNull(report);
        var value = report.Value(_metric) ?? double.NaN;
        if (report.Number < _options.GracePeriod || report.Number < _options.Results || double.IsNaN(value) || !IsPastThreshold(value))
        {
            return null;
        }

        // The window is a ring: the new value takes the place of the one num_results reports ago.
        Window(report.Trial).CopyTo(_scratch.AsSpan());
        _scratch[report.Number % _scratch.Length] = value;
        var deviation = Spread.StandardDeviation(_scratch);
        return deviation < _options.StandardDeviation
            ? new(false, string.Create(CultureInfo.InvariantCulture,
                $"{_metric} no longer moves: the standard deviation of its last {_options.Results} values is {NumberText.Of(deviation)}, less than " +
                $"{NumberText.Of(_options.StandardDeviation)}"))
            : null;
    }

    /// <inheritdoc/>
    public void Observe(TrialReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var window = Window(report.Trial);
        window[report.Number % window.Length] = report.Value(_metric) ?? double.NaN;
    }

    /// <inheritdoc/>
    public void Forget(TrialId trial) => _windows.Remove(trial);

    private bool IsPastThreshold(double value) =>
        _options.MetricThreshold is not { } threshold || (_mode == Mode.Min ? value <= threshold : value >= threshold);

    private double[] Window(TrialId trial)
    {
        if (!_windows.TryGetValue(trial, out var window))
        {
            // What a trial reported before it was forgotten (a failed one that goes on) is unknown.
            _windows[trial] = window = new double[_options.Results];
            window.AsSpan().Fill(double.NaN);
        }

        return window;
    }
}

/// <summary>Options of <see cref="TrialPlateauStopper"/>. YAML: <c>{type: trial_plateau, metric: loss, std: 0.01}</c>.</summary>
public sealed record TrialPlateauOptions : StopperOptions
{
    /// <summary>Path of the metric; null means the first objective.</summary>
    /// <value>Default null.</value>
    public string? Metric { get; init; }

    /// <summary>The standard deviation below which a trial stops.</summary>
    /// <value>Default 0.01; more than 0.</value>
    [MoreThan(0), JsonPropertyName("std")]
    public double StandardDeviation { get; init; } = 0.01;

    /// <summary>Earlier name of <see cref="StandardDeviation"/>.</summary>
    [Obsolete("Use StandardDeviation."), JsonIgnore]
    public double Std { get => StandardDeviation; init => StandardDeviation = value; }

    /// <summary>Over how many of the last values.</summary>
    /// <value>Default 4; at least 1.</value>
    [AtLeast(1), JsonPropertyName("num_results")]
    public int Results { get; init; } = 4;

    /// <summary>Earlier name of <see cref="Results"/>.</summary>
    [Obsolete("Use Results."), JsonIgnore]
    public int NumResults { get => Results; init => Results = value; }

    /// <summary>The first report at which a trial may stop.</summary>
    /// <value>Default 4; at least 0.</value>
    [AtLeast(0)]
    public int GracePeriod { get; init; } = 4;

    /// <summary>How good the metric must be before the trial may stop; null does not ask.</summary>
    /// <value>Default null. Needs <see cref="Mode"/> unless the metric is the first objective.</value>
    public double? MetricThreshold { get; init; }

    /// <summary>Whether larger or smaller values are better, for <see cref="MetricThreshold"/>; null means as the objective of this metric.</summary>
    /// <value>Default null.</value>
    public Mode? Mode { get; init; }

    /// <inheritdoc/>
    public override IStopper Create(StopperContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var metric = Metric ?? (context.Objectives is [var first, ..] ? first.Metric
            : throw new ArgumentException("metric is not given, and the experiment has no objective to take it from; give one."));
        var objective = context.Objectives.FirstOrDefault(o => o.Metric == metric);
        OptionSchema.Require(this);
        Check(
            MetricThreshold is null || Mode is not null || objective is not null,
            $"metric_threshold is {MetricThreshold}, and whether '{metric}' is better large or small is not known; give mode: min or mode: max.");
        return new TrialPlateauStopper(this, metric, Mode ?? objective?.Mode ?? Tuning.Mode.Min);
    }

    private static void Check(bool holds, FormattableString message)
    {
        if (!holds)
        {
            throw new ArgumentException(FormattableString.Invariant(message));
        }
    }

    /// <inheritdoc/>
    public override string ToString() => OptionText.Of(this);
}
