namespace Tuning;

/// <summary>Where a trial stands. The legal transitions are in one table, <c>TrialTransitions</c>.</summary>
public enum TrialStatus
{
    /// <summary>Waits to be started: new, to be retried, interrupted by a stop of the process, or after an exploit.</summary>
    Pending,

    /// <summary>A segment of it is running.</summary>
    Running,

    /// <summary>Told to pause; its segment writes a checkpoint and ends.</summary>
    Pausing,

    /// <summary>Holds neither thread nor job; goes on from its checkpoint when the scheduler resumes it.</summary>
    Paused,

    /// <summary>Told to take over another trial's checkpoint and a new configuration; its segment writes a checkpoint and ends.</summary>
    Exploiting,

    /// <summary>Told to stop; its segment writes its last checkpoint, where one is due, and ends.</summary>
    Stopping,

    /// <summary>Ended: by itself, by a stop criterion, by the scheduler. Stays so, unless a resumed experiment trains trials longer.</summary>
    Terminated,

    /// <summary>Ended by an exception, with no retries left. Stays so, unless errored trials are taken up again on resume.</summary>
    Failed,
}
