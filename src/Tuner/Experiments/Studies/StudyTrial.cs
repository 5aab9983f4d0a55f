using Tuning.Trials;

namespace Tuning;

/// <summary>A trial that a <see cref="Study"/> handed out, to be told of when it is done.</summary>
/// <remarks>What is public is immutable and safe on any thread.</remarks>
public sealed class StudyTrial
{
    internal StudyTrial(object owner, TrialView trial, string? reason, DateTimeOffset since)
    {
        (Owner, Id, Config, Reason) = (owner, trial.Id, trial.Config, reason);
        (Reports, Step, TimeTotal, Stamp) = (trial.Reports, trial.TrainingIteration, trial.TimeTotal, since);
    }

    /// <summary>Its number.</summary>
    public TrialId Id { get; }

    /// <summary>Its configuration.</summary>
    public ParameterSet Config { get; }

    /// <summary>How its configuration came about; null for one that an earlier process had asked for.</summary>
    public string? Reason { get; }

    /// <summary>The study that handed it out.</summary>
    internal object Owner { get; }

    /// <summary>How many reports it has made. This and what follows belongs to the study.</summary>
    internal int Reports { get; set; }

    /// <summary>The training iteration of its last report.</summary>
    internal long Step { get; set; }

    /// <summary>Seconds from when it was handed out to its last report, over all processes.</summary>
    internal double TimeTotal { get; set; }

    /// <summary>When that was.</summary>
    internal DateTimeOffset Stamp { get; set; }

    /// <summary>Why it ended or was taken back; null while it is under way.</summary>
    internal string? Ended { get; set; }

    /// <summary>Whether it was told to stop at a report, and its end was not told since.</summary>
    internal bool MayBeTold { get; set; }

    /// <summary>The value of a parameter.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="path">Its dotted path.</param>
    /// <exception cref="MissingParameterException">There is none; a parameter whose condition does not hold is absent.</exception>
    public T Get<T>(string path) => Config.Get<T>(path);

    /// <summary>The configuration as an object of one's own: <c>Lr</c> is <c>lr</c>.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    public T Bind<T>() => Config.Bind<T>();

    /// <summary><c>trial 00007</c>.</summary>
    public override string ToString() => $"trial {Id}";
}
