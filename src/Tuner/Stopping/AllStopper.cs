namespace Tuning.Stopping;

/// <summary>
/// Stops when all of several criteria hold at the same report: <c>{all: [{type: maximum_iterations, max_iter: 50}, {type: timeout, seconds: 600}]}</c>
/// lets a trial make at least 50 reports and lets the experiment run at least 600 s.
/// </summary>
/// <remarks>
/// What held at an earlier report and does not hold now does not count: a loss that was low once and has risen again stops nothing. A time
/// criterion holds from its time on. It ends the experiment when all of its criteria would, else the reporting trial.
/// </remarks>
public sealed class AllStopper : IStopper
{
    private readonly ImmutableArray<IStopper> _stoppers;

    /// <summary>Of these criteria.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public AllStopper(params IReadOnlyCollection<IStopper> stoppers)
    {
        ArgumentNullException.ThrowIfNull(stoppers);
        _stoppers = stoppers.Count > 0 ? [.. stoppers]
            : throw new ArgumentException("'all' has no criteria, so it would stop every trial at once; give at least one.", nameof(stoppers));
    }

    /// <summary>The latest of the times, where all criteria have one: only then time alone can end the experiment.</summary>
    public TimeSpan? Deadline => _stoppers.All(s => s.Deadline is not null) ? _stoppers.Max(s => s.Deadline) : null;

    /// <inheritdoc/>
    public StopVerdict? Check(TrialReport report, TrialBoard board)
    {
        ArgumentNullException.ThrowIfNull(board);
        return All(s => s.Check(report, board) ?? s.CheckTime(board.Elapsed));
    }

    /// <inheritdoc/>
    public StopVerdict? CheckTime(TimeSpan elapsed) => All(s => s.CheckTime(elapsed));

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

    private StopVerdict? All(Func<IStopper, StopVerdict?> ask)
    {
        var verdicts = new StopVerdict[_stoppers.Length];
        for (var i = 0; i < verdicts.Length; i++)
        {
            if (ask(_stoppers[i]) is not { } verdict)
            {
                return null;
            }

            verdicts[i] = verdict;
        }

        return new(verdicts.All(v => v.WholeExperiment), string.Join("; and ", verdicts.Select(v => v.Reason)));
    }
}

/// <summary>Options of <see cref="AllStopper"/>. YAML: <c>{all: [ … ]}</c>.</summary>
public sealed record AllStopperOptions : StopperOptions
{
    /// <summary>The criteria, at least one.</summary>
    public required ImmutableArray<StopperOptions> Stoppers { get; init => field = value.IsDefault ? [] : value; }

    /// <inheritdoc/>
    public override IStopper Create(StopperContext context) => new AllStopper([.. Stoppers.Select(s => s.Create(context))]);

    /// <summary>The same criteria in the same order.</summary>
    public bool Equals(AllStopperOptions? other) => other is not null && Stoppers.AsSpan().SequenceEqual(other.Stoppers.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => Stoppers.IsDefaultOrEmpty ? 0 : HashCode.Combine(Stoppers.Length, Stoppers[0]);
}
