using Tuning.Trials;

namespace Tuning.Testing;

/// <summary>A logger whose files are lists: it holds what a test says that it holds, and remembers what it is handed.</summary>
public sealed class RecordingLoggerCallback : LoggerCallback
{
    /// <summary>How many reports of a trial the files hold; by default all that the journal has.</summary>
    public Func<TrialView, int> Holds { get; init; } = trial => trial.Reports;

    /// <summary>The hooks that were called, in order: <c>recover 0</c>, <c>result 0 #3</c>, <c>result 0 #4: why it stops</c>, <c>start 1</c> …</summary>
    public List<string> Calls { get; } = [];

    public override int Recover(TrialView trial)
    {
        Calls.Add($"recover {trial.Id.Number}");
        return Holds(trial);
    }

    public override void OnTrialResult(TrialView trial, TrialReport report, string? stopReason) =>
        Calls.Add($"result {trial.Id.Number} #{report.Number}{(stopReason is null ? "" : ": " + stopReason)}");

    public override void OnTrialStart(TrialView trial) => Calls.Add($"start {trial.Id.Number}");

    public override void OnTrialPause(TrialView trial) => Calls.Add($"pause {trial.Id.Number} {trial.Status}");

    public override void OnTrialComplete(TrialView trial) => Calls.Add($"complete {trial.Id.Number}");
}
