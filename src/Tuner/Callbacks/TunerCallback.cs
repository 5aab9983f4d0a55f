namespace Tuning;

/// <summary>
/// Watches an experiment: override what you need. Loggers, the progress display and your own observers are all of this kind.
/// Hooks that are part of a trial (such as <c>OnAlgorithmInit</c>) are another family, given to the algorithm.
/// </summary>
/// <remarks>
/// Each callback has a bounded queue and is called in order, by one thread at a time, never by the loop that decides: a slow
/// callback slows the trials down, it loses nothing. An exception is reported with the callback's name and isolates it, unless
/// <see cref="IsRequired"/>; then it stops the experiment.
/// </remarks>
public abstract class TunerCallback
{
    /// <summary>The name in messages.</summary>
    public virtual string Name => GetType().Name;

    /// <summary>Whether it shows the progress: a run that is to be shown nowhere does without it.</summary>
    internal virtual bool IsDisplay => false;

    /// <summary>An observer of functions, each called where the method of its name is: <c>TunerCallback.From(onTrialComplete: trial => …)</c>.</summary>
    /// <param name="setup">As <see cref="Setup"/>.</param>
    /// <param name="onTrialStart">As <see cref="OnTrialStart"/>.</param>
    /// <param name="onTrialRestore">As <see cref="OnTrialRestore"/>.</param>
    /// <param name="onTrialResult">As <see cref="OnTrialResult"/>.</param>
    /// <param name="onCheckpoint">As <see cref="OnCheckpoint"/>.</param>
    /// <param name="onTrialExploit">As <see cref="OnTrialExploit"/>.</param>
    /// <param name="onTrialPause">As <see cref="OnTrialPause"/>.</param>
    /// <param name="onTrialComplete">As <see cref="OnTrialComplete"/>.</param>
    /// <param name="onTrialRecover">As <see cref="OnTrialRecover"/>.</param>
    /// <param name="onTrialError">As <see cref="OnTrialError"/>.</param>
    /// <param name="onExperimentEnd">As <see cref="OnExperimentEnd"/>.</param>
    /// <param name="onDecision">As <see cref="OnDecision"/>.</param>
    /// <param name="name">The name in messages.</param>
    public static TunerCallback From(
        Action<ExperimentInfo>? setup = null,
        Action<TrialView>? onTrialStart = null,
        Action<TrialView, CheckpointRef>? onTrialRestore = null,
        Action<TrialView, TrialReport, string?>? onTrialResult = null,
        Action<TrialView, CheckpointRef, string>? onCheckpoint = null,
        Action<TrialView, CheckpointRef>? onTrialExploit = null,
        Action<TrialView>? onTrialPause = null,
        Action<TrialView>? onTrialComplete = null,
        Action<TrialView, string>? onTrialRecover = null,
        Action<TrialView, string>? onTrialError = null,
        Action<bool, string>? onExperimentEnd = null,
        Action<Decision>? onDecision = null,
        string name = "a function") => new DelegateCallback(name, setup, onTrialStart, onTrialRestore, onTrialResult, onCheckpoint, onTrialExploit,
            onTrialPause, onTrialComplete, onTrialRecover, onTrialError, onExperimentEnd, onDecision);

    /// <summary>Whether a fault of this callback stops the experiment.</summary>
    /// <value>Default false.</value>
    public virtual bool IsRequired => false;

    /// <summary>Once in each session, before anything else.</summary>
    public virtual void Setup(ExperimentInfo experiment)
    {
    }

    /// <summary>Before a batch of events is handled.</summary>
    public virtual void OnStepBegin(long iteration)
    {
    }

    /// <summary>After a batch of events was handled.</summary>
    public virtual void OnStepEnd(long iteration)
    {
    }

    /// <summary>A segment of a trial starts: the first, or after a pause, a retry, an exploit or a resume.</summary>
    public virtual void OnTrialStart(TrialView trial)
    {
    }

    /// <summary>A segment starts from a checkpoint. Called after <see cref="OnTrialStart"/>.</summary>
    public virtual void OnTrialRestore(TrialView trial, CheckpointRef checkpoint)
    {
    }

    /// <summary>A trial reported; search algorithm and scheduler have been told. Each report comes once, also across resumes.</summary>
    /// <param name="trial">The trial after the report.</param>
    /// <param name="report">The report; its metrics include arrays.</param>
    /// <param name="stopReason">Why the trial ends with this report; null when it goes on, or when that is not known yet.</param>
    public virtual void OnTrialResult(TrialView trial, TrialReport report, string? stopReason)
    {
    }

    /// <summary>A trial has written a checkpoint.</summary>
    /// <param name="trial">The trial.</param>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="path">Its directory.</param>
    public virtual void OnCheckpoint(TrialView trial, CheckpointRef checkpoint, string path)
    {
    }

    /// <summary>A trial's configuration was replaced by an exploit; <c>trial.Config</c> is the new one.</summary>
    public virtual void OnTrialExploit(TrialView trial, CheckpointRef source)
    {
    }

    /// <summary>
    /// Something was decided about a trial: suggested, paused, resumed, stopped, perturbed. In the order of the record, each with its reason.
    /// </summary>
    public virtual void OnDecision(Decision decision)
    {
    }

    /// <summary>A trial was paused.</summary>
    public virtual void OnTrialPause(TrialView trial)
    {
    }

    /// <summary>A trial has ended without an error; <c>trial.Reason</c> says why.</summary>
    public virtual void OnTrialComplete(TrialView trial)
    {
    }

    /// <summary>A trial failed and will be tried again.</summary>
    public virtual void OnTrialRecover(TrialView trial, string error)
    {
    }

    /// <summary>A trial failed for good.</summary>
    public virtual void OnTrialError(TrialView trial, string error)
    {
    }

    /// <summary>Once in each session, after everything else: the experiment has finished, or stops to be resumed later.</summary>
    /// <param name="finished">Whether it has finished.</param>
    /// <param name="reason">Why it ends.</param>
    public virtual void OnExperimentEnd(bool finished, string reason)
    {
    }
}

/// <summary>
/// A callback whose files are a projection of the journal: one entry per report, in order. On resume it cuts what a crash tore,
/// and is handed the reports that it misses.
/// </summary>
public abstract class LoggerCallback : TunerCallback
{
    /// <summary>
    /// Called on resume for each trial that has reported, before any of its other hooks: mends the trial's files and says how many
    /// reports they hold. Reports after those follow through <see cref="TunerCallback.OnTrialResult"/>.
    /// </summary>
    /// <param name="trial">The trial as the journal has it.</param>
    /// <returns>How many reports the files hold, from 0 to <c>trial.Reports</c>; more than that is cut off by this call.</returns>
    public abstract int Recover(TrialView trial);

    /// <summary>Called on resume before any other hook but <see cref="TunerCallback.Setup"/>, with all decisions of the record so far.</summary>
    /// <param name="decisions">Read from the record while they are enumerated.</param>
    public virtual void RecoverDecisions(IEnumerable<Decision> decisions)
    {
    }
}
