namespace Tuning.Stopping;

/// <summary>
/// Stops the experiment after so much running time; also what <c>time_budget_s</c> means. Only the time counts in which a session runs:
/// a resumed experiment has what is left.
/// </summary>
/// <remarks>Keeps no state: the experiment's time is handed in.</remarks>
public sealed class TimeoutStopper : IStopper
{
    private readonly TimeSpan _limit;

    /// <summary>With a limit.</summary>
    /// <param name="seconds">The running time, more than 0.</param>
    /// <exception cref="ArgumentException">The time is not more than 0, or longer than a thousand years.</exception>
    public TimeoutStopper(double seconds) => _limit = seconds is > 0 and < 3.2e10
        ? TimeSpan.FromSeconds(seconds)
        : throw new ArgumentException(FormattableString.Invariant($"seconds is {seconds}; it must be more than 0, and a thousand years at most."),
            nameof(seconds));

    /// <inheritdoc/>
    public TimeSpan? Deadline => _limit;

    /// <inheritdoc/>
    public StopVerdict? Check(TrialReport report, TrialBoard board) => null;

    /// <inheritdoc/>
    public StopVerdict? CheckTime(TimeSpan elapsed) => elapsed < _limit ? null
        : new(true, Invariant($"the experiment has run for {elapsed.TotalSeconds:0.#} s, {_limit.TotalSeconds:0.###} s were asked for"));

    /// <inheritdoc/>
    public void Observe(TrialReport report)
    {
    }
}

/// <summary>Options of <see cref="TimeoutStopper"/>. YAML: <c>{type: timeout, seconds: 600}</c>.</summary>
public sealed record TimeoutOptions : StopperOptions
{
    /// <summary>After how many seconds of running time the experiment stops.</summary>
    /// <value>More than 0.</value>
    [Between(0, 3.2e10, ExceptLeast = true, Because = "a thousand years")]
    public required double Seconds { get; init; }

    /// <inheritdoc/>
    public override IStopper Create(StopperContext context) => new TimeoutStopper(Seconds);
}
