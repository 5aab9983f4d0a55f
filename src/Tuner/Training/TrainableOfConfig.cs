using System.Diagnostics.CodeAnalysis;

namespace Tuning;

/// <summary>
/// A trainable as a class: built per trial by dependency injection, then <see cref="Setup"/>, then <see cref="Step"/> again and
/// again. Each step's metrics are a report. It ends when the experiment stops it, or when a step reports <c>["done"] = true</c>.
/// </summary>
/// <typeparam name="TConfig">Its properties in PascalCase are the parameters in snake_case.</typeparam>
/// <remarks>
/// Every segment of a trial has an instance of its own, on one thread. Override <see cref="Save"/> and <see cref="Load"/>, both,
/// to write checkpoints. Implement <see cref="IDisposable"/> or <see cref="IAsyncDisposable"/>, or override <see cref="Cleanup"/>,
/// to release what you hold.
/// </remarks>
public abstract class Trainable<TConfig> : ClassTrainable
{
    private TrialContext<TConfig>? _trial;

    /// <summary>The trial. Not yet there in the constructor.</summary>
    protected TrialContext<TConfig> Trial => _trial ?? throw new InvalidOperationException("There is no trial yet in the constructor; use Setup.");

    /// <summary>Its configuration. Not yet there in the constructor.</summary>
    protected TConfig Config => Trial.Config;

    /// <summary>Once per segment, before <see cref="Load"/> and the first step.</summary>
    protected virtual void Setup(TrialContext<TConfig> trial)
    {
    }

    /// <summary>One step of training. Override this or <see cref="StepAsync"/>.</summary>
    /// <returns>What to report; not to be changed afterwards.</returns>
    protected virtual Metrics Step() => throw new NotSupportedException($"{GetType().Name} overrides neither Step nor StepAsync.");

    /// <summary>One step of training. Override this or <see cref="Step"/>.</summary>
    /// <param name="cancellationToken">Cancelled when the trial is to stop before its next report, see <see cref="ITrainable.RunAsync"/>.</param>
    protected virtual ValueTask<Metrics> StepAsync(CancellationToken cancellationToken)
    {
        using var synchronous = new SynchronousCode();
        return new(Step());
    }

    /// <summary>Writes everything that training changed.</summary>
    protected virtual void Save(CheckpointDirectory directory) => throw new NotSupportedException($"{GetType().Name} does not save.");

    /// <summary>Reads what <see cref="Save"/> wrote. Called after <see cref="Setup"/>.</summary>
    protected virtual void Load(CheckpointDirectory directory) => throw new NotSupportedException($"{GetType().Name} does not load.");

    /// <summary>At the end of each segment, however it ends.</summary>
    protected virtual void Cleanup()
    {
    }

    [SuppressMessage("Reliability", "CA2012", Justification = "Completed at once")]
    internal sealed override ValueTask SetupAsync(TrialContext trial, CancellationToken cancellationToken)
    {
        using var synchronous = new SynchronousCode();
        _trial = TypedConfiguration.Context<TConfig>(trial);
        Setup(_trial);
        return ValueTask.CompletedTask;
    }

    internal sealed override ValueTask<Metrics> NextAsync(CancellationToken cancellationToken) => StepAsync(cancellationToken);

    internal sealed override void SaveTo(CheckpointDirectory directory) => Save(directory);

    internal sealed override void LoadFrom(CheckpointDirectory directory)
    {
        using var synchronous = new SynchronousCode();
        Load(directory);
    }

    internal sealed override void EndOfSegment()
    {
        using var synchronous = new SynchronousCode();
        Cleanup();
    }
}
