namespace Tuning.Stopping;

/// <summary>
/// Stops when any of several criteria does: Ray's <c>CombinedStopper</c>. A verdict on the experiment goes before one on the trial; else
/// the first counts.
/// </summary>
public sealed class AnyStopper : IStopper
{
    private readonly ImmutableArray<IStopper> _stoppers;

    /// <summary>Of these criteria.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public AnyStopper(params IReadOnlyCollection<IStopper> stoppers)
    {
        ArgumentNullException.ThrowIfNull(stoppers);
        _stoppers = stoppers.Count > 0 ? [.. stoppers]
            : throw new ArgumentException("'any' has no criteria, so it never stops anything; give at least one.", nameof(stoppers));
    }

    /// <inheritdoc/>
    public TimeSpan? Deadline => _stoppers.Min(s => s.Deadline);

    /// <inheritdoc/>
    public StopVerdict? Check(TrialReport report, TrialBoard board)
    {
        StopVerdict? first = null;
        foreach (var stopper in _stoppers)
        {
            if (stopper.Check(report, board) is { } verdict)
            {
                if (verdict.WholeExperiment)
                {
                    return verdict;
                }

                first ??= verdict;
            }
        }

        return first;
    }

    /// <inheritdoc/>
    public StopVerdict? CheckTime(TimeSpan elapsed) => _stoppers.Select(s => s.CheckTime(elapsed)).FirstOrDefault(v => v is not null);

    /// <inheritdoc/>
    public void Observe(TrialReport report)
    {
        foreach (var stopper in _stoppers)
        {
            stopper.Observe(report);
        }
    }

    /// <inheritdoc/>
    public void Forget(TrialId trial)
    {
        foreach (var stopper in _stoppers)
        {
            stopper.Forget(trial);
        }
    }
}

/// <summary>Options of <see cref="AnyStopper"/>. YAML: <c>{any: [{type: timeout, seconds: 600}, …]}</c>.</summary>
public sealed record AnyStopperOptions : StopperOptions
{
    /// <summary>The criteria, at least one.</summary>
    public required ImmutableArray<StopperOptions> Stoppers { get; init => field = value.IsDefault ? [] : value; }

    /// <inheritdoc/>
    public override IStopper Create(StopperContext context) => new AnyStopper([.. Stoppers.Select(s => s.Create(context))]);

    /// <summary>The same criteria in the same order.</summary>
    public bool Equals(AnyStopperOptions? other) => other is not null && Stoppers.AsSpan().SequenceEqual(other.Stoppers.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => Stoppers.IsDefaultOrEmpty ? 0 : HashCode.Combine(Stoppers.Length, Stoppers[0]);
}
