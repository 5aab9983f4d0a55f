namespace Tuning.Schedulers.Population;

/// <summary>What a population remembers of a trial.</summary>
internal sealed class Member(TrialId id, ParameterSet config)
{
    /// <summary>The trial.</summary>
    public TrialId Id { get; } = id;

    /// <summary>Its configuration now.</summary>
    public ParameterSet Config { get; set; } = config;

    /// <summary>Whether it has not ended.</summary>
    public bool IsLive { get; set; } = true;

    /// <summary>Its objective when it was last compared; NaN before, and where it was none.</summary>
    public double Value { get; set; } = double.NaN;

    /// <summary>Its place in the ranking; null while it has none.</summary>
    public Ranked? Rank { get; set; }

    /// <summary>Its time when it was last compared: Ray's last train time.</summary>
    public double Trained { get; set; }

    /// <summary>Its time at its last report.</summary>
    public double Time { get; set; }

    /// <summary>The number of its last report.</summary>
    public int Reports { get; set; }

    /// <summary>The time from which the next interval counts.</summary>
    public double Perturbed { get; set; }

    /// <summary>Whether its score was made by the state and the configuration that it has now.</summary>
    public bool IsProven { get; set; }

    /// <summary>Whether others may take over from it, if it is good enough: it has a score, made by its state, and nothing to take over itself.</summary>
    public bool IsSource { get; set; }

    /// <summary>Where it waits for its next start; null while it has a segment or is to take over another's state.</summary>
    public TrainingOrder? Rest { get; set; }

    /// <summary>The score from which the current interval began: the last one, or the source's at an exploit; NaN before the first.</summary>
    public double BaseScore { get; set; } = double.NaN;

    /// <summary>An exploit that was decided and has not happened.</summary>
    public SchedulerDecision.Exploit? Planned { get; set; }

    /// <summary>What its time may go on from after an exploit; null once it has reported.</summary>
    public ExploitTimes? AtExploit { get; set; }

    /// <summary>
    /// The time from which the interval counts, at a report at <paramref name="time"/>. After an exploit that is the source's, where the
    /// time went on from the source's checkpoint (as an algorithm's training_iteration), or its own, where each trial counts its own time.
    /// </summary>
    public double PerturbedBefore(double time) => AtExploit switch
    {
        null => Perturbed,
        { AlwaysSource: false } when Math.Abs(time - AtExploit.OwnTime) <= Math.Abs(time - AtExploit.SourceTime) => AtExploit.OwnTime,
        _ => AtExploit.SourcePerturbed,
    };
}

/// <summary>Times at an exploit.</summary>
/// <param name="OwnTime">The exploiter's.</param>
/// <param name="SourceTime">The source's.</param>
/// <param name="SourcePerturbed">When the source was last compared.</param>
/// <param name="AlwaysSource">Whether the source's holds whatever the next report says, as in Ray.</param>
internal sealed record ExploitTimes(double OwnTime, double SourceTime, double SourcePerturbed, bool AlwaysSource);
