namespace Tuning;

/// <summary>A trial that a <see cref="Study"/> handed out, to be told of when it is done.</summary>
/// <remarks>What is public is immutable and safe on any thread.</remarks>
public sealed class StudyTrial
{
    internal StudyTrial(object owner, SegmentCommand.Start start, string? reason, DateTimeOffset since)
    {
        (Owner, Segment, Config, Reason, Attempt, Since) = (owner, start.Segment, start.Config, reason, start.Failures + 1, since);
        Reports = new(start.CatchUp);
    }

    /// <summary>Its number.</summary>
    public TrialId Id => Segment.Trial;

    /// <summary>Its configuration.</summary>
    public ParameterSet Config { get; }

    /// <summary>How its configuration came about; null for one that an earlier process had asked for.</summary>
    public string? Reason { get; }

    /// <summary>Which attempt it is: 1, or more where it was handed out again because it had failed.</summary>
    /// <remarks>
    /// What it reported before stands: an attempt that begins anew makes its reports again, and those that the study knows by number are answered as
    /// they were and count once.
    /// </remarks>
    public int Attempt { get; }

    /// <summary>The study that handed it out.</summary>
    internal object Owner { get; }

    /// <summary>The segment that it is.</summary>
    internal SegmentId Segment { get; }

    /// <summary>Its reports. This and what follows belongs to the study.</summary>
    internal ReportCursor Reports { get; }

    /// <summary>The training iteration of the last report of this attempt; null before.</summary>
    internal long? Step { get; set; }

    /// <summary>When it was handed out or reported last.</summary>
    internal DateTimeOffset Since { get; set; }

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

    /// <summary>Throws where steps do not grow within the attempt; a value that is told at the end may belong to the last one.</summary>
    internal void CheckStep(Metrics metrics, bool isLast)
    {
        var given = metrics.Number(AutoMetrics.TrainingIteration);
        var step = given ?? (isLast ? Step ?? 0 : Reports.Number + 1);
        var least = Step is { } last ? last + (isLast ? 0 : 1) : 0;
        if (!(step >= least))
        {
            var rule = Step is { } before ? $"it has reported step {before}, and steps grow from report to report" : "steps are at least 0";
            var seen = given is null
                ? $"without {AutoMetrics.TrainingIteration} the step is the number of the report,"
                : $"its {AutoMetrics.TrainingIteration} is";
            throw new ArgumentException(Invariant($"{this}: {seen} {step}; {rule}. Nothing was recorded."), nameof(metrics));
        }
    }

    /// <summary>The metrics of a last value: without a step of its own it belongs to the last one that was reported.</summary>
    /// <param name="metrics">The metrics.</param>
    /// <param name="recorded">The last step that the study knows of the trial, in any attempt.</param>
    internal Metrics WithStep(Metrics metrics, long recorded)
    {
        if (Reports.Number == 0 || metrics.TryGet(AutoMetrics.TrainingIteration, out _))
        {
            return metrics;
        }

        var copy = new Metrics(metrics.Count + 1);
        foreach (var (name, value) in metrics)
        {
            copy[name] = value;
        }

        copy[AutoMetrics.TrainingIteration] = Math.Max(Step ?? 0, recorded);
        return copy;
    }
}
