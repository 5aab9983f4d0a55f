using System.Diagnostics;
using Tuning;
using Tuning.Schedulers;
using Tuning.Trials;

namespace Benchmarks.Simulation;

/// <summary>Asks a scheduler, and takes the time of each call; the stopwatch takes some 25 ns of it.</summary>
internal sealed class TimedScheduler(ITrialScheduler inner) : ITrialScheduler
{
    private const int CallsBetweenLooks = 1024;

    private static readonly long _long = Stopwatch.Frequency / 10_000;

    private readonly ThreadClock _clock = new();
    private int _sinceLook;

    /// <summary>All calls.</summary>
    public CallTimes All { get; } = new();

    /// <summary>Those that decide about a report or the end of a trial.</summary>
    public CallTimes Decisions { get; } = new();

    public string Name => inner.Name;

    public bool NeedsCheckpoints => inner.NeedsCheckpoints;

    public IReadOnlyList<SchedulerDecision> Decide(TrialReport report, TrialBoard board)
    {
        var start = Stopwatch.GetTimestamp();
        var decisions = inner.Decide(report, board);
        Decisions.Add(Add(start));
        return decisions;
    }

    public IReadOnlyList<SchedulerDecision> DecideEnded(TrialId trial, TrialStatus status, TrialBoard board)
    {
        var start = Stopwatch.GetTimestamp();
        var decisions = inner.DecideEnded(trial, status, board);
        Decisions.Add(Add(start));
        return decisions;
    }

    public string? StartReason(TrialId trial, TrialBoard board)
    {
        var start = Stopwatch.GetTimestamp();
        var reason = inner.StartReason(trial, board);
        Add(start);
        return reason;
    }

    public string? LeaveReason(TrialId trial, TrialBoard board)
    {
        var start = Stopwatch.GetTimestamp();
        var reason = inner.LeaveReason(trial, board);
        Add(start);
        return reason;
    }

    public TrialId? Choose(TrialBoard board)
    {
        var start = Stopwatch.GetTimestamp();
        var chosen = inner.Choose(board);
        Add(start);
        return chosen;
    }

    public void Observe(SchedulerObservation observation)
    {
        var start = Stopwatch.GetTimestamp();
        inner.Observe(observation);
        Add(start);
    }

    private long Add(long start)
    {
        var ticks = Stopwatch.GetTimestamp() - start;
        if (ticks > _long || ++_sinceLook == CallsBetweenLooks)
        {
            // A long call was interrupted, if anything was since the last look.
            var away = (long)(_clock.Look() * Stopwatch.Frequency);
            ticks = ticks > _long ? Math.Max(0, ticks - away) : ticks;
            _sinceLook = 0;
        }

        All.Add(ticks);
        return ticks;
    }
}
