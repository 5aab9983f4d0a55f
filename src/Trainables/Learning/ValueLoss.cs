using Vector = System.Runtime.Intrinsics.Vector512<float>;

namespace Tuning.Learning;

/// <summary>Sums over rows.</summary>
/// <param name="Clipped">Of the squared errors, bounded.</param>
/// <param name="Unclipped">Of the squared errors.</param>
/// <param name="Error">Of target − value.</param>
internal readonly record struct ValueSums(float Clipped, float Unclipped, float Error);

/// <summary>The value function's loss min((v − target)², clip) and its gradient, which is zero beyond the bound.</summary>
internal static unsafe class ValueLoss
{
    /// <summary>Fills the deltas and adds up the statistics.</summary>
    /// <param name="values">Values.</param>
    /// <param name="targets">Targets.</param>
    /// <param name="deltas">Receives the gradient; zero in the rows after <paramref name="count"/>.</param>
    /// <param name="count">Number of rows; the arrays reach to the next multiple of 16.</param>
    /// <param name="clip">Bound of the squared error.</param>
    /// <param name="scale">The loss's weight over the rows of the whole minibatch.</param>
    [MethodImpl(AggressiveOptimization)]
    public static ValueSums Compute(Floats values, Floats targets, Floats deltas, int count, float clip, float scale)
    {
        var padded = DenseNetwork.Pad(count);
        float* value = values.Room(padded), target = targets.Room(padded), delta = deltas.Room(padded);
        Vector clipped = Vector.Zero, unclipped = Vector.Zero, errors = Vector.Zero;
        var bound = Vector512.Create(clip);
        for (var at = 0; at < count; at += 16)
        {
            var mask = Surrogate.Mask(at, count);
            var error = (Vector512.Load(value + at) - Vector512.Load(target + at)) * mask;
            var square = error * error;
            var slope = (error + error) * Vector512.Create(scale);
            Vector512.ConditionalSelect(Vector512.GreaterThan(square, bound), Vector.Zero, slope).Store(delta + at);
            clipped += Vector512.MinNative(bound, square);
            unclipped += square;
            errors -= error;
        }

        return new(VectorMath.Sum(clipped), VectorMath.Sum(unclipped), VectorMath.Sum(errors));
    }
}
