namespace Tuning.Learning;

/// <summary>What one iteration of training says of itself: RLlib's learner metrics, under RLlib's names in <see cref="CopyTo"/>.</summary>
/// <remarks>Losses, entropy, divergence, explained variance and gradient norm are means over the rows (the norm: over the minibatches) of the last
/// epoch.</remarks>
public readonly record struct PpoLearnerMetrics
{
    /// <summary>The clipped surrogate loss.</summary>
    public required double PolicyLoss { get; init; }

    /// <summary>The squared error of the value function, bounded by <see cref="PpoOptions.ValueClipParameter"/>.</summary>
    public required double VfLoss { get; init; }

    /// <summary>The squared error of the value function.</summary>
    public required double VfLossUnclipped { get; init; }

    /// <summary>1 − Var(target − value) / Var(target), not below −1.</summary>
    public required double VfExplainedVar { get; init; }

    /// <summary>Entropy of the policy, in nats.</summary>
    public required double Entropy { get; init; }

    /// <summary>KL(old ‖ new), in nats.</summary>
    public required double MeanKlLoss { get; init; }

    /// <summary>The coefficient of the KL penalty in the next iteration.</summary>
    public required double CurrKlCoeff { get; init; }

    /// <summary>The coefficient of the entropy bonus in this iteration.</summary>
    public required double CurrEntropyCoeff { get; init; }

    /// <summary>The whole loss.</summary>
    public required double TotalLoss { get; init; }

    /// <summary>The learning rate of this iteration.</summary>
    public required double LearningRate { get; init; }

    /// <summary>The norm of the gradient before clipping.</summary>
    public required double GradientNorm { get; init; }

    /// <summary>Number of trainable parameters.</summary>
    public required long ParameterCount { get; init; }

    /// <summary>Rows trained on in this iteration, each counted once per epoch.</summary>
    public required long StepsTrained { get; init; }

    /// <summary>Rows trained on in the lifetime.</summary>
    public required long StepsTrainedLifetime { get; init; }

    /// <summary>Gradient steps in this iteration.</summary>
    public required long GradientSteps { get; init; }

    /// <summary>All names that <see cref="CopyTo"/> adds.</summary>
    internal static IReadOnlyCollection<string> Names
    {
        get
        {
            var names = new List<string>();
            (default(PpoLearnerMetrics) with { GradientSteps = 1 }).CopyTo((name, _) => names.Add(name));
            return names;
        }
    }

    /// <summary>Adds the metrics under RLlib's names; those of the losses only if there was a gradient step.</summary>
    /// <param name="add">Called with name and number; whole numbers are whole.</param>
    public void CopyTo(Action<string, MetricValue> add)
    {
        ArgumentNullException.ThrowIfNull(add);
        var trained = GradientSteps > 0;
        if (trained)
        {
            add("policy_loss", PolicyLoss);
            add("vf_loss", VfLoss);
            add("vf_loss_unclipped", VfLossUnclipped);
            add("vf_explained_var", VfExplainedVar);
            add("entropy", Entropy);
            add("mean_kl_loss", MeanKlLoss);
        }

        add("curr_kl_coeff", CurrKlCoeff);
        add("curr_entropy_coeff", CurrEntropyCoeff);
        if (trained)
        {
            add("total_loss", TotalLoss);
        }

        add("default_optimizer_learning_rate", LearningRate);
        if (trained)
        {
            add("gradients_default_optimizer_global_norm", GradientNorm);
        }

        add("num_trainable_parameters", ParameterCount);
        add("num_module_steps_trained", StepsTrained);
        add("num_module_steps_trained_lifetime", StepsTrainedLifetime);
    }
}
