using Vector = System.Runtime.Intrinsics.Vector512<float>;

namespace Tuning.Learning;

/// <summary>The policy's loss for independent normal distributions. Inputs: the means, then the log standard deviations.</summary>
internal sealed unsafe class GaussianPolicyLoss(int size) : PolicyLoss
{
    // Per dimension: ∂logp/∂mean, ∂KL/∂mean, ∂logp/∂logstd, ∂KL/∂logstd.
    private readonly FloatBuffer _scratch = new(size * 64);

    [MethodImpl(AggressiveOptimization)]
    public override PolicySums Compute(in PolicyRows rows, in PolicyCoefficients coefficients)
    {
        var half = Vector512.Create(0.5f);
        var constant = Vector512.Create(DiagonalGaussian.HalfLogTwoPi);
        var (clip, kl, entropyWeight) = (Vector512.Create(coefficients.Clip), coefficients.Kl, Vector512.Create(coefficients.Entropy));
        Vector lossSum = Vector.Zero, divergenceSum = Vector.Zero, entropySum = Vector.Zero;
        var (stride, padded) = (rows.Stride, DenseNetwork.Pad(rows.Count));
        float* inputs = rows.Inputs.Room(2 * size, stride, padded), oldInputs = rows.OldInputs.Room(2 * size, stride, padded),
            deltas = rows.Deltas.Room(2 * size, stride, padded);
        float* actions = rows.Actions.Room(size, stride, padded), advantages = rows.Advantages.Room(padded), scratch = _scratch.Floats.Room(size * 64);
        for (var at = 0; at < rows.Count; at += 16)
        {
            Vector logProbability = Vector.Zero, oldLogProbability = Vector.Zero, divergence = Vector.Zero, entropy = Vector.Zero;
            for (var d = 0; d < size; d++)
            {
                var mean = Vector512.Load(inputs + at + (d * stride));
                var logStd = Vector512.Load(inputs + at + ((size + d) * stride));
                var oldMean = Vector512.Load(oldInputs + at + (d * stride));
                var oldLogStd = Vector512.Load(oldInputs + at + ((size + d) * stride));
                var action = Vector512.Load(actions + at + (d * stride));
                var inverse = VectorMath.Exp(-logStd);
                var z = (action - mean) * inverse;
                var oldZ = (action - oldMean) * VectorMath.Exp(-oldLogStd);
                logProbability -= VectorMath.Fma(half * z, z, logStd + constant);
                oldLogProbability -= VectorMath.Fma(half * oldZ, oldZ, oldLogStd + constant);
                entropy += logStd + constant + half;
                var difference = oldLogStd - logStd;
                var spread = VectorMath.Exp(difference + difference);
                var shift = (oldMean - mean) * inverse;
                var excess = VectorMath.Fma(shift, shift, spread - Vector.One);
                divergence += VectorMath.Fma(half, excess, -difference);
                var own = scratch + (d * 64);
                (z * inverse).Store(own);
                (-(shift * inverse)).Store(own + 16);
                VectorMath.Fma(z, z, -Vector.One).Store(own + 32);
                (-excess).Store(own + 48);
            }

            var mask = Surrogate.Mask(at, rows.Count);
            var scale = mask * Vector512.Create(coefficients.Scale);
            var (loss, gradient) = Surrogate.Of(Vector512.Load(advantages + at), logProbability, oldLogProbability, clip);
            var byLogProbability = gradient * scale;
            var byDivergence = scale * Vector512.Create(kl);
            var byEntropy = scale * entropyWeight;
            for (var d = 0; d < size; d++)
            {
                var own = scratch + (d * 64);
                var byMean = byLogProbability * Vector512.Load(own);
                var byLogStd = VectorMath.Fma(byLogProbability, Vector512.Load(own + 32), -byEntropy);
                if (kl != 0)
                {
                    byMean = VectorMath.Fma(byDivergence, Vector512.Load(own + 16), byMean);
                    byLogStd = VectorMath.Fma(byDivergence, Vector512.Load(own + 48), byLogStd);
                }

                byMean.Store(deltas + at + (d * stride));
                byLogStd.Store(deltas + at + ((size + d) * stride));
            }

            lossSum = VectorMath.Fma(loss, mask, lossSum);
            divergenceSum = VectorMath.Fma(divergence, mask, divergenceSum);
            entropySum = VectorMath.Fma(entropy, mask, entropySum);
        }

        return new(VectorMath.Sum(lossSum), VectorMath.Sum(divergenceSum), VectorMath.Sum(entropySum));
    }
}
