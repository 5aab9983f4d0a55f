namespace Tuning.Learning;

/// <summary>
/// Discrete actions (Christodoulou, "Soft actor-critic for discrete action settings", 2019): a value per action, and means over the policy's
/// probabilities instead of draws.
/// </summary>
internal sealed class DiscreteSacBlock(DefaultSacModule module, int maxRows) : SacBlock(module, maxRows)
{
    private readonly float[] _logs = new float[module.ActionDistribution.InputSize];
    private readonly FloatBuffer _next = new(DenseNetwork.Pad(maxRows));
    private readonly FloatBuffer _taken = new(DenseNetwork.Pad(maxRows));
    private readonly FloatBuffer _takenDeltas = new(DenseNetwork.Pad(maxRows));

    private int Actions => _logs.Length;

    /// <inheritdoc/>
    [MethodImpl(AggressiveOptimization)]
    public override void Compute(SacRows rows, int first, int count, TransposedWeights[] transposed, in SacSettings settings)
    {
        var padded = DenseNetwork.Pad(count);
        Gather(rows, first, count, settings);
        Policy.Forward(padded);
        Module.ForwardPolicy(PolicyNext, padded, NextInputs.Floats, 1, Stride);
        for (var i = 0; i < Targets.Length; i++)
        {
            Module.Targets[i].Forward(Targets[i], padded, TargetOutputs[i].Floats, 1, Stride, 0, Actions);
        }

        for (var row = 0; row < count; row++)
        {
            LogProbabilities(NextInputs.Floats, row);
            var next = 0f;
            for (var a = 0; a < Actions; a++)
            {
                var value = Smaller(TargetOutputs[0].Floats, TargetOutputs[^1].Floats, row, a);
                next += MathF.Exp(_logs[a]) * (value - (settings.Alpha * _logs[a]));
            }

            _next.Floats[row] = next;
        }

        SetGoals(_next.Floats, padded);
        var sums = SacSums.None;
        foreach (var network in Values)
        {
            network.Forward(padded);
        }

        LearnPolicy(count, settings, ref sums);
        LearnValues(rows, first, count, settings, ref sums);
        Policy.Backward(padded, transposed[0]);
        for (var i = 0; i < Values.Length; i++)
        {
            Values[i].Backward(padded, transposed[1 + i]);
        }

        Sums = sums;
        GC.KeepAlive(this);
    }

    private void LearnValues(SacRows rows, int first, int count, in SacSettings settings, ref SacSums sums)
    {
        var errors = rows.Errors.AsSpan(first, count);
        errors.Clear();
        for (var i = 0; i < Values.Length; i++)
        {
            for (var row = 0; row < count; row++)
            {
                _taken.Floats[row] = Values[i].Outputs[((nint)rows.Batch.Actions[first + row] * Stride) + row];
            }

            var loss = ValueLoss(_taken.Floats, _takenDeltas.Floats, count, settings.Huber, errors, 1f / Values.Length);
            (sums.FirstLoss, sums.SecondLoss) = i == 0 ? (loss, 0) : (sums.FirstLoss, loss);
            Values[i].OutputDeltas.Span.Clear();
            for (var row = 0; row < count; row++)
            {
                Values[i].OutputDeltas[((nint)rows.Batch.Actions[first + row] * Stride) + row] = _takenDeltas.Floats[row];
            }
        }

        foreach (var error in errors)
        {
            sums.Error += error;
        }
    }

    /// <summary>The loss Σ π (α ln π − Q), and its gradient by the logits, πⱼ · (fⱼ − Σ π f) with f = α ln π − Q.</summary>
    private void LearnPolicy(int count, in SacSettings settings, ref SacSums sums)
    {
        Policy.OutputDeltas.Span.Clear();
        for (var row = 0; row < count; row++)
        {
            LogProbabilities(Policy.Outputs, row);
            var (loss, log, value) = (0f, 0f, 0f);
            for (var a = 0; a < Actions; a++)
            {
                var (probability, q) = (MathF.Exp(_logs[a]), Smaller(Values[0].Outputs, Values[^1].Outputs, row, a));
                log += probability * _logs[a];
                value += probability * q;
                loss += probability * ((settings.Alpha * _logs[a]) - q);
            }

            for (var a = 0; a < Actions; a++)
            {
                var own = (settings.Alpha * _logs[a]) - Smaller(Values[0].Outputs, Values[^1].Outputs, row, a);
                Policy.OutputDeltas[((nint)a * Stride) + row] = settings.Scale * MathF.Exp(_logs[a]) * (own - loss);
            }

            sums.ActorLoss += loss;
            sums.LogProbability += log;
            sums.Value += value;
            sums.LargestValue = Math.Max(sums.LargestValue, value);
            sums.SmallestValue = Math.Min(sums.SmallestValue, value);
        }
    }

    private float Smaller(Floats first, Floats second, int row, int action)
    {
        var at = ((nint)action * Stride) + row;
        return Math.Min(first[at], second[at]);
    }

    /// <summary>ln π of all actions of a row.</summary>
    private void LogProbabilities(Floats logits, int row)
    {
        var largest = float.NegativeInfinity;
        for (var a = 0; a < Actions; a++)
        {
            _logs[a] = logits[((nint)a * Stride) + row];
            largest = Math.Max(largest, _logs[a]);
        }

        var total = 0f;
        foreach (var logit in _logs)
        {
            total += MathF.Exp(logit - largest);
        }

        largest += MathF.Log(total);
        foreach (ref var logit in _logs.AsSpan())
        {
            logit -= largest;
        }
    }
}
