namespace Tuning.Schedulers;

/// <summary>Whose rules a scheduler follows where Ray Tune's are not right. In files <c>compatibility: ray</c>.</summary>
public enum SchedulerCompatibility
{
    /// <summary>The right rules: the default.</summary>
    None,

    /// <summary>Ray Tune's rules exactly, for comparing with its results. Each scheduler's options say what differs.</summary>
    Ray,
}
