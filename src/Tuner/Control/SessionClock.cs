namespace Tuning.Control;

/// <summary>
/// The experiment's time, from what its events say: the sum over sessions of how long each lasted, or, where they do not say it, of the time between a
/// session's first and last event. What passes while no session runs does not count; a clock that goes back adds nothing.
/// </summary>
internal sealed class SessionClock
{
    private TimeSpan _lasted;

    /// <summary>The time of the last event.</summary>
    public DateTimeOffset Now { get; private set; }

    /// <summary>How long the experiment has been running, over all of its sessions.</summary>
    public TimeSpan Elapsed { get; private set; }

    /// <summary>When the first session began; null before.</summary>
    public DateTimeOffset? StartedAt { get; private set; }

    /// <summary>A session begins.</summary>
    public void Begin(DateTimeOffset at, TimeSpan? lasted = null)
    {
        StartedAt ??= at;
        Now = at;
        _lasted = lasted ?? TimeSpan.Zero;
    }

    /// <summary>An event of the current session.</summary>
    public void Advance(DateTimeOffset at, TimeSpan? lasted = null)
    {
        var more = lasted is { } total ? total - _lasted : at - Now;
        if (more > TimeSpan.Zero)
        {
            Elapsed += more;
            _lasted += more;
        }

        Now = at;
    }
}
