namespace Tuning.Search.MultiObjective;

/// <summary>
/// How children come about: simulated binary crossover with values on either side of the parents' (Deb and Agrawal, 1995) for numbers,
/// exchange for categories, polynomial mutation (Deb and Goyal, 1996) for numbers, another value for categories. Coordinates are in [0, 1].
/// </summary>
/// <remarks>A parameter that one parent lacks comes from the other; one that both lack stays absent, to be drawn if it is needed.</remarks>
internal static class Variation
{
    // Distribution indices: large ones keep children near their parents.
    private const double CrossoverIndex = 15, MutationIndex = 20;

    /// <summary>Makes the child of two parents: one of the two that a crossover gives.</summary>
    public static void Cross(ReadOnlySpan<double> first, ReadOnlySpan<double> second, ParameterCodec codec, double swapping, RandomStream random,
        Span<double> child)
    {
        foreach (var axis in codec.Axes)
        {
            var (a, b) = (first[axis.Index], second[axis.Index]);
            child[axis.Index] = double.IsNaN(a) ? b : double.IsNaN(b) || a == b ? a
                : axis.Kind == AxisKind.Category ? random.NextDouble() < swapping ? b : a
                : Blend(a, b, random, swapping);
        }
    }

    /// <summary>Changes parameters by chance.</summary>
    /// <returns>How many were changed.</returns>
    public static int Mutate(Span<double> child, ParameterCodec codec, double probability, RandomStream random)
    {
        var count = 0;
        foreach (var axis in codec.Axes)
        {
            if (random.NextDouble() >= probability || double.IsNaN(child[axis.Index]))
            {
                continue;
            }

            count++;
            ref var value = ref child[axis.Index];
            value = axis.Kind == AxisKind.Category ? Other((int)value, axis.Count, random) : Step(value, axis, random);
        }

        return count;
    }

    private static double Blend(double a, double b, RandomStream random, double swapping)
    {
        // Half of the parameters are crossed, as in Deb's program; the others are taken over.
        if (random.NextDouble() < 0.5)
        {
            var (low, high) = (Math.Min(a, b), Math.Max(a, b));
            var isLow = random.NextDouble() < 0.5;
            var room = 1 + (2 * (isLow ? low : 1 - high) / (high - low));
            var most = 2 - Math.Pow(room, -(CrossoverIndex + 1));
            var share = random.NextDouble();
            var spread = share <= 1 / most ? Math.Pow(share * most, 1 / (CrossoverIndex + 1)) : Math.Pow(1 / (2 - (share * most)), 1 / (CrossoverIndex + 1));
            return Math.Clamp(0.5 * (low + high + ((isLow ? -1 : 1) * spread * (high - low))), 0, 1);
        }

        return random.NextDouble() < swapping ? b : a;
    }

    private static double Step(double value, Axis axis, RandomStream random)
    {
        var share = random.NextDouble();
        var (below, above) = (1 - value, value);
        var change = share < 0.5
            ? Math.Pow((2 * share) + ((1 - (2 * share)) * Math.Pow(below, MutationIndex + 1)), 1 / (MutationIndex + 1)) - 1
            : 1 - Math.Pow((2 * (1 - share)) + ((2 * (share - 0.5)) * Math.Pow(above, MutationIndex + 1)), 1 / (MutationIndex + 1));
        var moved = Math.Clamp(value + change, 0, 1);
        if (axis.Kind != AxisKind.Ordinal || axis.Scale.Snap(moved) != axis.Scale.Snap(value))
        {
            return moved;
        }

        // A step that is too short to arrive goes to the neighbour.
        var (from, to) = axis.Scale.Cell(value);
        return change < 0 && from > 0 || to >= 1 ? Math.Max(0, from - 1e-9) : Math.Min(1, to + 1e-9);
    }

    private static double Other(int value, long count, RandomStream random)
    {
        if (count < 2)
        {
            return value;
        }

        var drawn = random.NextInt64(count - 1);
        return drawn + (drawn >= value ? 1 : 0);
    }
}
