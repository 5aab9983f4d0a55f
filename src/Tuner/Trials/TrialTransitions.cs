using S = Tuning.TrialStatus;

namespace Tuning.Trials;

/// <summary>
/// The one table of legal status changes. Every change goes through <see cref="Check"/>.
/// </summary>
/// <remarks>
/// <code>
/// Pending    → Running (start), Paused (paused before it started), Terminated (stopped before it started), Failed (cannot be tried)
/// Running    → Pausing, Exploiting, Stopping (told to); Paused (a repetition reached the pause it owed);
///              Pending (interrupted, or to be tried again); Terminated (ended by itself, or reached the stop it owed); Failed
/// Pausing    → Paused; Pending (its checkpoint was lost or failed: it repeats up to its pause); Failed
/// Paused     → Running (start); Pending (sent to another trial's checkpoint); Terminated
/// Exploiting → Pending (waits for the checkpoint it takes); Failed
/// Stopping   → Terminated; Pending (its last checkpoint was lost or failed: it repeats up to its stop); Failed
/// Failed     → Pending (a resumed experiment takes it up again)
/// Terminated → Pending (a resumed experiment trains it longer)
/// </code>
/// </remarks>
internal static class TrialTransitions
{
    private static readonly TrialStatus[][] _legal =
    [
        /* Pending */ [S.Running, S.Paused, S.Terminated, S.Failed],
        /* Running */ [S.Pending, S.Pausing, S.Paused, S.Exploiting, S.Stopping, S.Terminated, S.Failed],
        /* Pausing */ [S.Paused, S.Pending, S.Failed],
        /* Paused */ [S.Running, S.Pending, S.Terminated],
        /* Exploiting */ [S.Pending, S.Failed],
        /* Stopping */ [S.Terminated, S.Pending, S.Failed],
        /* Terminated */ [S.Pending],
        /* Failed */ [S.Pending],
    ];

    /// <summary>All legal changes.</summary>
    public static IEnumerable<(TrialStatus From, TrialStatus To)> All =>
        _legal.SelectMany((to, from) => to.Select(status => ((TrialStatus)from, status)));

    /// <summary>Whether a trial may go from one status to the other.</summary>
    public static bool IsLegal(TrialStatus from, TrialStatus to) => _legal[(int)from].AsSpan().Contains(to);

    /// <summary>Throws unless the change is legal.</summary>
    /// <exception cref="InvalidOperationException">It is not; the message names trial and both statuses.</exception>
    public static void Check(TrialId trial, TrialStatus from, TrialStatus to)
    {
        if (!IsLegal(from, to))
        {
            var legal = _legal[(int)from];
            throw new InvalidOperationException(
                $"Trial {trial} cannot go from {from} to {to}; from {from} it can go to {(legal.Length == 0 ? "nothing" : string.Join(", ", legal))}.");
        }
    }

    /// <summary>Whether a trial of this status has a segment, and so a slot.</summary>
    public static bool HasSegment(TrialStatus status) => status is S.Running or S.Pausing or S.Exploiting or S.Stopping;

    /// <summary>Whether a trial of this status has ended.</summary>
    public static bool IsEnded(TrialStatus status) => status is S.Terminated or S.Failed;
}
