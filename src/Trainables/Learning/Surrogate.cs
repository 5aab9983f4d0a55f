using Vector = System.Runtime.Intrinsics.Vector512<float>;

namespace Tuning.Learning;

/// <summary>The clipped surrogate of sixteen rows.</summary>
internal static class Surrogate
{
    /// <summary>1 in the lanes of rows below <paramref name="count"/>, else 0.</summary>
    /// <param name="first">The row of the first lane.</param>
    /// <param name="count">Number of rows.</param>
    [MethodImpl(AggressiveInlining)]
    public static Vector Mask(int first, int count) => Vector512.ConditionalSelect(
        Vector512.LessThan(Vector.Indices + Vector512.Create((float)first), Vector512.Create((float)count)), Vector.One, Vector.Zero);

    /// <summary>−min(A·ratio, A·clip(ratio)) with ratio = e^(new − old), and its gradient by the new log-probability.</summary>
    [MethodImpl(AggressiveInlining)]
    public static (Vector Loss, Vector Gradient) Of(Vector advantage, Vector logProbability, Vector oldLogProbability, Vector clip)
    {
        var ratio = VectorMath.Exp(logProbability - oldLogProbability);
        var bounded = Vector512.MinNative(Vector512.MaxNative(ratio, Vector.One - clip), Vector.One + clip);
        var free = advantage * ratio;
        var clipped = advantage * bounded;
        var isFree = Vector512.LessThanOrEqual(free, clipped);
        var least = Vector512.ConditionalSelect(isFree, free, clipped);
        return (-least, Vector512.ConditionalSelect(isFree, -free, Vector.Zero));
    }
}
