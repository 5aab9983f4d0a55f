namespace Tuning;

/// <summary>
/// Shows an experiment's progress: a live table on a terminal, plain lines elsewhere. Add it to <see cref="RunConfig.Callbacks"/>;
/// the command line does so itself.
/// </summary>
/// <remarks>Called by one thread at a time. Make one for each experiment.</remarks>
/// <param name="options">How it is shown; null for the defaults.</param>
/// <param name="time">The clock; null for the system's.</param>
public sealed class ProgressReporter(ProgressOptions? options = null, TimeProvider? time = null) : TunerCallback, IDisposable
{
    private readonly ProgressOptions _options = options ?? new();
    private readonly ProgressModel _model = new(time ?? TimeProvider.System);
    private volatile ProgressView? _view;

    /// <inheritdoc/>
    public override string Name => "progress";

    internal override bool IsDisplay => true;

    /// <inheritdoc/>
    public override void Setup(ExperimentInfo experiment)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        _model.Begin(experiment);
        _view = _options.Detail == ProgressDetail.None ? null
            : _options.Detail == ProgressDetail.Normal && (_options.IsLive ?? Terminal.IsLive) ? OpenLive()
            : new PlainView(_model, _options, time ?? TimeProvider.System);
        _view?.Begin(experiment);
    }

    /// <inheritdoc/>
    public override void OnTrialStart(TrialView trial) => Change(trial, "started");

    /// <inheritdoc/>
    public override void OnTrialResult(TrialView trial, TrialReport report, string? stopReason)
    {
        ArgumentNullException.ThrowIfNull(trial);
        ArgumentNullException.ThrowIfNull(report);
        _model.Reported(trial, report);
        _view?.Reported(trial, report);
    }

    /// <inheritdoc/>
    public override void OnTrialExploit(TrialView trial, CheckpointRef source) => Change(trial, $"continues from {source}");

    /// <inheritdoc/>
    public override void OnTrialPause(TrialView trial) => Change(trial, "paused");

    /// <inheritdoc/>
    public override void OnTrialComplete(TrialView trial) => Change(trial, trial.Word);

    /// <inheritdoc/>
    public override void OnTrialRecover(TrialView trial, string error) => Change(trial, "fails and is tried again", error);

    /// <inheritdoc/>
    public override void OnTrialError(TrialView trial, string error) => Change(trial, "failed", error);

    /// <inheritdoc/>
    public override void OnExperimentEnd(bool finished, string reason)
    {
        _view?.End(finished);
        _view = null;
    }

    /// <summary>Whether nothing has happened to any trial.</summary>
    internal bool IsIdle { get; private set; } = true;

    /// <summary>Shows a line beside the progress; false when no progress is shown now. Any thread.</summary>
    internal bool Say(string text)
    {
        if (_view is not { } view)
        {
            return false;
        }

        view.Say(text);
        return true;
    }

    /// <summary>Ends the display. The live table of an experiment that has finished stays on the screen; that of one that was stopped is taken away.</summary>
    public void Dispose()
    {
        _view?.Dispose();
        _view = null;
    }

    // Apart, so that the library behind it is loaded only where there is a terminal.
    private LiveView OpenLive() => new(_model, _options);

    private void Change(TrialView trial, string what, string? error = null)
    {
        ArgumentNullException.ThrowIfNull(trial);
        IsIdle = false;
        _model.Changed(trial);
        _view?.Changed(trial, what, error);
    }
}
