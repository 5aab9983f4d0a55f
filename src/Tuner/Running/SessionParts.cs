namespace Tuning.Running;

/// <summary>What a session of an experiment is made of.</summary>
internal sealed record SessionParts
{
    /// <summary>Decides. From here on the session's alone.</summary>
    public required ExperimentController Controller { get; init; }

    /// <summary>The searcher that the controller asks; says where it is asked.</summary>
    public required ISearcher Searcher { get; init; }

    /// <summary>Records; null where nothing is to be. From here on the session's alone.</summary>
    public EventJournal? Journal { get; init; }

    /// <summary>The clock of the events.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>The log.</summary>
    public required ILogger Logger { get; init; }

    /// <summary>What callbacks are told of the experiment.</summary>
    public required ExperimentInfo Info { get; init; }

    /// <summary>Observers in order.</summary>
    public ImmutableArray<TunerCallback> Callbacks { get; init; } = [];

    /// <summary>How many calls wait for a callback before trials wait for it.</summary>
    public int CallbackCapacity { get; init; } = CallbackPipeline.DefaultCapacity;

    /// <summary>Told of each event on the session's own thread.</summary>
    public ImmutableArray<ISessionObserver> Observers { get; init; } = [];

    /// <summary>Told of suggestions and decisions; null tells nobody.</summary>
    public ExperimentTelemetry? Telemetry { get; init; }

    /// <summary>How the experiment differs from before; null for a new one.</summary>
    public ExperimentExtension? Resume { get; init; }

    /// <summary>Brings loggers up to date on resume; null for a new experiment.</summary>
    public Action<IReadOnlyList<CallbackQueue>>? Recover { get; init; }

    /// <summary>Told the metrics of the session's first report.</summary>
    public Action<Metrics>? FirstReport { get; init; }

    /// <summary>How long a trial may run on that was told to end (stop, pause, exploit), until it is given up.</summary>
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether time and disk are made up: nothing needs to survive a loss of power.</summary>
    public bool IsVirtual { get; init; }
}

/// <summary>Feeds a session with events and carries out what it wants done.</summary>
internal interface ISessionDriver
{
    /// <summary>Does what the session wants done. Returns at once; on the session's thread.</summary>
    void Carry(SessionCommand command);

    /// <summary>Whether a checkpoint is there to start from.</summary>
    bool HasCheckpoint(CheckpointRef checkpoint);

    /// <summary>Ends a segment that was told to end and has not.</summary>
    /// <returns>Whether it was ended by force; else it may go on, and counts for nothing.</returns>
    bool GiveUp(SegmentId segment, string reason) => false;

    /// <summary>A callback whose faults stop the experiment failed. Any thread.</summary>
    void CallbackFailed(InvalidOperationException error);

    /// <summary>Something without which the session cannot go on failed: it ends. Any thread.</summary>
    void Failed(Exception error);

    /// <summary>A callback's queue that was full is half empty: <see cref="ExperimentSession.Act"/> goes on. Any thread.</summary>
    void CallbacksDrained();
}

/// <summary>Told of each event with what was decided, on the session's thread.</summary>
internal interface ISessionObserver
{
    /// <summary>An event was handled.</summary>
    /// <param name="happened">The event.</param>
    /// <param name="commands">What was decided, valid during the call.</param>
    void Handled(ExperimentEvent happened, IReadOnlyList<ExperimentCommand> commands)
    {
    }

    /// <summary>The events so far are in the journal.</summary>
    void Written()
    {
    }
}
