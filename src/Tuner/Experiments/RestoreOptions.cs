namespace Tuning;

/// <summary>How an experiment is continued.</summary>
public sealed record RestoreOptions
{
    /// <summary>The new total of samples.</summary>
    /// <value>Default null: as before.</value>
    public int? Samples { get; init; }

    /// <summary>Earlier name of <see cref="Samples"/>.</summary>
    [Obsolete("Use Samples."), JsonIgnore]
    public int? NumSamples { get => Samples; init => Samples = value; }

    /// <summary>Samples on top of the total.</summary>
    /// <value>Default 0.</value>
    public int AddSamples { get; init; }

    /// <summary>What becomes of failed trials.</summary>
    /// <value>Default <see cref="ErroredTrials.Skip"/>.</value>
    public ErroredTrials Errored { get; init; }

    /// <summary>The last line of the journal to keep; what follows is moved to a file beside it. For a journal with a damaged line.</summary>
    /// <value>Default null: all lines.</value>
    public long? UpToLine { get; init; }

    /// <summary>The search space again. Needed where a value is computed by C# code; else it is compared with the recorded one.</summary>
    /// <value>Default null: as it is recorded.</value>
    public SearchSpace? Space { get; init; }

    /// <summary>
    /// What is searched for, and how, again. Needed where search algorithm or scheduler were supplied as code. What is given must be as it is
    /// recorded; samples, concurrency and the time budget may change. A property that has its default is not compared.
    /// </summary>
    /// <value>Default null: as it is recorded.</value>
    public TuneConfig? Tune { get; init; }

    /// <summary>The application's services (<c>services.AddTuner(…)</c>), with its loggers and other components.</summary>
    /// <value>Default null: a private host.</value>
    public IServiceProvider? Services { get; init; }

    /// <summary>
    /// Callbacks, and stop criteria of your own, again. Stop criteria, checkpoints to keep, failures to bear, loggers and cores per trial may
    /// change; a property that has its default is as it is recorded. Name and storage are those of the directory.
    /// </summary>
    /// <value>Default null: as it is recorded.</value>
    public RunConfig? Run { get; init; }

    /// <summary>Whether callbacks that the first run had may be missing; else that is an error.</summary>
    /// <value>Default false.</value>
    public bool AllowMissing { get; init; }

    /// <summary>Whether what is given is the whole definition, so that a default is meant, too.</summary>
    internal bool IsWhole { get; init; }

    /// <summary>The whole definition as a file says it, in place of <see cref="Space"/>, <see cref="Tune"/> and <see cref="Run"/>; null for none.</summary>
    internal ExperimentSpec? Specification { get; init; }

    /// <inheritdoc/>
    public override string ToString() => OptionText.Of(this);
}
