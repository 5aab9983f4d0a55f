namespace Tuning.Control;

/// <summary>
/// The experiment's time, from the time stamps of its events: the sum over sessions of the time between a session's first and
/// last event. What passes while no session runs does not count; a clock that goes back adds nothing.
/// </summary>
internal sealed class SessionClock
{
    /// <summary>The time of the last event.</summary>
    public DateTimeOffset Now { get; private set; }

    /// <summary>How long the experiment has been running, over all of its sessions.</summary>
    public TimeSpan Elapsed { get; private set; }

    /// <summary>When the first session began; null before.</summary>
    public DateTimeOffset? StartedAt { get; private set; }

    /// <summary>A session begins.</summary>
    public void Begin(DateTimeOffset at)
    {
        StartedAt ??= at;
        Now = at;
    }

    /// <summary>An event of the current session.</summary>
    public void Advance(DateTimeOffset at)
    {
        if (at > Now)
        {
            Elapsed += at - Now;
        }

        Now = at;
    }
}
