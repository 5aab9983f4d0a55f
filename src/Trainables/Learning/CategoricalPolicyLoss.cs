using Vector = System.Runtime.Intrinsics.Vector512<float>;

namespace Tuning.Learning;

/// <summary>The policy's loss for one choice or several independent ones. Inputs: the logits of each choice in turn.</summary>
internal sealed unsafe class CategoricalPolicyLoss : PolicyLoss
{
    private readonly int[] _counts;
    private readonly int _logits;

    // Per logit: probability, log-probability, probability − old probability; then per choice its entropy.
    private readonly FloatBuffer _scratch;

    public CategoricalPolicyLoss(ImmutableArray<int> counts)
    {
        _counts = [.. counts];
        _logits = _counts.Sum();
        _scratch = new((_logits * 48) + (counts.Length * 16));
    }

    [MethodImpl(AggressiveOptimization)]
    public override PolicySums Compute(in PolicyRows rows, in PolicyCoefficients coefficients)
    {
        var (clip, kl, entropyWeight) = (Vector512.Create(coefficients.Clip), coefficients.Kl, Vector512.Create(coefficients.Entropy));
        Vector lossSum = Vector.Zero, divergenceSum = Vector.Zero, entropySum = Vector.Zero;
        var stride = rows.Stride;
        var padded = DenseNetwork.Pad(rows.Count);
        float* inputs = rows.Inputs.Room(_logits, stride, padded), oldInputs = rows.OldInputs.Room(_logits, stride, padded),
            deltas = rows.Deltas.Room(_logits, stride, padded);
        float* actions = rows.Actions.Room(_counts.Length, stride, padded), advantages = rows.Advantages.Room(padded),
            scratch = _scratch.Floats.Room((_logits * 48) + (_counts.Length * 16));
        for (var at = 0; at < rows.Count; at += 16)
        {
            Vector logProbability = Vector.Zero, oldLogProbability = Vector.Zero, divergence = Vector.Zero, entropy = Vector.Zero;
            float* own = scratch, logits = inputs + at, oldLogits = oldInputs + at;
            for (var c = 0; c < _counts.Length; c++)
            {
                var count = _counts[c];
                var action = Vector512.Load(actions + at + (c * stride));
                var (normalizer, oldNormalizer) = (LogSumExp(logits, count, stride), LogSumExp(oldLogits, count, stride));
                var choiceEntropy = Vector.Zero;
                for (var j = 0; j < count; j++)
                {
                    // An excluded action, whose logit is −∞, has probability 0; a finite logarithm makes it add 0.
                    var log = Vector512.MaxNative(Vector512.Create(-1e30f), Vector512.Load(logits + (j * stride)) - normalizer);
                    var oldLog = Vector512.MaxNative(Vector512.Create(-1e30f), Vector512.Load(oldLogits + (j * stride)) - oldNormalizer);
                    var (p, oldP) = (VectorMath.Exp(log), VectorMath.Exp(oldLog));
                    var chosen = Vector512.Equals(action, Vector512.Create((float)j));
                    logProbability += Vector512.ConditionalSelect(chosen, log, Vector.Zero);
                    oldLogProbability += Vector512.ConditionalSelect(chosen, oldLog, Vector.Zero);
                    choiceEntropy = VectorMath.Fma(-p, log, choiceEntropy);
                    divergence = VectorMath.Fma(oldP, oldLog - log, divergence);
                    p.Store(own);
                    log.Store(own + 16);
                    (p - oldP).Store(own + 32);
                    own += 48;
                }

                choiceEntropy.Store(own);
                own += 16;
                entropy += choiceEntropy;
                logits += count * stride;
                oldLogits += count * stride;
            }

            var mask = Surrogate.Mask(at, rows.Count);
            var scale = mask * Vector512.Create(coefficients.Scale);
            var (loss, gradient) = Surrogate.Of(Vector512.Load(advantages + at), logProbability, oldLogProbability, clip);
            StoreDeltas(actions + at, scratch, deltas + at, stride, gradient * scale, kl == 0 ? Vector.Zero : scale * Vector512.Create(kl),
                scale * entropyWeight);
            lossSum = VectorMath.Fma(loss, mask, lossSum);
            divergenceSum = VectorMath.Fma(divergence, mask, divergenceSum);
            entropySum = VectorMath.Fma(entropy, mask, entropySum);
        }

        return new(VectorMath.Sum(lossSum), VectorMath.Sum(divergenceSum), VectorMath.Sum(entropySum));
    }

    [MethodImpl(AggressiveOptimization)]
    private void StoreDeltas(float* actions, float* own, float* delta, nint stride, Vector byLogProbability, Vector byDivergence, Vector byEntropy)
    {
        for (var c = 0; c < _counts.Length; c++)
        {
            var count = _counts[c];
            var action = Vector512.Load(actions + (c * stride));
            var entropy = Vector512.Load(own + (count * 48));
            for (var j = 0; j < count; j++)
            {
                var (p, log) = (Vector512.Load(own), Vector512.Load(own + 16));
                var chosen = Vector512.ConditionalSelect(Vector512.Equals(action, Vector512.Create((float)j)), Vector.One, Vector.Zero);
                var value = byLogProbability * (chosen - p);
                value = VectorMath.Fma(byDivergence, Vector512.Load(own + 32), value);
                VectorMath.Fma(byEntropy * p, log + entropy, value).Store(delta);
                own += 48;
                delta += stride;
            }

            own += 16;
        }
    }

    [MethodImpl(AggressiveInlining)]
    private static Vector LogSumExp(float* logits, int count, nint stride)
    {
        var largest = Vector512.Load(logits);
        for (var j = 1; j < count; j++)
        {
            largest = Vector512.MaxNative(largest, Vector512.Load(logits + (j * stride)));
        }

        var sum = Vector.Zero;
        for (var j = 0; j < count; j++)
        {
            sum += VectorMath.Exp(Vector512.Load(logits + (j * stride)) - largest);
        }

        return largest + VectorMath.Log(sum);
    }
}
