namespace Tuning.Learning;

/// <summary>
/// Trains one module by proximal policy optimisation (Schulman et al., 2017) as RLlib defines it: clipped surrogate, KL penalty with
/// an adapted coefficient, value loss with a bound on the squared error, entropy bonus, Adam. Made by <see cref="PpoLearners.CreatePpoLearner"/>.
/// </summary>
/// <remarks>
/// Not safe for concurrent use. Its threads, if it has several, end with <see cref="Learner.Dispose()"/>. Results are the same to the last bit for
/// every number of threads.
/// </remarks>
public abstract class PpoLearner : Learner
{
    private PpoLearnerMetrics _last;

    /// <summary>A learner with these options.</summary>
    /// <exception cref="ArgumentException">An option is out of its range; the message lists all such.</exception>
    protected PpoLearner(PpoOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (OptionSchema.Of(typeof(PpoOptions)).Check(options) is { Count: > 0 } faults)
        {
            throw new ArgumentException(string.Join(" ", faults.Select(f => f.Sentence)), nameof(options));
        }

        Options = options;
    }

    /// <summary>What is optimised and how.</summary>
    public PpoOptions Options { get; }

    /// <summary>One iteration: values and advantages of the whole batch, then all epochs of gradient steps, then the KL coefficient.</summary>
    /// <param name="batch">
    /// The buffers of this iteration, always in the same order; every row is trained on. With fewer rows than a minibatch they are one; with none nothing
    /// changes.
    /// </param>
    /// <param name="lifetimeSteps">Environment steps sampled in the lifetime, this batch included; the schedules follow it.</param>
    /// <exception cref="ArgumentException">A buffer's sizes are not the module's.</exception>
    public abstract PpoLearnerMetrics Update(IReadOnlyList<RolloutBuffer> batch, long lifetimeSteps);

    /// <inheritdoc/>
    public sealed override void Train(IReadOnlyList<RolloutBuffer> batch, long lifetimeSteps)
    {
        _last = Update(batch, lifetimeSteps);
        if (double.IsNaN(_last.TotalLoss))
        {
            throw Divergence.Of($"the total loss is NaN in an iteration of {_last.GradientSteps} gradient steps");
        }
    }

    /// <inheritdoc/>
    public sealed override void WriteTo(Action<string, MetricValue> add) => _last.CopyTo(add);
}
