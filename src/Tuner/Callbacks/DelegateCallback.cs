namespace Tuning.Callbacks;

/// <summary>Functions as an observer. Each is called by one thread at a time.</summary>
internal sealed class DelegateCallback(
    string name, Action<ExperimentInfo>? onSetup, Action<TrialView>? onStart, Action<TrialView, CheckpointRef>? onRestore,
    Action<TrialView, TrialReport, string?>? onResult, Action<TrialView, CheckpointRef, string>? onCheckpoint, Action<TrialView, CheckpointRef>? onExploit,
    Action<TrialView>? onPause, Action<TrialView>? onComplete, Action<TrialView, string>? onRecover, Action<TrialView, string>? onError,
    Action<bool, string>? onEnd, Action<Decision>? onDecision) : TunerCallback
{
    /// <inheritdoc/>
    public override string Name => name;

    /// <summary>Whether somebody listens to decisions.</summary>
    public bool WantsDecisions => onDecision is not null;

    /// <inheritdoc/>
    public override void Setup(ExperimentInfo experiment) => onSetup?.Invoke(experiment);

    /// <inheritdoc/>
    public override void OnTrialStart(TrialView trial) => onStart?.Invoke(trial);

    /// <inheritdoc/>
    public override void OnTrialRestore(TrialView trial, CheckpointRef checkpoint) => onRestore?.Invoke(trial, checkpoint);

    /// <inheritdoc/>
    public override void OnTrialResult(TrialView trial, TrialReport report, string? stopReason) => onResult?.Invoke(trial, report, stopReason);

    /// <inheritdoc/>
    public override void OnCheckpoint(TrialView trial, CheckpointRef checkpoint, string path) => onCheckpoint?.Invoke(trial, checkpoint, path);

    /// <inheritdoc/>
    public override void OnTrialExploit(TrialView trial, CheckpointRef source) => onExploit?.Invoke(trial, source);

    /// <inheritdoc/>
    public override void OnDecision(Decision decision) => onDecision?.Invoke(decision);

    /// <inheritdoc/>
    public override void OnTrialPause(TrialView trial) => onPause?.Invoke(trial);

    /// <inheritdoc/>
    public override void OnTrialComplete(TrialView trial) => onComplete?.Invoke(trial);

    /// <inheritdoc/>
    public override void OnTrialRecover(TrialView trial, string error) => onRecover?.Invoke(trial, error);

    /// <inheritdoc/>
    public override void OnTrialError(TrialView trial, string error) => onError?.Invoke(trial, error);

    /// <inheritdoc/>
    public override void OnExperimentEnd(bool finished, string reason) => onEnd?.Invoke(finished, reason);
}
