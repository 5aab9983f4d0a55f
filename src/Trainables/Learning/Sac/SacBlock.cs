using Vector = System.Runtime.Intrinsics.Vector512<float>;

namespace Tuning.Learning;

/// <summary>
/// One block of a batch's rows on their way through all networks of SAC: targets, losses of the values and of the policy, and the gradient of each
/// network into memory of its own. How a batch is cut into blocks depends on its size only, so that results do not depend on who computes which block.
/// </summary>
/// <remarks>
/// As in RLlib, all losses are of the weights before the step, and so is α. Arrays are [columns, rows] with the stride <see cref="Stride"/>,
/// so that 16 rows are one vector; rows of padding have the weight 0.
/// </remarks>
internal abstract unsafe class SacBlock
{
    private readonly FloatBuffer _rewards;
    private readonly FloatBuffer _discounts;
    private readonly FloatBuffer _weights;
    private readonly FloatBuffer _scales;
    private readonly FloatBuffer _goals;

    protected SacBlock(DefaultSacModule module, int maxRows)
    {
        Module = module;
        Policy = new DenseGradient(module.Policy, maxRows);
        Stride = Policy.Stride;
        PolicyNext = new DenseWorkspace(module.Policy, maxRows, training: false);
        NextInputs = new FloatBuffer(module.ActionDistribution.InputSize * Stride);
        Values = [.. module.Values.Select(network => new DenseGradient(network, maxRows))];
        Targets = [.. module.Targets.Select(network => new DenseWorkspace(network, maxRows, training: false))];
        TargetOutputs = [.. module.Targets.Select(network => new FloatBuffer(network.Outputs * Stride))];
        _rewards = new FloatBuffer(Stride);
        _discounts = new FloatBuffer(Stride);
        _weights = new FloatBuffer(Stride);
        _scales = new FloatBuffer(Stride);
        _goals = new FloatBuffer(Stride);
    }

    /// <summary>The gradient of the policy, then those of the values.</summary>
    public IReadOnlyList<DenseGradient> Gradients => [Policy, .. Values];

    /// <summary>The sums of the last <see cref="Compute"/>.</summary>
    public SacSums Sums { get; protected set; }

    protected DefaultSacModule Module { get; }

    protected int Stride { get; }

    /// <summary>The policy on observations.</summary>
    protected DenseGradient Policy { get; }

    /// <summary>The policy on next observations.</summary>
    protected DenseWorkspace PolicyNext { get; }

    /// <summary>Its outputs.</summary>
    protected FloatBuffer NextInputs { get; }

    /// <summary>The values of what was done.</summary>
    protected DenseGradient[] Values { get; }

    /// <summary>The targets on next observations.</summary>
    protected DenseWorkspace[] Targets { get; }

    /// <summary>Their outputs.</summary>
    protected FloatBuffer[] TargetOutputs { get; }

    /// <summary>Per row, 1 / rows of the whole batch, 0 in padding.</summary>
    protected Floats Scales => _scales.Floats;

    /// <summary>A block for the actions of a module.</summary>
    public static SacBlock For(DefaultSacModule module, int maxRows) =>
        module.ActionDistribution.IsDiscrete ? new DiscreteSacBlock(module, maxRows) : new ContinuousSacBlock(module, maxRows);

    /// <summary>Computes the gradients of the block's share of the losses.</summary>
    /// <param name="rows">The batch.</param>
    /// <param name="first">The first row of the block.</param>
    /// <param name="count">Its rows.</param>
    /// <param name="transposed">The transposed weights of the policy, then of the values.</param>
    /// <param name="settings">The losses.</param>
    public abstract void Compute(SacRows rows, int first, int count, TransposedWeights[] transposed, in SacSettings settings);

    /// <summary>Copies what all kinds of actions need.</summary>
    [MethodImpl(AggressiveOptimization)]
    protected void Gather(SacRows rows, int first, int count, in SacSettings settings)
    {
        var (batch, size) = (rows.Batch, Module.ObservationSize);
        var padded = DenseNetwork.Pad(count);
        Copy(batch.Observations, first, count, padded, size, Policy.Workspace.Input, Module.Policy.InputStride);
        Copy(batch.NextObservations, first, count, padded, size, PolicyNext.Input, Module.Policy.InputStride);
        for (var i = 0; i < Values.Length; i++)
        {
            Copy(batch.Observations, first, count, padded, size, Values[i].Workspace.Input, Module.Values[i].InputStride);
            Copy(batch.NextObservations, first, count, padded, size, Targets[i].Input, Module.Values[i].InputStride);
        }

        Column(batch.Rewards, first, count, padded, _rewards);
        Column(batch.Discounts, first, count, padded, _discounts);
        Column(batch.Weights, first, count, padded, _weights);
        _scales.Span[..count].Fill(settings.Scale);
        _scales.Span[count..padded].Clear();
    }

    /// <summary>Copies rows of observations, and clears those of padding, which must hold numbers.</summary>
    protected static void Copy(float[] source, int first, int count, int padded, int size, Floats target, int stride)
    {
        for (var i = 0; i < count; i++)
        {
            source.AsSpan((first + i) * size, size).CopyTo(target.Span[(i * stride)..]);
        }

        target.Span[(count * stride)..(padded * stride)].Clear();
    }

    /// <summary>
    /// The goals of the values: reward + discount · (what follows), for what follows in <paramref name="next"/>.
    /// </summary>
    [MethodImpl(AggressiveOptimization)]
    protected void SetGoals(Floats next, int padded)
    {
        float* discounts = _discounts.Floats.Room(padded), follows = next.Room(padded), rewards = _rewards.Floats.Room(padded),
            goals = _goals.Floats.Room(padded);
        for (var i = 0; i < padded; i += 16)
        {
            VectorMath.Fma(Vector512.Load(discounts + i), Vector512.Load(follows + i), Vector512.Load(rewards + i)).Store(goals + i);
        }
    }

    /// <summary>
    /// The loss of a network of values, weight · h(Q − goal), and its gradient by Q; h is half the square, or Huber's function, which goes on straight beyond
    /// 1.
    /// </summary>
    /// <param name="values">Q of what was done.</param>
    /// <param name="deltas">Receives the gradient.</param>
    /// <param name="count">Rows.</param>
    /// <param name="huber">Whether Huber's function is taken.</param>
    /// <param name="errors">Receives the sizes of the errors times <paramref name="share"/>, added to what is there.</param>
    /// <param name="share">1 / number of networks.</param>
    [MethodImpl(AggressiveOptimization)]
    protected double ValueLoss(Floats values, Floats deltas, int count, bool huber, Span<float> errors, float share)
    {
        var (one, padded) = (Vector.One, DenseNetwork.Pad(count));
        float* value = values.Room(padded), goals = _goals.Floats.Room(padded), delta = deltas.Room(padded), weights = _weights.Floats.Room(padded),
            scales = Scales.Room(padded);
        for (var i = 0; i < padded; i += 16)
        {
            var error = Vector512.Load(value + i) - Vector512.Load(goals + i);
            error = huber ? Vector512.MaxNative(-one, Vector512.MinNative(one, error)) : error;
            (error * Vector512.Load(weights + i) * Vector512.Load(scales + i)).Store(delta + i);
        }

        var loss = 0.0;
        for (var i = 0; i < count; i++)
        {
            var error = Math.Abs(value[i] - goals[i]);
            errors[i] += share * error;
            loss += weights[i] * (huber && error > 1 ? error - 0.5 : 0.5 * error * error);
        }

        return loss;
    }

    /// <summary>Copies a column of the batch, and 0 into padding.</summary>
    private static void Column(float[] source, int first, int count, int padded, FloatBuffer target)
    {
        source.AsSpan(first, count).CopyTo(target.Span);
        target.Span[count..padded].Clear();
    }
}

/// <summary>A batch, the luck of its actions, and the errors that come out.</summary>
/// <param name="capacity">The most rows.</param>
/// <param name="observationSize">Floats per observation.</param>
/// <param name="actionSize">Floats per action.</param>
internal sealed class SacRows(int capacity, int observationSize, int actionSize)
{
    /// <summary>The transitions.</summary>
    public ReplayBatch Batch { get; } = new(capacity, observationSize, actionSize);

    /// <summary>[rows, action]: standard normal numbers for actions at the observations.</summary>
    public float[] Noise { get; } = new float[capacity * actionSize];

    /// <summary>Likewise at the next observations.</summary>
    public float[] NextNoise { get; } = new float[capacity * actionSize];

    /// <summary>Per row, the mean size of the errors of all networks of values.</summary>
    public float[] Errors { get; } = new float[capacity];
}
