namespace Tuning.Experiments;

/// <summary>How a session of an experiment is started.</summary>
internal sealed record StartOptions
{
    /// <summary>Whether the name was asked for, so that a directory of that name is an error.</summary>
    public bool NameIsExplicit { get; init; }

    /// <summary>The command that changed what the file or the record says, for the readable copy; null for none.</summary>
    public string? ChangedBy { get; init; }

    /// <summary>Handed the run before anything happens in it, so that a stop that is asked for from then on is not missed.</summary>
    public Action<ExperimentRun>? Prepared { get; init; }

    /// <summary>How long a trial may run on that was told to end; null for what the process says, else half a minute.</summary>
    public TimeSpan? Grace { get; init; }

    /// <summary>Observers beside those of the definition and the loggers, such as the progress display.</summary>
    public ImmutableArray<TunerCallback> Callbacks { get; init; } = [];
}
