namespace Tuning;

/// <summary>Where a trial runs.</summary>
public enum Isolation
{
    /// <summary>On a thread of the tuner's process: the fastest, and what ends the process ends all trials.</summary>
    Thread,

    /// <summary>In a process of its own, of the same program: a stack overflow, a native crash or a runaway allocation ends that trial alone.</summary>
    Process,
}
