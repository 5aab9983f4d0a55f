namespace Tuning.Distributions;

/// <summary>
/// A family of distributions over actions. An instance knows the sizes; the inputs (logits, or means and log standard
/// deviations) come with each call, one row per observation. Immutable and safe for concurrent use.
/// </summary>
/// <remarks>
/// Actions are floats, [batch, <see cref="ActionSize"/>]; a discrete action is its number, which a float holds exactly.
/// What is drawn for a row depends on the stream's state and that row only; rows are drawn in order.
/// </remarks>
public abstract class ActionDistribution
{
    private protected ActionDistribution(int inputSize, int actionSize) => (InputSize, ActionSize) = (inputSize, actionSize);

    /// <summary>Floats per row of inputs.</summary>
    public int InputSize { get; }

    /// <summary>Floats per action.</summary>
    public int ActionSize { get; }

    /// <summary>Whether an action is a number, or numbers, from finite sets.</summary>
    public abstract bool IsDiscrete { get; }

    /// <summary>The name in checkpoints and messages: <c>categorical(2)</c>, <c>multi_categorical(2, 3)</c>, <c>diagonal_gaussian(1)</c>,
    /// <c>squashed_gaussian(1)</c>.</summary>
    public abstract string Name { get; }

    /// <summary>One of <paramref name="count"/> actions; the inputs are <paramref name="count"/> logits.</summary>
    /// <param name="count">At least 1.</param>
    public static ActionDistribution Categorical(int count) => new MultiCategorical(count);

    /// <summary>Several independent choices at once; the inputs are the logits of the first, then of the second, and so on.</summary>
    /// <param name="counts">How many actions each choice has; at least one choice, at least 1 each.</param>
    public static ActionDistribution MultiCategorical(params ReadOnlySpan<int> counts) => new MultiCategorical(counts);

    /// <summary>Independent normal distributions; the inputs are the means, then the natural logarithms of the standard deviations.</summary>
    /// <param name="size">The number of dimensions, at least 1.</param>
    public static ActionDistribution DiagonalGaussian(int size) => new DiagonalGaussian(size);

    /// <summary>
    /// Independent normal distributions through the hyperbolic tangent, for actions between −1 and 1; the inputs are the means, then the natural
    /// logarithms of the standard deviations, both before the tangent.
    /// </summary>
    /// <param name="size">The number of dimensions, at least 1.</param>
    public static ActionDistribution SquashedGaussian(int size) => new SquashedGaussian(size);

    /// <summary>The distribution over the actions of a space: categorical for a discrete one, Gaussian for a box.</summary>
    public static ActionDistribution For(Space space) => space switch
    {
        Discrete discrete => Categorical(discrete.N),
        MultiDiscrete several => MultiCategorical(several.N.AsSpan()),
        _ => DiagonalGaussian((space ?? throw new ArgumentNullException(nameof(space))).Size),
    };

    /// <summary>Draws one action per row.</summary>
    /// <param name="inputs">[batch, <see cref="InputSize"/>].</param>
    /// <param name="batch">Number of rows.</param>
    /// <param name="random">Where the luck comes from.</param>
    /// <param name="actions">Receives [batch, <see cref="ActionSize"/>].</param>
    public abstract void Sample(ReadOnlySpan<float> inputs, int batch, RandomStream random, Span<float> actions);

    /// <summary>The likeliest action of each row: the first of the largest logits, or the means.</summary>
    /// <inheritdoc cref="Sample"/>
    public abstract void Deterministic(ReadOnlySpan<float> inputs, int batch, Span<float> actions);

    /// <summary>Adds what <see cref="Deterministic"/> does to a model that is exported.</summary>
    /// <param name="graph">The model.</param>
    /// <param name="inputs">The name of the inputs in it, [rows, <see cref="InputSize"/>].</param>
    /// <returns>The name of the actions, [rows, <see cref="ActionSize"/>]; numbers from finite sets are int64.</returns>
    internal virtual string Export(ModelGraph graph, string inputs) => throw new NotSupportedException($"{Name} cannot be exported.");

    /// <summary>The natural logarithm of each action's probability, or probability density.</summary>
    /// <param name="inputs">[batch, <see cref="InputSize"/>].</param>
    /// <param name="actions">[batch, <see cref="ActionSize"/>].</param>
    /// <param name="batch">Number of rows.</param>
    /// <param name="result">Receives one number per row.</param>
    public abstract void LogProbabilities(ReadOnlySpan<float> inputs, ReadOnlySpan<float> actions, int batch, Span<float> result);

    /// <summary>Adds the gradient of the weighted log-probabilities by the inputs: what a policy gradient is made of.</summary>
    /// <param name="inputs">[batch, <see cref="InputSize"/>].</param>
    /// <param name="actions">[batch, <see cref="ActionSize"/>].</param>
    /// <param name="weights">What the log-probability of each row is multiplied by.</param>
    /// <param name="batch">Number of rows.</param>
    /// <param name="gradients">[batch, <see cref="InputSize"/>]; added to.</param>
    public abstract void AddLogProbabilityGradients(ReadOnlySpan<float> inputs, ReadOnlySpan<float> actions, ReadOnlySpan<float> weights, int batch,
        Span<float> gradients);

    /// <summary>Adds the gradient of the entropies by the inputs, times a weight.</summary>
    /// <param name="inputs">[batch, <see cref="InputSize"/>].</param>
    /// <param name="weight">What the entropy of each row is multiplied by.</param>
    /// <param name="batch">Number of rows.</param>
    /// <param name="gradients">[batch, <see cref="InputSize"/>]; added to.</param>
    /// <exception cref="NotSupportedException">The entropy has no closed form, as that of a squashed Gaussian.</exception>
    public virtual void AddEntropyGradients(ReadOnlySpan<float> inputs, float weight, int batch, Span<float> gradients) =>
        throw new NotSupportedException($"The entropy of {Name} has no gradient in closed form.");

    /// <summary>The entropy of each row, in nats; that of a density can be negative.</summary>
    /// <param name="inputs">[batch, <see cref="InputSize"/>].</param>
    /// <param name="batch">Number of rows.</param>
    /// <param name="result">Receives one number per row.</param>
    public abstract void Entropies(ReadOnlySpan<float> inputs, int batch, Span<float> result);

    /// <summary>The Kullback-Leibler divergence KL(first ‖ second) of each row, in nats.</summary>
    /// <param name="first">[batch, <see cref="InputSize"/>]: the distribution that the mean is taken over.</param>
    /// <param name="second">[batch, <see cref="InputSize"/>].</param>
    /// <param name="batch">Number of rows.</param>
    /// <param name="result">Receives one number per row.</param>
    public abstract void Divergences(ReadOnlySpan<float> first, ReadOnlySpan<float> second, int batch, Span<float> result);

    /// <inheritdoc/>
    public override string ToString() => Name;
}
