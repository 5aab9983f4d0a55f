namespace Tuning.Running;

/// <summary>The segments that were told to end, each with the time at which it is given up.</summary>
/// <remarks>Used by the session's thread.</remarks>
/// <param name="parts">The session's.</param>
/// <param name="driver">Runs the segments.</param>
internal sealed class OverdueSegments(SessionParts parts, ISessionDriver driver)
{
    private readonly Dictionary<SegmentId, long> _told = [];

    /// <summary>The timestamp at which the next one is given up, unless it has ended; null where none was told to end.</summary>
    public long? Next => _told.Count == 0 ? null : _told.Values.Min() + (long)(parts.StopGrace.TotalSeconds * parts.Time.TimestampFrequency);

    /// <summary>A segment is told something: to end, or anything else.</summary>
    public void Told(SegmentCommand command)
    {
        var controller = parts.Controller;
        // Whoever stops the process waits for trials as long as he likes; nobody else does.
        var ends = command switch
        {
            SegmentCommand.Answer a => a.Verdict is Verdict.Stop or Verdict.Pause or Verdict.Exploit,
            SegmentCommand.Cancel => !controller.IsInterrupted,
            _ => controller.StopReason is not null,
        };
        if (ends)
        {
            _told.TryAdd(command.Segment, parts.Time.GetTimestamp());
        }
    }

    /// <summary>A segment has ended.</summary>
    public void Ended(SegmentId segment) => _told.Remove(segment);

    /// <summary>Gives up those whose time is up: by force where that is possible, else by name.</summary>
    public List<SegmentId> GiveUp()
    {
        var late = _told.Where(t => parts.Time.GetElapsedTime(t.Value) >= parts.StopGrace).Select(t => t.Key).ToList();
        foreach (var segment in late)
        {
            var why = Invariant($"It was told to end and had not after {parts.StopGrace.TotalSeconds:0.###} s.")
                + (parts.Controller.OwesCheckpoint(segment.Trial) ? " Its last checkpoint was not written." : "");
            if (driver.GiveUp(segment, why))
            {
                Log.EndedByForce(parts.Logger, segment.Trial, why);
            }
            else
            {
                Execution.Log.Abandoned(parts.Logger, segment.Trial, why);
            }
        }

        return late;
    }
}
