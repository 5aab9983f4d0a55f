using Tuning.Control;

namespace Tuning;

/// <summary>How an experiment is continued.</summary>
public sealed record RestoreOptions
{
    /// <summary>The new total of samples.</summary>
    /// <value>Default null: as before.</value>
    public int? NumSamples { get; init; }

    /// <summary>Samples on top of the total.</summary>
    /// <value>Default 0.</value>
    public int AddSamples { get; init; }

    /// <summary>What becomes of failed trials.</summary>
    /// <value>Default <see cref="ErroredTrials.Skip"/>.</value>
    public ErroredTrials Errored { get; init; }

    /// <summary>The last line of the journal to keep; what follows is moved to a file beside it. For a journal with a damaged line.</summary>
    /// <value>Default null: all lines.</value>
    public long? UpToLine { get; init; }

    /// <summary>Search algorithm and scheduler, where they were supplied as code; the rest of it is ignored.</summary>
    /// <value>Default null.</value>
    public TuneConfig? Tune { get; init; }

    /// <summary>The application's services (<c>services.AddTuner(…)</c>), with its loggers and other components.</summary>
    /// <value>Default null: a private host.</value>
    public IServiceProvider? Services { get; init; }

    /// <summary>Stop criteria and callbacks, where they were supplied as code; the rest of it is ignored.</summary>
    /// <value>Default null.</value>
    public RunConfig? Run { get; init; }
}
