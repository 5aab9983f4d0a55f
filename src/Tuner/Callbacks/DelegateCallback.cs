namespace Tuning.Callbacks;

/// <summary>Functions as an observer. Each is called by one thread at a time.</summary>
internal sealed class DelegateCallback(string name) : TunerCallback
{
    public override string Name => name;

    public Action<ExperimentInfo>? Begin { get; init; }

    public Action<TrialView>? TrialStart { get; init; }

    public Action<TrialView, CheckpointRef>? TrialRestore { get; init; }

    public Action<TrialView, TrialReport, string?>? TrialResult { get; init; }

    public Action<TrialView, CheckpointRef, string>? Checkpoint { get; init; }

    public Action<TrialView, CheckpointRef>? TrialExploit { get; init; }

    public Action<Decision>? Decision { get; init; }

    public Action<TrialView>? TrialPause { get; init; }

    public Action<TrialView>? TrialComplete { get; init; }

    public Action<TrialView, string>? TrialRecover { get; init; }

    public Action<TrialView, string>? TrialError { get; init; }

    public Action<bool, string>? ExperimentEnd { get; init; }

    public override void Setup(ExperimentInfo experiment) => Begin?.Invoke(experiment);

    public override void OnTrialStart(TrialView trial) => TrialStart?.Invoke(trial);

    public override void OnTrialRestore(TrialView trial, CheckpointRef checkpoint) => TrialRestore?.Invoke(trial, checkpoint);

    public override void OnTrialResult(TrialView trial, TrialReport report, string? stopReason) => TrialResult?.Invoke(trial, report, stopReason);

    public override void OnCheckpoint(TrialView trial, CheckpointRef checkpoint, string path) => Checkpoint?.Invoke(trial, checkpoint, path);

    public override void OnTrialExploit(TrialView trial, CheckpointRef source) => TrialExploit?.Invoke(trial, source);

    public override void OnDecision(Decision decision) => Decision?.Invoke(decision);

    public override void OnTrialPause(TrialView trial) => TrialPause?.Invoke(trial);

    public override void OnTrialComplete(TrialView trial) => TrialComplete?.Invoke(trial);

    public override void OnTrialRecover(TrialView trial, string error) => TrialRecover?.Invoke(trial, error);

    public override void OnTrialError(TrialView trial, string error) => TrialError?.Invoke(trial, error);

    public override void OnExperimentEnd(bool finished, string reason) => ExperimentEnd?.Invoke(finished, reason);
}
