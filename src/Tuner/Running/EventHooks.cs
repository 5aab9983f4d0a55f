namespace Tuning.Running;

/// <summary>Turns events and their commands into calls of hooks. Used by whoever owns the controller.</summary>
/// <param name="controller">Knows the trials.</param>
/// <param name="directory">The experiment's directory.</param>
/// <param name="calls">Takes the calls.</param>
/// <param name="withDecisions">Whether somebody is told of decisions.</param>
internal sealed class EventHooks(ExperimentController controller, string directory, List<CallbackCall> calls, bool withDecisions)
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
                calls.Add(new CallbackCall.Decided(decision));
            }
        }

        switch (happened)
        {
            case ExperimentEvent.Reported reported:
                calls.Add(new CallbackCall.Result(controller.View(reported.Report.Trial), reported.Report, stopReason));
                break;
            case ExperimentEvent.CheckpointSaved saved:
                var path = Path.Combine(directory, saved.Checkpoint.RelativePath);
                calls.Add(new CallbackCall.Checkpoint(controller.View(saved.Checkpoint.Trial), saved.Checkpoint, path));
                break;
        }

        foreach (var (paused, reason) in controller.Paused)
        {
            // The view as it was then: the trial may have been started again by the same event.
            calls.Add(new CallbackCall.Pause(controller.View(paused) with { Status = TrialStatus.Paused, Reason = reason }));
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
            case ExperimentCommand.StartTrial s:
                calls.Add(new CallbackCall.Start(controller.View(s.Trial)));
                if (s.From is { } from)
                {
                    calls.Add(new CallbackCall.Restore(controller.View(s.Trial), from));
                }

                break;
            case ExperimentCommand.AdoptCheckpoint a:
                calls.Add(new CallbackCall.Exploit(controller.View(a.Trial), a.Source));
                break;
            case ExperimentCommand.RetryTrial r:
                calls.Add(new CallbackCall.Recover(controller.View(r.Trial), r.Reason));
                break;
            case ExperimentCommand.EndTrial { Status: TrialStatus.Failed } e:
                calls.Add(new CallbackCall.Fail(controller.View(e.Trial), e.Reason));
                break;
            case ExperimentCommand.EndTrial e:
                calls.Add(new CallbackCall.Complete(controller.View(e.Trial)));
                break;
        }
    }
}
