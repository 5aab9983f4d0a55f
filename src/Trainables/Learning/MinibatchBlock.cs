namespace Tuning.Learning;

/// <summary>What one gradient step is computed with.</summary>
/// <param name="Policy">Coefficients of the policy's loss.</param>
/// <param name="ValueCoefficient">Weight of the value function's loss.</param>
/// <param name="ValueClip">Bound of its squared error.</param>
/// <param name="AdvantageMean">Mean of the iteration's advantages.</param>
/// <param name="AdvantageScale">1 over their standard deviation.</param>
internal readonly record struct LossSettings(PolicyCoefficients Policy, float ValueCoefficient, float ValueClip, float AdvantageMean, float AdvantageScale);

/// <summary>
/// One block of a minibatch's rows on their way through one network: gathered, forward, loss, backward, into a gradient of its own.
/// See <see cref="RowBlocks"/> for how a minibatch is cut.
/// </summary>
internal sealed unsafe class MinibatchBlock
{
    private readonly DenseNetwork _network;
    private readonly DenseGradient _gradient;
    private readonly ActionDistribution? _policy;
    private readonly PolicyLoss? _policyLoss;
    private readonly int _firstPolicyOutput;
    private readonly bool _hasValue;
    private readonly FloatBuffer _oldInputs;
    private readonly FloatBuffer _actions;
    private readonly FloatBuffer _advantages;
    private readonly FloatBuffer _targets;

    /// <summary>A block for up to <paramref name="maxRows"/> rows.</summary>
    /// <param name="network">The network.</param>
    /// <param name="policy">The distribution that the network's last outputs parameterise, or null.</param>
    /// <param name="firstPolicyOutput">The first of them.</param>
    /// <param name="hasValue">Whether the network's first output is the value and is trained.</param>
    /// <param name="maxRows">Number of rows.</param>
    public MinibatchBlock(DenseNetwork network, ActionDistribution? policy, int firstPolicyOutput, bool hasValue, int maxRows)
    {
        _network = network;
        _gradient = new DenseGradient(network, maxRows);
        _policy = policy;
        _policyLoss = policy is null ? null : PolicyLoss.For(policy);
        _firstPolicyOutput = firstPolicyOutput;
        _hasValue = hasValue;
        var stride = _gradient.Stride;
        _oldInputs = new FloatBuffer(stride * (policy?.InputSize ?? 0));
        _actions = new FloatBuffer(stride * (policy?.ActionSize ?? 0));
        _advantages = new FloatBuffer(stride);
        _targets = new FloatBuffer(stride);
    }

    /// <summary>The gradient, in the network's layout.</summary>
    public FloatBuffer Gradient => _gradient.Block;

    /// <summary>The passes through the network.</summary>
    internal DenseGradient Passes => _gradient;

    /// <summary>The policy's sums over the block.</summary>
    public PolicySums PolicySums { get; private set; }

    /// <summary>The value function's sums over the block.</summary>
    public ValueSums ValueSums { get; private set; }

    /// <summary>Computes the gradient of the block's share of the loss.</summary>
    /// <param name="rows">All rows.</param>
    /// <param name="order">Which of them, in order.</param>
    /// <param name="transposed">The network's transposed weights.</param>
    /// <param name="settings">The loss.</param>
    /// <param name="isGathered">Whether rows, order and loss are those of the call before.</param>
    [MethodImpl(AggressiveOptimization)]
    public void Compute(PpoRows rows, ReadOnlySpan<int> order, TransposedWeights transposed, in LossSettings settings, bool isGathered)
    {
        if (!isGathered)
        {
            Gather(rows, order, settings);
        }

        var padded = DenseNetwork.Pad(order.Length);
        _gradient.Forward(padded);
        Loss(order.Length, settings);
        _gradient.Backward(padded, transposed);
    }

    /// <summary>The loss of gathered rows that have passed forward, and its gradient by the outputs.</summary>
    internal void Loss(int count, in LossSettings settings)
    {
        nint stride = _gradient.Stride;
        if (_policyLoss is not null)
        {
            var view = new PolicyRows
            {
                Inputs = _gradient.Outputs + (_firstPolicyOutput * stride),
                Deltas = _gradient.OutputDeltas + (_firstPolicyOutput * stride),
                OldInputs = _oldInputs.Floats,
                Actions = _actions.Floats,
                Advantages = _advantages.Floats,
                Stride = stride,
                Count = count,
            };
            PolicySums = _policyLoss.Compute(view, settings.Policy);
        }

        if (_hasValue)
        {
            ValueSums = ValueLoss.Compute(_gradient.Outputs, _targets.Floats, _gradient.OutputDeltas, count, settings.ValueClip,
                settings.ValueCoefficient * settings.Policy.Scale);
        }
    }

    /// <summary>Copies the rows of a minibatch together.</summary>
    [MethodImpl(AggressiveOptimization)]
    internal void Gather(PpoRows rows, ReadOnlySpan<int> order, in LossSettings settings)
    {
        nint stride = _gradient.Stride, inputs = _network.Inputs, inputStride = _network.InputStride;
        var padded = DenseNetwork.Pad(order.Length);
        var input = _gradient.Workspace.Input.Room(padded, inputStride, inputStride);
        fixed (float* observations = rows.Observations)
        {
            for (var i = 0; i < order.Length; i++)
            {
                float* from = observations + (order[i] * inputs), to = input + (i * inputStride);
                for (nint k = 0; k < inputs; k++)
                {
                    to[k] = from[k];
                }
            }
        }

        // Rows of padding take part in the products with zero weight, so they must hold numbers.
        new Span<float>(input + (order.Length * inputStride), (padded - order.Length) * (int)inputStride).Clear();
        if (_policy is not null)
        {
            Columns(rows.Inputs, _policy.InputSize, order, _oldInputs.Floats, stride);
            Columns(rows.Actions, _policy.ActionSize, order, _actions.Floats, stride);
            var (mean, scale) = (settings.AdvantageMean, settings.AdvantageScale);
            var advantages = _advantages.Span;
            for (var i = 0; i < order.Length; i++)
            {
                advantages[i] = (rows.Advantages[order[i]] - mean) * scale;
            }
        }

        if (_hasValue)
        {
            var targets = _targets.Span;
            for (var i = 0; i < order.Length; i++)
            {
                targets[i] = rows.Targets[order[i]];
            }
        }
    }

    [MethodImpl(AggressiveOptimization)]
    private static void Columns(float[] source, int size, ReadOnlySpan<int> order, Floats columns, nint stride)
    {
        var target = columns.Room(size, stride, order.Length);
        fixed (float* first = source)
        {
            for (var i = 0; i < order.Length; i++)
            {
                var from = first + ((nint)order[i] * size);
                for (nint k = 0; k < size; k++)
                {
                    target[(k * stride) + i] = from[k];
                }
            }
        }
    }
}
