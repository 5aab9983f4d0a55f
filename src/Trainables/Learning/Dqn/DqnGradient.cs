namespace Tuning.Learning;

/// <summary>
/// The loss of Q-learning on transitions out of replay, and its gradient: the mean of wᵢ·ℓ(Q(sᵢ, aᵢ) − yᵢ) with the target
/// yᵢ = rᵢ + dᵢ·Q′(s′ᵢ, a*). Q′ is the target network, a* its best action, or with double Q-learning (van Hasselt et al., 2016) that of the trained
/// network. ℓ is Huber's with δ = 1, or the square (not its half), both as in PyTorch.
/// </summary>
internal sealed class DqnGradient
{
    private readonly DefaultDqnModule _module;
    private readonly bool _doubleQ;
    private readonly bool _huber;
    private readonly DenseGradient _passes;
    private readonly DenseWorkspace _rows;
    private readonly FloatBuffer _targetOutputs;
    private readonly FloatBuffer _chooserOutputs;
    private readonly FloatBuffer _values;
    private readonly TransposedWeights _transposed;

    /// <summary>For batches of up to so many rows.</summary>
    public DqnGradient(DefaultDqnModule module, int maxBatch, bool doubleQ, bool huber)
    {
        (_module, _doubleQ, _huber) = (module, doubleQ, huber);
        _passes = new(module.Network, maxBatch);
        _rows = new(module.Network, maxBatch, training: false);
        _targetOutputs = new(module.Network.Outputs * _passes.Stride);
        _chooserOutputs = new(module.Network.Outputs * _passes.Stride);
        _values = new(module.ActionDistribution.InputSize);
        _transposed = new(module.Network);
        Errors = new float[maxBatch];
    }

    /// <summary>The gradient, in the network's layout.</summary>
    public FloatBuffer Block => _passes.Block;

    /// <summary>Q(sᵢ, aᵢ) − yᵢ of the last batch.</summary>
    public float[] Errors { get; }

    /// <summary>Takes over weights that have changed.</summary>
    public void Refresh() => _transposed.Refresh();

    /// <summary>The loss of a batch; its gradient stands in <see cref="Block"/> then.</summary>
    [MethodImpl(AggressiveOptimization)]
    public DqnLoss Compute(ReplayBatch batch)
    {
        var (network, count) = (_module.Network, batch.Count);
        var stride = _passes.Stride;
        _rows.SetInput(batch.NextObservations, count, network.Inputs, network.InputStride);
        _module.Target.Forward(_rows, count, _targetOutputs.Floats, 1, stride, 0, network.Outputs);
        if (_doubleQ)
        {
            network.Forward(_rows, count, _chooserOutputs.Floats, 1, stride, 0, network.Outputs);
        }

        // Rows of padding take part in the products with zero weight, so they must hold numbers: zeros, or an older batch.
        var padded = DenseNetwork.Pad(count);
        _passes.Workspace.SetInput(batch.Observations, count, network.Inputs, network.InputStride);
        _passes.Forward(padded);
        var loss = Loss(batch);
        _passes.Backward(padded, _transposed);
        GC.KeepAlive(this);
        return loss;
    }

    [MethodImpl(AggressiveOptimization)]
    private DqnLoss Loss(ReplayBatch batch)
    {
        var (actions, stride) = (_module.ActionDistribution.InputSize, _passes.Stride);
        var values = _values.Floats;
        var deltas = _passes.OutputDeltas;
        deltas.Span.Clear();
        double total = 0, sum = 0, absolute = 0;
        var (least, largest) = (float.PositiveInfinity, float.NegativeInfinity);
        for (var i = 0; i < batch.Count; i++)
        {
            var best = Best((_doubleQ ? _chooserOutputs : _targetOutputs).Floats + i);
            _module.ActionValues(_targetOutputs.Floats + i, stride, values);
            var target = batch.Rewards[i] + (batch.Discounts[i] * values[best]);
            var action = (int)batch.Actions[i];
            _module.ActionValues(_passes.Outputs + i, stride, values);
            var value = values[action];
            var error = value - target;
            Errors[i] = error;
            var (loss, slope) = _huber ? Huber(error) : (error * error, 2 * error);
            total += batch.Weights[i] * loss;
            sum += value;
            absolute += Math.Abs(error);
            (least, largest) = (Math.Min(least, value), Math.Max(largest, value));
            var delta = batch.Weights[i] * slope / batch.Count;
            deltas[((nint)action * stride) + i] = delta;
            if (_module.Spec.Dueling)
            {
                // Q(a) = V + A(a) − mean A.
                for (var a = 0; a < actions; a++)
                {
                    deltas[((nint)a * stride) + i] -= delta / actions;
                }

                deltas[((nint)actions * stride) + i] = delta;
            }
        }

        return new(total / batch.Count, sum / batch.Count, least, largest, absolute / batch.Count);
    }

    private int Best(Floats outputs)
    {
        // A value of the state is the same for all actions.
        var (stride, best) = ((nint)_passes.Stride, 0);
        for (var a = 1; a < _module.ActionDistribution.InputSize; a++)
        {
            best = outputs[a * stride] > outputs[best * stride] ? a : best;
        }

        return best;
    }

    private static (float Loss, float Slope) Huber(float error) =>
        Math.Abs(error) < 1 ? (0.5f * error * error, error) : (Math.Abs(error) - 0.5f, Math.Sign(error));
}

/// <summary>What the loss of a batch was.</summary>
/// <param name="Loss">The mean of the weighted losses.</param>
/// <param name="Mean">The mean value of the actions that were taken.</param>
/// <param name="Least">The smallest of them.</param>
/// <param name="Largest">The largest.</param>
/// <param name="AbsoluteError">The mean absolute difference to their targets.</param>
internal readonly record struct DqnLoss(double Loss, double Mean, double Least, double Largest, double AbsoluteError);
