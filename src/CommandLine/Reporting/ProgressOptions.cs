namespace Tuning;

/// <summary>How much of the progress is shown.</summary>
public enum ProgressDetail
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A live table on a terminal, else a line when a trial starts or ends and a summary every few seconds.</summary>
    Normal,

    /// <summary>A line for every report; no live table.</summary>
    Verbose,
}

/// <summary>How progress is shown. Immutable.</summary>
public sealed record ProgressOptions
{
    /// <summary>How much is shown.</summary>
    /// <value>Default <see cref="ProgressDetail.Normal"/>.</value>
    public ProgressDetail Detail { get; init; } = ProgressDetail.Normal;

    /// <summary>Where lines go.</summary>
    /// <value>Default null: the console's standard output.</value>
    public TextWriter? Output { get; init; }

    /// <summary>Whether to draw a live table in place of lines.</summary>
    /// <value>Default null: where standard output is a terminal that can be redrawn.</value>
    public bool? IsLive { get; init; }

    /// <summary>How many trials the live table shows at most.</summary>
    /// <value>Default 20; at least 1.</value>
    public int MaxRows { get; init; } = 20;

    /// <summary>The least time between two summary lines.</summary>
    /// <value>Default 5 s.</value>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(5);
}
