namespace Tuning.Callbacks;

/// <summary>A call of a hook, on its way to the callbacks. Immutable. A trial in it is as it was after the event.</summary>
internal abstract record CallbackCall
{
    private CallbackCall()
    {
    }

    /// <summary>Calls the hook.</summary>
    public abstract void Call(TunerCallback callback);

    /// <summary>A call about one trial.</summary>
    public abstract record OfTrial(TrialView Trial) : CallbackCall;

    public sealed record StepBegin(long Iteration) : CallbackCall
    {
        public override void Call(TunerCallback callback) => callback.OnStepBegin(Iteration);
    }

    public sealed record StepEnd(long Iteration) : CallbackCall
    {
        public override void Call(TunerCallback callback) => callback.OnStepEnd(Iteration);
    }

    public sealed record Start(TrialView Trial) : OfTrial(Trial)
    {
        public override void Call(TunerCallback callback) => callback.OnTrialStart(Trial);
    }

    public sealed record Restore(TrialView Trial, CheckpointRef From) : OfTrial(Trial)
    {
        public override void Call(TunerCallback callback) => callback.OnTrialRestore(Trial, From);
    }

    public sealed record Result(TrialView Trial, TrialReport Report, string? StopReason) : OfTrial(Trial)
    {
        public override void Call(TunerCallback callback) => callback.OnTrialResult(Trial, Report, StopReason);
    }

    public sealed record Decided(Decision Decision) : CallbackCall
    {
        public override void Call(TunerCallback callback) => callback.OnDecision(Decision);
    }

    public sealed record Checkpoint(TrialView Trial, CheckpointRef Written, string Path) : OfTrial(Trial)
    {
        public override void Call(TunerCallback callback) => callback.OnCheckpoint(Trial, Written, Path);
    }

    public sealed record Exploit(TrialView Trial, CheckpointRef Source) : OfTrial(Trial)
    {
        public override void Call(TunerCallback callback) => callback.OnTrialExploit(Trial, Source);
    }

    public sealed record Pause(TrialView Trial) : OfTrial(Trial)
    {
        public override void Call(TunerCallback callback) => callback.OnTrialPause(Trial);
    }

    public sealed record Complete(TrialView Trial) : OfTrial(Trial)
    {
        public override void Call(TunerCallback callback) => callback.OnTrialComplete(Trial);
    }

    public sealed record Recover(TrialView Trial, string Error) : OfTrial(Trial)
    {
        public override void Call(TunerCallback callback) => callback.OnTrialRecover(Trial, Error);
    }

    public sealed record Fail(TrialView Trial, string Error) : OfTrial(Trial)
    {
        public override void Call(TunerCallback callback) => callback.OnTrialError(Trial, Error);
    }

    public sealed record ExperimentEnd(bool Finished, string Reason) : CallbackCall
    {
        public override void Call(TunerCallback callback) => callback.OnExperimentEnd(Finished, Reason);
    }
}
