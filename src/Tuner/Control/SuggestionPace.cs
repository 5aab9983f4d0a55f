namespace Tuning.Control;

/// <summary>
/// How long suggestions take and how long trials hold their slots, from the times of events, and so how many trials are to wait ready. A
/// suggestion that is made ahead knows less; it is worth that only where slots would stand idle for it.
/// </summary>
/// <remarks>Means over the last dozen or so, each new one weighing an eighth. Used by one thread.</remarks>
internal sealed class SuggestionPace
{
    // A suggestion that takes less than this share of a trial is waited for.
    private const double Negligible = 0.005, Weight = 0.125;

    private readonly Dictionary<long, DateTimeOffset> _requested = [];
    private readonly Dictionary<TrialId, DateTimeOffset> _started = [];
    private double? _suggestion;
    private double? _trial;

    /// <summary>A suggestion was asked for.</summary>
    public void Requested(long number, DateTimeOffset at) => _requested[number] = at;

    /// <summary>It arrived; a wait for results says nothing of how long one takes.</summary>
    public void Answered(long number, DateTimeOffset at, bool isConfiguration)
    {
        if (_requested.Remove(number, out var from) && isConfiguration)
        {
            _suggestion = Mean(_suggestion, at - from);
        }
    }

    /// <summary>A trial got a slot.</summary>
    public void Started(TrialId trial, DateTimeOffset at) => _started[trial] = at;

    /// <summary>It gave the slot back.</summary>
    public void Ended(TrialId trial, DateTimeOffset at)
    {
        if (_started.Remove(trial, out var from))
        {
            _trial = Mean(_trial, at - from);
        }
    }

    /// <summary>Another process goes on: what was under way is gone.</summary>
    public void Restart()
    {
        _requested.Clear();
        _started.Clear();
    }

    /// <summary>
    /// How many trials are to wait for a slot: none where a suggestion is quick beside a trial; else enough for the slots that become free
    /// while one is made, and one more; at most one for each slot. None while no trial has ended yet.
    /// </summary>
    public int Ready(int slots) => (_suggestion, _trial) switch
    {
        (null or <= 0, _) or (_, null) => 0,
        ({ } suggestion, { } trial) when suggestion < Negligible * trial => 0,
        ({ } suggestion, { } trial) => (int)Math.Clamp(Math.Ceiling(slots * suggestion / Math.Max(trial, 1e-9)) + 1, 1, slots),
    };

    private static double Mean(double? mean, TimeSpan next) =>
        Math.Max(0, mean is { } known ? known + (Weight * (next.TotalSeconds - known)) : next.TotalSeconds);
}
