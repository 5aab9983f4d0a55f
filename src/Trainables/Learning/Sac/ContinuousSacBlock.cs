using Vector = System.Runtime.Intrinsics.Vector512<float>;

namespace Tuning.Learning;

/// <summary>
/// Continuous actions (Haarnoja et al., "Soft actor-critic algorithms and applications", 2018, equations 5 to 9): actions are drawn as tanh(mean + deviation ·
/// noise), and the policy's gradient goes through them. It passes through the network with the smaller value only, so each row goes back through one network.
/// </summary>
internal sealed unsafe class ContinuousSacBlock : SacBlock
{
    private readonly InputGradient[] _judges;
    private readonly int[][] _judged;
    private readonly FloatBuffer _noise;
    private readonly FloatBuffer _actions;
    private readonly FloatBuffer _logProbabilities;
    private readonly FloatBuffer _nextNoise;
    private readonly FloatBuffer _nextActions;
    private readonly FloatBuffer _nextLogProbabilities;
    private readonly FloatBuffer _actionGradients;
    private readonly FloatBuffer _next;

    public ContinuousSacBlock(DefaultSacModule module, int maxRows)
        : base(module, maxRows)
    {
        var size = module.ActionDistribution.ActionSize;
        _judges = [.. module.Values.Select(network => new InputGradient(network, maxRows, module.ObservationSize, size))];
        _judged = [.. module.Values.Select(_ => new int[Stride])];
        FloatBuffer Column() => new(Stride);
        FloatBuffer Columns() => new(size * Stride);
        (_noise, _actions, _logProbabilities) = (Columns(), Columns(), Column());
        (_nextNoise, _nextActions, _nextLogProbabilities) = (Columns(), Columns(), Column());
        (_actionGradients, _next) = (Columns(), Column());
    }

    private int Size => Module.ActionDistribution.ActionSize;

    /// <inheritdoc/>
    [MethodImpl(AggressiveOptimization)]
    public override void Compute(SacRows rows, int first, int count, TransposedWeights[] transposed, in SacSettings settings)
    {
        var padded = DenseNetwork.Pad(count);
        Gather(rows, first, count, settings);
        for (var i = 0; i < _judges.Length; i++)
        {
            Copy(rows.Batch.Observations, first, count, padded, Module.ObservationSize, _judges[i].Workspace.Input, Module.Values[i].InputStride);
            for (var row = 0; row < count; row++)
            {
                rows.Batch.Actions.AsSpan((first + row) * Size, Size)
                    .CopyTo(Values[i].Workspace.Input.Span[((row * Module.Values[i].InputStride) + Module.ObservationSize)..]);
            }
        }

        Transpose(rows.Noise, first, count, _noise.Floats);
        Transpose(rows.NextNoise, first, count, _nextNoise.Floats);
        Policy.Forward(padded);
        Draw(Policy.Outputs, _noise.Floats, padded, _actions.Floats, _logProbabilities.Floats);
        Module.ForwardPolicy(PolicyNext, padded, NextInputs.Floats, 1, Stride);
        Draw(NextInputs.Floats, _nextNoise.Floats, padded, _nextActions.Floats, _nextLogProbabilities.Floats);

        var sums = SacSums.None;
        LearnValues(rows, first, count, transposed, settings, ref sums);
        LearnPolicy(count, transposed, settings, ref sums);
        Sums = sums;
        GC.KeepAlive(this);
    }

    /// <summary>ln(1 − tanh² u).</summary>
    [MethodImpl(AggressiveInlining)]
    private static Vector LogSlope(Vector u)
    {
        var size = Vector512.Abs(u);
        var rest = Vector512.Create(0.693147181f) - size - VectorMath.Log(Vector.One + VectorMath.Exp(size * Vector512.Create(-2f)));
        return rest + rest;
    }

    [MethodImpl(AggressiveOptimization)]
    private void LearnValues(SacRows rows, int first, int count, TransposedWeights[] transposed, in SacSettings settings, ref SacSums sums)
    {
        var padded = DenseNetwork.Pad(count);
        for (var i = 0; i < Targets.Length; i++)
        {
            Place(_nextActions.Floats, count, Targets[i].Input, Module.Targets[i].InputStride);
            Module.Targets[i].Forward(Targets[i], padded, TargetOutputs[i].Floats, 1, Stride, 0, 1);
        }

        float* first0 = TargetOutputs[0].Floats.Room(padded), second = TargetOutputs[^1].Floats.Room(padded), logs = _nextLogProbabilities.Floats.Room(padded),
            next = _next.Floats.Room(padded);
        for (var i = 0; i < padded; i += 16)
        {
            var value = Vector512.MinNative(Vector512.Load(first0 + i), Vector512.Load(second + i));
            VectorMath.Fma(Vector512.Create(-settings.Alpha), Vector512.Load(logs + i), value).Store(next + i);
        }

        SetGoals(_next.Floats, padded);
        var errors = rows.Errors.AsSpan(first, count);
        errors.Clear();
        for (var i = 0; i < Values.Length; i++)
        {
            Values[i].Forward(padded);
            var loss = ValueLoss(Values[i].Outputs, Values[i].OutputDeltas, count, settings.Huber, errors, 1f / Values.Length);
            (sums.FirstLoss, sums.SecondLoss) = i == 0 ? (loss, 0) : (sums.FirstLoss, loss);
            Values[i].Backward(padded, transposed[1 + i]);
        }

        foreach (var error in errors)
        {
            sums.Error += error;
        }
    }

    [MethodImpl(AggressiveOptimization)]
    private void LearnPolicy(int count, TransposedWeights[] transposed, in SacSettings settings, ref SacSums sums)
    {
        var padded = DenseNetwork.Pad(count);
        for (var i = 0; i < _judges.Length; i++)
        {
            Place(_actions.Floats, count, _judges[i].Workspace.Input, Module.Values[i].InputStride);
            _judges[i].Forward(padded);
        }

        var (ofFirst, ofSecond) = (0, 0);
        for (var row = 0; row < count; row++)
        {
            double value = _judges[0].Outputs[row], log = _logProbabilities.Floats[row];
            if (_judges.Length == 1 || value <= _judges[1].Outputs[row])
            {
                _judged[0][ofFirst++] = row;
            }
            else
            {
                value = _judges[1].Outputs[row];
                _judged[1][ofSecond++] = row;
            }

            sums.Value += value;
            sums.LargestValue = Math.Max(sums.LargestValue, value);
            sums.SmallestValue = Math.Min(sums.SmallestValue, value);
            sums.LogProbability += log;
            sums.ActorLoss += (settings.Alpha * log) - value;
        }

        _judges[0].Backward(_judged[0].AsSpan(0, ofFirst), transposed[1], _actionGradients.Floats, Stride);
        if (ofSecond > 0)
        {
            _judges[1].Backward(_judged[1].AsSpan(0, ofSecond), transposed[2], _actionGradients.Floats, Stride);
        }

        PolicyDeltas(padded, settings.Alpha);
        Policy.Backward(padded, transposed[0]);
    }

    /// <summary>Actions and their log-probabilities from means, log standard deviations and noise.</summary>
    [MethodImpl(AggressiveOptimization)]
    private void Draw(Floats policy, Floats luckOfRows, int padded, Floats drawn, Floats logProbabilities)
    {
        float* inputs = policy.Room(2 * Size, Stride, padded), noise = luckOfRows.Room(Size, Stride, padded), actions = drawn.Room(Size, Stride, padded),
            logs = logProbabilities.Room(padded);
        for (var i = 0; i < padded; i += 16)
        {
            var sum = Vector.Zero;
            for (nint k = 0; k < Size; k++)
            {
                var luck = Vector512.Load(noise + (k * Stride) + i);
                var logStd = Clamp(Vector512.Load(inputs + ((k + Size) * Stride) + i));
                var u = VectorMath.Fma(VectorMath.Exp(logStd), luck, Vector512.Load(inputs + (k * Stride) + i));
                VectorMath.Tanh(u).Store(actions + (k * Stride) + i);
                sum -= VectorMath.Fma(luck * Vector512.Create(0.5f), luck, logStd + Vector512.Create(DiagonalGaussian.HalfLogTwoPi) + LogSlope(u));
            }

            sum.Store(logs + i);
        }
    }

    /// <summary>The gradient of (α ln π − Q) / rows by means and log standard deviations, with the noise held.</summary>
    [MethodImpl(AggressiveOptimization)]
    private void PolicyDeltas(int padded, float alpha)
    {
        float* inputs = Policy.Outputs.Room(2 * Size, Stride, padded), deltas = Policy.OutputDeltas.Room(2 * Size, Stride, padded),
            scales = Scales.Room(padded);
        float* actions = _actions.Floats.Room(Size, Stride, padded), gradients = _actionGradients.Floats.Room(Size, Stride, padded),
            noise = _noise.Floats.Room(Size, Stride, padded);
        for (var i = 0; i < padded; i += 16)
        {
            var scale = Vector512.Load(scales + i);
            for (nint k = 0; k < Size; k++)
            {
                var at = (k * Stride) + i;
                var (action, logStd) = (Vector512.Load(actions + at), Vector512.Load(inputs + (Size * (nint)Stride) + at));
                var slope = VectorMath.Fma(-action, action, Vector.One);
                var byArgument = scale * VectorMath.Fma(-slope, Vector512.Load(gradients + at), action * Vector512.Create(2 * alpha));
                byArgument.Store(deltas + at);
                var held = Clamp(logStd);
                var byLog = VectorMath.Fma(byArgument * VectorMath.Exp(held), Vector512.Load(noise + at), scale * Vector512.Create(-alpha));
                Vector512.ConditionalSelect(Vector512.Equals(held, logStd), byLog, Vector.Zero).Store(deltas + (Size * (nint)Stride) + at);
            }
        }
    }

    [MethodImpl(AggressiveInlining)]
    private static Vector Clamp(Vector logStd) =>
        Vector512.MaxNative(Vector512.Create(SquashedGaussian.MinLogStd), Vector512.MinNative(Vector512.Create(SquashedGaussian.MaxLogStd), logStd));

    private void Transpose(float[] rows, int first, int count, Floats columns)
    {
        for (var i = 0; i < count; i++)
        {
            for (var k = 0; k < Size; k++)
            {
                columns[((nint)k * Stride) + i] = rows[((first + i) * Size) + k];
            }
        }
    }

    private void Place(Floats actions, int count, Floats input, nint stride)
    {
        for (var i = 0; i < count; i++)
        {
            for (nint k = 0; k < Size; k++)
            {
                input[(i * stride) + Module.ObservationSize + k] = actions[(k * Stride) + i];
            }
        }
    }
}
