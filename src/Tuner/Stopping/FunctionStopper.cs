namespace Tuning.Stopping;

/// <summary>Stops a trial when a function of the user's says so.</summary>
/// <remarks>
/// The function is asked once per report, by one thread. It is not asked again for reports of an earlier session, so it must not count on
/// having seen them: derive from <see cref="IStopper"/> where a criterion needs memory.
/// </remarks>
/// <param name="stop">Whether a report ends its trial.</param>
/// <param name="name">What the criterion is called in the reason.</param>
public sealed class FunctionStopper(Func<TrialReport, bool> stop, string name = "the stop function") : IStopper
{
    private readonly Func<TrialReport, bool> _stop = stop ?? throw new ArgumentNullException(nameof(stop));

    /// <inheritdoc/>
    public StopVerdict? Check(TrialReport report, TrialBoard board)
    {
        ArgumentNullException.ThrowIfNull(report);
        return _stop(report) ? new(false, $"{name} said so at report {report.Number}") : null;
    }

    /// <inheritdoc/>
    public void Observe(TrialReport report)
    {
    }
}

/// <summary>A <see cref="FunctionStopper"/>. It has no form in files: it is supplied as code.</summary>
public sealed record FunctionStopperOptions : StopperOptions
{
    /// <summary>Whether a report ends its trial. Must be pure.</summary>
    public required Func<TrialReport, bool> Stop { get; init; }

    /// <summary>What the criterion is called in the reason.</summary>
    /// <value>Default <c>the stop function</c>.</value>
    public string Name { get; init; } = "the stop function";

    /// <inheritdoc/>
    public override IStopper Create(StopperContext context) => new FunctionStopper(Stop, Name);
}
