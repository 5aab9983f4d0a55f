namespace Tuning;

/// <summary>What a trainable knows of its trial, and how it reports.</summary>
/// <remarks>
/// Used by one thread at a time: a report while another is under way fails the trial. Synchronous code (a blocking function, <c>Setup</c>, <c>Step</c>,
/// a save, a hook) runs without a synchronization context; what follows an <c>await</c> in an asynchronous function runs on the trial's own thread.
/// </remarks>
public abstract class TrialContext
{
    /// <summary>What was given to the last report cannot be called any more: nothing is saved after it.</summary>
    internal virtual void ForgetSave()
    {
    }

    /// <summary>Whether the last report was answered by the end of the trial or its pause: what is saved now is the last that it does.</summary>
    internal virtual bool EndsNow => false;

    /// <summary>The trial's number.</summary>
    public abstract TrialId Id { get; }

    /// <summary>Its configuration, all parameters resolved.</summary>
    public abstract ParameterSet Parameters { get; }

    /// <summary>The checkpoint to continue from; null to start from nothing. Its digests have been verified.</summary>
    public abstract CheckpointDirectory? Checkpoint { get; }

    /// <summary>How many threads it may use, at least 1.</summary>
    public abstract int Cpus { get; }

    /// <summary>What the trial alone uses while it runs, of what <see cref="TrialResources"/> asks for: <c>gpu</c> → the names of its GPUs. A trial that
    /// asks for a part of a device shares it with others that do. Where nothing is asked for, empty. A trial that goes on may have others.</summary>
    public virtual IReadOnlyDictionary<string, ImmutableArray<string>> Devices => ImmutableSortedDictionary<string, ImmutableArray<string>>.Empty;

    /// <summary>What it has of the machine; null where that is not counted.</summary>
    internal virtual TrialShare? Share => null;

    /// <summary>The trial's place in the tree of seeds, <c>trial/7</c>: the same in every segment.</summary>
    public abstract SeedPath Seed { get; }

    /// <summary>Path of the trial's directory. Nothing is created until something is written.</summary>
    public abstract string Directory { get; }

    /// <summary>Services of the host, in a scope of this segment.</summary>
    public abstract IServiceProvider Services { get; }

    /// <summary>Log of the trial.</summary>
    public abstract ILogger Logger { get; }

    /// <summary>The hooks that the experiment file gives under <c>callbacks</c>, in order.</summary>
    public abstract ImmutableArray<HookSpec> Hooks { get; }

    /// <summary>Whether a report with these metrics would reach a threshold of the experiment's <c>stop</c>, so that nothing is left to train.</summary>
    /// <param name="metrics">What would be reported.</param>
    public virtual bool IsOver(Metrics metrics) => false;

    /// <summary>Reports metrics, and returns when the trial may go on.</summary>
    /// <param name="metrics">The metrics; not to be changed afterwards.</param>
    /// <param name="save">
    /// Writes the trial's state into the directory it is handed. Called only when a checkpoint is due, before this method returns;
    /// pass it at every report.
    /// </param>
    /// <exception cref="TrialEndedException">The trial is to end here.</exception>
    public abstract ValueTask ReportAsync(Metrics metrics, Action<CheckpointDirectory>? save = null);

    /// <summary>Reports metrics with an asynchronous save, <c>async dir => await …</c>, and returns when the trial may go on.</summary>
    /// <param name="metrics">The metrics; not to be changed afterwards.</param>
    /// <param name="save">As for <see cref="ReportAsync(Metrics, Action{CheckpointDirectory})"/>; the checkpoint is done when its task has completed.</param>
    /// <exception cref="TrialEndedException">The trial is to end here.</exception>
    [OverloadResolutionPriority(1)]
    public virtual ValueTask ReportAsync(Metrics metrics, Func<CheckpointDirectory, Task> save) =>
        ReportAsync(metrics, directory => save(directory).GetAwaiter().GetResult());

    /// <summary>The blocking twin of <see cref="ReportAsync(Metrics, Action{CheckpointDirectory})"/>.</summary>
    /// <param name="metrics">The metrics; not to be changed afterwards.</param>
    /// <param name="save">Writes the trial's state; called only when a checkpoint is due.</param>
    /// <exception cref="TrialEndedException">The trial is to end here.</exception>
    public abstract void Report(Metrics metrics, Action<CheckpointDirectory>? save = null);

    /// <summary>The blocking twin of <see cref="ReportAsync(Metrics, Func{CheckpointDirectory, Task})"/>.</summary>
    /// <param name="metrics">The metrics; not to be changed afterwards.</param>
    /// <param name="save">Writes the trial's state; called only when a checkpoint is due.</param>
    /// <exception cref="TrialEndedException">The trial is to end here.</exception>
    [OverloadResolutionPriority(1)]
    public virtual void Report(Metrics metrics, Func<CheckpointDirectory, Task> save) =>
        Report(metrics, directory => save(directory).GetAwaiter().GetResult());
}

/// <summary>A <see cref="TrialContext"/> with the configuration as an object.</summary>
/// <typeparam name="TConfig">Its properties in PascalCase are the parameters in snake_case.</typeparam>
/// <param name="inner">The context.</param>
public sealed class TrialContext<TConfig>(TrialContext inner) : TrialContext
{
    /// <inheritdoc/>
    public override TrialId Id => inner.Id;

    /// <summary>The configuration as an object.</summary>
    public TConfig Config { get; } = inner.Parameters.Bind<TConfig>();

    /// <inheritdoc/>
    public override ParameterSet Parameters => inner.Parameters;

    /// <inheritdoc/>
    public override CheckpointDirectory? Checkpoint => inner.Checkpoint;

    /// <inheritdoc/>
    public override int Cpus => inner.Cpus;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, ImmutableArray<string>> Devices => inner.Devices;

    /// <inheritdoc/>
    internal override TrialShare? Share => inner.Share;

    /// <inheritdoc/>
    public override SeedPath Seed => inner.Seed;

    /// <inheritdoc/>
    public override string Directory => inner.Directory;

    /// <inheritdoc/>
    public override IServiceProvider Services => inner.Services;

    /// <inheritdoc/>
    public override ILogger Logger => inner.Logger;

    /// <inheritdoc/>
    public override ImmutableArray<HookSpec> Hooks => inner.Hooks;

    /// <inheritdoc/>
    public override bool IsOver(Metrics metrics) => inner.IsOver(metrics);

    /// <inheritdoc/>
    public override ValueTask ReportAsync(Metrics metrics, Action<CheckpointDirectory>? save = null) => inner.ReportAsync(metrics, save);

    /// <inheritdoc/>
    public override ValueTask ReportAsync(Metrics metrics, Func<CheckpointDirectory, Task> save) => inner.ReportAsync(metrics, save);

    /// <inheritdoc/>
    public override void Report(Metrics metrics, Action<CheckpointDirectory>? save = null) => inner.Report(metrics, save);

    /// <inheritdoc/>
    public override void Report(Metrics metrics, Func<CheckpointDirectory, Task> save) => inner.Report(metrics, save);
}
