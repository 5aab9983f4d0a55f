using Tuning.Checkpointing;
using Tuning.Modules;
using Tuning.Runners;

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

    /// <summary>One iteration: values and advantages of the whole batch, then all epochs of gradient steps, then the KL coefficient.</summary>
    /// <param name="batch">
    /// The buffers of this iteration, always in the same order; every row is trained on. With fewer rows than a minibatch they are one; with none nothing changes.
    /// </param>
    /// <param name="lifetimeSteps">Environment steps sampled in the lifetime, this batch included; the schedules follow it.</param>
    /// <exception cref="ArgumentException">A buffer's sizes are not the module's.</exception>
    public abstract PpoLearnerMetrics Update(IReadOnlyList<RolloutBuffer> batch, long lifetimeSteps);

    /// <summary>The state, without the module's weights. A copy.</summary>
    public abstract PpoLearnerState GetState();

    /// <summary>Goes on where <paramref name="state"/> was taken. The module's weights are set apart from this, in either order.</summary>
    /// <exception cref="ArgumentException">A moment is missing, unknown, or has another shape; the message lists all of them. Nothing has changed then.</exception>
    public abstract void SetState(PpoLearnerState state);

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

    /// <inheritdoc/>
    public sealed override ComponentState CaptureState()
    {
        var state = GetState();
        return ComponentState.Empty with
        {
            Values = ParameterSet.From(
            [
                new("optimizer_steps", state.OptimizerSteps),
                new("kl_coeff", state.KlCoeff),
                new("configured_kl_coeff", state.ConfiguredKlCoeff),
                new("shuffle", state.Shuffle.ToString()),
                new("num_module_steps_trained_lifetime", state.StepsTrainedLifetime),
            ]),
            Tensors = NamedTensors.ToState(state.OptimizerState),
        };
    }

    /// <inheritdoc/>
    public sealed override void ApplyState(ComponentState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        SetState(new()
        {
            OptimizerSteps = state.Value<long>("optimizer_steps"),
            KlCoeff = state.Value<double>("kl_coeff"),
            ConfiguredKlCoeff = state.Value<double>("configured_kl_coeff"),
            Shuffle = state.Stream("shuffle"),
            StepsTrainedLifetime = state.Value<long>("num_module_steps_trained_lifetime"),
            OptimizerState = NamedTensors.FromState(state, GetState().OptimizerState),
        });
    }
}
