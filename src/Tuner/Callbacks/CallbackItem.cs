using Tuning.Trials;

namespace Tuning.Callbacks;

/// <summary>Which hook is to be called.</summary>
internal enum CallbackHook
{
    StepBegin,
    StepEnd,
    Start,
    Restore,
    Result,
    Decision,
    Checkpoint,
    Exploit,
    Pause,
    Complete,
    Recover,
    Error,
    ExperimentEnd,
}

/// <summary>One call of a hook, on its way to the callbacks. Immutable.</summary>
internal sealed record CallbackItem(CallbackHook Hook)
{
    /// <summary>The trial after the event; null for hooks of the experiment.</summary>
    public TrialView? Trial { get; init; }

    /// <summary>The report.</summary>
    public TrialReport? Report { get; init; }

    /// <summary>The decision.</summary>
    public Decision? Decision { get; init; }

    /// <summary>The checkpoint.</summary>
    public CheckpointRef Checkpoint { get; init; }

    /// <summary>A reason, an error, or a path.</summary>
    public string? Text { get; init; }

    /// <summary>The number of the batch.</summary>
    public long Iteration { get; init; }

    /// <summary>Whether the experiment has finished.</summary>
    public bool Finished { get; init; }

    /// <summary>Calls the hook.</summary>
    public void Call(TunerCallback callback)
    {
        switch (Hook)
        {
            case CallbackHook.StepBegin:
                callback.OnStepBegin(Iteration);
                break;
            case CallbackHook.StepEnd:
                callback.OnStepEnd(Iteration);
                break;
            case CallbackHook.Start:
                callback.OnTrialStart(Trial!);
                break;
            case CallbackHook.Restore:
                callback.OnTrialRestore(Trial!, Checkpoint);
                break;
            case CallbackHook.Result:
                callback.OnTrialResult(Trial!, Report!, Text);
                break;
            case CallbackHook.Decision:
                callback.OnDecision(Decision!);
                break;
            case CallbackHook.Checkpoint:
                callback.OnCheckpoint(Trial!, Checkpoint, Text!);
                break;
            case CallbackHook.Exploit:
                callback.OnTrialExploit(Trial!, Checkpoint);
                break;
            case CallbackHook.Pause:
                callback.OnTrialPause(Trial!);
                break;
            case CallbackHook.Complete:
                callback.OnTrialComplete(Trial!);
                break;
            case CallbackHook.Recover:
                callback.OnTrialRecover(Trial!, Text!);
                break;
            case CallbackHook.Error:
                callback.OnTrialError(Trial!, Text!);
                break;
            case CallbackHook.ExperimentEnd:
                callback.OnExperimentEnd(Finished, Text!);
                break;
        }
    }
}
