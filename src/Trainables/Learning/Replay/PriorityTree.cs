using System.Numerics;

namespace Tuning.Learning;

/// <summary>
/// Numbers above 0 with their sum and their smallest, both up to date after each change in O(log n), and the place that a share of the sum
/// falls into in O(log n). Grows as places are used.
/// </summary>
/// <remarks>A node is the sum of its two children, always computed anew: the same numbers give the same sums, whatever was there before.</remarks>
internal sealed class PriorityTree
{
    private double[] _sums = [0, 0];
    private double[] _least = [double.PositiveInfinity, double.PositiveInfinity];

    /// <summary>The sum of all.</summary>
    public double Sum => _sums[1];

    /// <summary>The smallest; infinite when there is none.</summary>
    public double Least => _least[1];

    private int Leaves => _sums.Length / 2;

    /// <summary>The number at a place.</summary>
    public double this[int place]
    {
        get => _sums[Leaves + place];
        [MethodImpl(AggressiveOptimization)]
        set
        {
            if (place >= Leaves)
            {
                Grow(place + 1);
            }

            var node = Leaves + place;
            (_sums[node], _least[node]) = (value, value);
            for (node >>= 1; node >= 1; node >>= 1)
            {
                _sums[node] = _sums[2 * node] + _sums[(2 * node) + 1];
                _least[node] = Math.Min(_least[2 * node], _least[(2 * node) + 1]);
            }
        }
    }

    /// <summary>The place where the sum from the left first exceeds <paramref name="share"/>.</summary>
    /// <param name="share">From 0 to below <see cref="Sum"/>.</param>
    [MethodImpl(AggressiveOptimization)]
    public int Find(double share)
    {
        var node = 1;
        while (node < Leaves)
        {
            node *= 2;

            // Rounding can leave a crumb beyond the last number: an empty right half is never entered.
            if (share >= _sums[node] && _sums[node + 1] > 0)
            {
                share -= _sums[node];
                node++;
            }
        }

        return node - Leaves;
    }

    /// <summary>Forgets everything.</summary>
    public void Clear() => (_sums, _least) = ([0, 0], [double.PositiveInfinity, double.PositiveInfinity]);

    private void Grow(int places)
    {
        var (old, count) = (_sums, Leaves);
        var leaves = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(places, 16));
        (_sums, _least) = (new double[2 * leaves], new double[2 * leaves]);
        Array.Fill(_least, double.PositiveInfinity);
        for (var i = 0; i < count; i++)
        {
            if (old[count + i] > 0)
            {
                (_sums[leaves + i], _least[leaves + i]) = (old[count + i], old[count + i]);
            }
        }

        for (var node = leaves - 1; node >= 1; node--)
        {
            _sums[node] = _sums[2 * node] + _sums[(2 * node) + 1];
            _least[node] = Math.Min(_least[2 * node], _least[(2 * node) + 1]);
        }
    }
}
