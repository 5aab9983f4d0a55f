using Tuning.Callbacks;
using Tuning.Control;
using Tuning.Trials;

namespace Tuning.Running;

/// <summary>Turns events and their commands into calls of hooks. Used by whoever owns the controller.</summary>
/// <param name="controller">Knows the trials.</param>
/// <param name="directory">The experiment's directory.</param>
/// <param name="calls">Takes the calls.</param>
/// <param name="withDecisions">Whether somebody is told of decisions.</param>
internal sealed class EventHooks(ExperimentController controller, string directory, List<CallbackItem> calls, bool withDecisions)
{
    private readonly DecisionReader _reader = new();
    private readonly List<Decision> _decisions = [];

    /// <summary>Adds the calls for an event that was just handled.</summary>
    /// <param name="happened">The event.</param>
    /// <param name="commands">What it led to.</param>
    /// <param name="stopReason">Why the trial that reported is to stop; null when it goes on.</param>
    public void Describe(ExperimentEvent happened, IReadOnlyList<ExperimentCommand> commands, string? stopReason)
    {
        if (withDecisions)
        {
            _decisions.Clear();
            _reader.Read(happened, commands, _decisions);
            foreach (var decision in _decisions)
            {
                calls.Add(new(CallbackHook.Decision) { Decision = decision });
            }
        }

        switch (happened)
        {
            case ExperimentEvent.Reported reported:
                Add(CallbackHook.Result, reported.Report.Trial, report: reported.Report, text: stopReason);
                break;
            case ExperimentEvent.CheckpointSaved saved:
                Add(CallbackHook.Checkpoint, saved.Checkpoint.Trial, saved.Checkpoint, text: Path.Combine(directory, saved.Checkpoint.RelativePath));
                break;
        }

        foreach (var (paused, reason) in controller.Paused)
        {
            // The view as it was then: the trial may have been started again by the same event.
            calls.Add(new(CallbackHook.Pause) { Trial = controller.View(paused) with { Status = TrialStatus.Paused, Reason = reason } });
        }

        for (var i = 0; i < commands.Count; i++)
        {
            Describe(commands[i]);
        }
    }

    private void Describe(ExperimentCommand command)
    {
        switch (command)
        {
            case ExperimentCommand.StartTrial start:
                Add(CallbackHook.Start, start.Trial);
                if (start.From is { } from)
                {
                    Add(CallbackHook.Restore, start.Trial, from);
                }

                break;
            case ExperimentCommand.AdoptCheckpoint adopt:
                Add(CallbackHook.Exploit, adopt.Trial, adopt.Source);
                break;
            case ExperimentCommand.RetryTrial retry:
                Add(CallbackHook.Recover, retry.Trial, text: retry.Reason);
                break;
            case ExperimentCommand.EndTrial end:
                Add(end.Status == TrialStatus.Failed ? CallbackHook.Error : CallbackHook.Complete, end.Trial, text: end.Reason);
                break;
        }
    }

    private void Add(CallbackHook hook, TrialId trial, CheckpointRef checkpoint = default, TrialReport? report = null, string? text = null) =>
        calls.Add(new(hook) { Trial = controller.View(trial), Checkpoint = checkpoint, Report = report, Text = text });
}
