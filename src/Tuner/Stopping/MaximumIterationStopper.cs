namespace Tuning.Stopping;

/// <summary>
/// Stops each trial at its n-th report, as Ray's <c>MaximumIterationStopper</c>. Counts reports, whatever <c>training_iteration</c> says;
/// to count an algorithm's own iterations use a threshold of that metric.
/// </summary>
/// <remarks>Keeps no state: reports are numbered.</remarks>
/// <param name="maxIter">After how many reports, at least 1.</param>
public sealed class MaximumIterationStopper(int maxIter) : IStopper
{
    private readonly int _maxIter = maxIter >= 1 ? maxIter : throw new ArgumentException($"max_iter is {maxIter}; it must be at least 1.", nameof(maxIter));
    private readonly StopVerdict _verdict = new(false, $"made {maxIter} {(maxIter == 1 ? "report" : "reports")}, the most that was asked for");

    /// <inheritdoc/>
    public StopVerdict? Check(TrialReport report, TrialBoard board)
    {
        ArgumentNullException.ThrowIfNull(report);
        return report.Number < _maxIter ? null
            : report.Number == _maxIter ? _verdict
            : new(false, $"made {report.Number} reports, {_maxIter} at most were asked for");
    }

    /// <inheritdoc/>
    public void Observe(TrialReport report)
    {
    }
}

/// <summary>Options of <see cref="MaximumIterationStopper"/>. YAML: <c>{type: maximum_iterations, max_iter: 50}</c>.</summary>
public sealed record MaximumIterationOptions : StopperOptions
{
    /// <summary>After how many reports a trial stops.</summary>
    /// <value>At least 1.</value>
    [AtLeast(1), JsonPropertyName("max_iter"), JsonRequired]
    public int MaxIterations { get; init; }

    /// <summary>Earlier name of <see cref="MaxIterations"/>.</summary>
    [Obsolete("Use MaxIterations."), JsonIgnore]
    public int MaxIter { get => MaxIterations; init => MaxIterations = value; }

    /// <inheritdoc/>
    public override IStopper Create(StopperContext context) => new MaximumIterationStopper(MaxIterations);

    /// <inheritdoc/>
    public override string ToString() => OptionText.Of(this);
}
