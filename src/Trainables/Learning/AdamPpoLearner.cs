namespace Tuning.Learning;

/// <summary>What the learners of PPO in this library share: rows, Adam, the coefficient of the divergence, their state and what they report.</summary>
internal abstract class AdamPpoLearner : PpoLearner
{
    private readonly RandomStream _random;
    private long _stepsTrained;

    protected AdamPpoLearner(PpoOptions options, RandomStream random)
        : base(options)
    {
        ArgumentNullException.ThrowIfNull(random);
        (_random, KlCoeff) = (random, options.KlCoefficient);
    }

    /// <summary>The rows of this iteration.</summary>
    protected PpoRows Rows { get; } = new();

    /// <summary>The optimizer of all parameters.</summary>
    protected Adam Optimizer { get; init; } = null!;

    /// <summary>The adapted coefficient of the KL penalty.</summary>
    protected double KlCoeff { get; private set; }

    /// <inheritdoc/>
    public sealed override ComponentState CaptureState() => Adam.AddTo(
        ComponentState.Empty with
        {
            Values = ParameterSet.From(
            [
                new("kl_coeff", KlCoeff),
                new("configured_kl_coeff", Options.KlCoefficient),
                new("shuffle", _random.Save().ToString()),
                new("num_module_steps_trained_lifetime", _stepsTrained),
            ]),
        },
        Optimizer);

    /// <inheritdoc/>
    /// <remarks>A coefficient of the penalty that was adapted from another configured one gives way to the configured one.</remarks>
    public sealed override void ApplyState(ComponentState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var moments = Adam.Prepare(state, Optimizer);
        var (coefficient, configured) = (state.Value<double>("kl_coeff"), state.Value<double>("configured_kl_coeff"));
        var (shuffle, trained) = (state.Stream("shuffle"), state.Value<long>("num_module_steps_trained_lifetime"));
        moments();
        _random.Restore(shuffle);
        (_stepsTrained, KlCoeff) = (trained, configured.Equals(Options.KlCoefficient) ? coefficient : Options.KlCoefficient);
    }

    /// <summary>Puts rows into a new order.</summary>
    protected void Shuffle(Span<int> order) => _random.Shuffle(order);

    /// <summary>The numbers of one gradient step's loss.</summary>
    protected LossSettings Settings(int rows, long lifetimeSteps, double advantageMean, double advantageDeviation) => new(
        new((float)Options.ClipParameter.At(lifetimeSteps), Options.UseKlLoss ? (float)KlCoeff : 0, (float)Options.EntropyCoefficient.At(lifetimeSteps),
            1f / rows),
        (float)Options.ValueLossCoefficient,
        (float)Options.ValueClipParameter,
        (float)advantageMean,
        (float)(1 / Math.Max(1e-4, advantageDeviation)));

    /// <summary>What an iteration reports in which no agent of this policy had an outcome: nothing has changed.</summary>
    protected PpoLearnerMetrics Idle(long lifetimeSteps) => default(PpoLearnerMetrics) with
    {
        CurrKlCoeff = Options.UseKlLoss ? KlCoeff : 0,
        CurrEntropyCoeff = Options.EntropyCoefficient.At(lifetimeSteps),
        LearningRate = Options.LearningRate.At(lifetimeSteps),
        ParameterCount = Module.ParameterCount,
        StepsTrainedLifetime = _stepsTrained,
    };

    /// <summary>Ends an iteration: adapts the coefficient of the divergence, and says what was.</summary>
    /// <param name="sums">Sums over the rows of the last epoch.</param>
    /// <param name="norm">The mean of the gradient's norm in it.</param>
    /// <param name="targetVariance">The variance of the value targets.</param>
    /// <param name="gradientSteps">Of all epochs.</param>
    /// <param name="lifetimeSteps">Environment steps of the lifetime.</param>
    protected PpoLearnerMetrics Report(in PpoSums sums, double norm, double targetVariance, long gradientSteps, long lifetimeSteps)
    {
        Optimizer.RefuseDivergence();
        var rows = (double)Rows.Count;
        var (policyLoss, divergence, entropy) = (sums.Surrogate / rows, sums.Divergence / rows, sums.Entropy / rows);
        var (valueLoss, error) = (sums.Clipped / rows, sums.Error / rows);
        var residual = (sums.Unclipped / rows) - (error * error);
        var entropyCoeff = Options.EntropyCoefficient.At(lifetimeSteps);
        var total = policyLoss + (Options.ValueLossCoefficient * valueLoss) - (entropyCoeff * entropy) + ((Options.UseKlLoss ? KlCoeff : 0) * divergence);
        if (Options.UseKlLoss)
        {
            KlCoeff *= divergence > 2 * Options.KlTarget ? 1.5 : divergence < 0.5 * Options.KlTarget ? 0.5 : 1;
        }

        var trained = (long)Options.Epochs * Rows.Count;
        _stepsTrained += trained;
        return Idle(lifetimeSteps) with
        {
            PolicyLoss = policyLoss,
            VfLoss = valueLoss,
            VfLossUnclipped = sums.Unclipped / rows,
            VfExplainedVar = Options.UseCritic ? Math.Max(-1, 1 - (residual / Math.Max(targetVariance, 1e-12))) : 0,
            Entropy = entropy,
            MeanKlLoss = divergence,
            TotalLoss = total,
            GradientNorm = norm,
            StepsTrained = trained,
            GradientSteps = gradientSteps,
        };
    }

    /// <summary>Adam as the options of PPO say.</summary>
    protected static AdamOptions OptimizerOf(PpoOptions options) => new()
    {
        LearningRate = options.LearningRate,
        GradientClip = options.GradientClip,
        GradientClipBy = options.GradientClipBy,
    };
}

/// <summary>Sums over rows of what PPO's losses say: see <see cref="PolicySums"/> and <see cref="ValueSums"/>.</summary>
internal readonly record struct PpoSums(double Surrogate, double Divergence, double Entropy, double Clipped, double Unclipped, double Error)
{
    /// <summary>Those of some rows.</summary>
    public static PpoSums Of(in PolicySums policy, in ValueSums value) =>
        new(policy.Surrogate, policy.Divergence, policy.Entropy, value.Clipped, value.Unclipped, value.Error);

    /// <summary>With those of other rows.</summary>
    public PpoSums Plus(in PpoSums other) => new(
        Surrogate + other.Surrogate, Divergence + other.Divergence, Entropy + other.Entropy, Clipped + other.Clipped, Unclipped + other.Unclipped,
            Error + other.Error);
}
