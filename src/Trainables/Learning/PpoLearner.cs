using Tuning.Runners;

namespace Tuning.Learning;

/// <summary>
/// Trains one module by proximal policy optimisation (Schulman et al., 2017) as RLlib defines it: clipped surrogate, KL penalty with
/// an adapted coefficient, value loss with a bound on the squared error, entropy bonus, Adam. Made by <see cref="PpoLearners.CreatePpoLearner"/>.
/// </summary>
/// <remarks>
/// Not safe for concurrent use. Its threads, if it has several, end with <see cref="Dispose()"/>. Results are the same to the last bit for
/// every number of threads.
/// </remarks>
public abstract class PpoLearner : IDisposable
{
    /// <summary>A learner with these options.</summary>
    /// <exception cref="ArgumentException">An option is out of its range; the message lists all such.</exception>
    protected PpoLearner(PpoLearnerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Validate() is { Count: > 0 } faults)
        {
            throw new ArgumentException(string.Join(" ", faults), nameof(options));
        }

        Options = options;
    }

    /// <summary>What is optimised and how.</summary>
    public PpoLearnerOptions Options { get; }

    /// <summary>The module whose weights this learner changes.</summary>
    public abstract RlModule Module { get; }

    /// <summary>One iteration: values and advantages of the whole batch, then all epochs of gradient steps, then the KL coefficient.</summary>
    /// <param name="batch">The buffers of this iteration, always in the same order; every row is trained on.</param>
    /// <param name="lifetimeSteps">Environment steps sampled in the lifetime, this batch included; the schedules follow it.</param>
    /// <exception cref="ArgumentException">There is no buffer, its sizes are not the module's, or it has fewer rows than a minibatch.</exception>
    public abstract PpoLearnerMetrics Update(IReadOnlyList<RolloutBuffer> batch, long lifetimeSteps);

    /// <summary>The state, without the module's weights. A copy.</summary>
    public abstract PpoLearnerState GetState();

    /// <summary>Goes on where <paramref name="state"/> was taken. The module's weights are set apart from this, in either order.</summary>
    /// <exception cref="ArgumentException">A moment is missing, unknown, or has another shape; the message lists all of them. Nothing has changed then.</exception>
    public abstract void SetState(PpoLearnerState state);

    /// <summary>Ends the threads.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Ends the threads.</summary>
    protected abstract void Dispose(bool disposing);
}
