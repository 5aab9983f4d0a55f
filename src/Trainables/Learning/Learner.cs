namespace Tuning;

/// <summary>
/// What trains the module of one policy from that policy's experience. Derive one to train in a way of your own, and register it with
/// <c>LearnerRegistry.Register</c>.
/// </summary>
/// <remarks>Not safe for concurrent use. Results must not depend on the number of threads it was given.</remarks>
public abstract partial class Learner : IDisposable
{
    /// <summary>The module whose weights this learner changes, in place.</summary>
    public abstract RlModule Module { get; }

    /// <summary>One training step: takes in what was sampled since the last one, and trains.</summary>
    /// <param name="batch">
    /// The buffers of this policy, always the same in the same order (the list may grow when agents join); trajectories go on where they were. A
    /// buffer may hold fewer steps than before, or none.
    /// </param>
    /// <param name="lifetimeSteps">Environment steps sampled in the lifetime, this batch included; schedules follow it.</param>
    public abstract void Train(IReadOnlyList<RolloutBuffer> batch, long lifetimeSteps);

    /// <summary>Adds what it reports of the training steps since the last call, under RLlib's names: <c>policy_loss</c> …</summary>
    /// <param name="add">Called with name and number; whole numbers are whole.</param>
    public abstract void WriteTo(Action<string, MetricValue> add);

    /// <summary>Everything that going on exactly depends on, without the module's weights: moments, coefficients, streams, replay. A copy.</summary>
    public abstract ComponentState CaptureState();

    /// <summary>Goes on where a state was taken. The module's weights are set apart from this.</summary>
    /// <exception cref="CheckpointException">The state does not fit; nothing has changed then.</exception>
    public abstract void ApplyState(ComponentState state);

    /// <summary>Ends the threads and frees the memory.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc cref="Dispose()"/>
    protected virtual void Dispose(bool disposing)
    {
    }
}
