namespace Tuning.Search.GaussianProcess;

/// <summary>Where the search for the best acquisition value looks first: everywhere, and around the incumbent on many scales.</summary>
internal static class CandidatePoints
{
    /// <summary>Rows with every coordinate given, the incumbent's being among them.</summary>
    public static List<double[]> Make(IRowSpace space, int count, double[]? incumbent, RandomStream random)
    {
        var around = incumbent is null ? 0 : count / 8;
        var points = new List<double[]>(count);
        var sequence = new SobolSequence(space.Dimensions.Count, random.NextUInt64());
        for (var i = 0; i < count - around; i++)
        {
            points.Add(Anywhere(space, sequence, i));
        }

        for (var i = 0; i < around; i++)
        {
            points.Add(Near(space, incumbent!, i == 0 ? 0 : Math.Pow(10, -3 * random.NextDouble()), random));
        }

        return points;
    }

    /// <summary>A point of a sequence as a row.</summary>
    public static double[] Anywhere(IRowSpace space, QuasiRandomSequence sequence, long index)
    {
        var row = new double[space.Dimensions.Count];
        sequence.Point(index, row);
        for (var d = 0; d < row.Length; d++)
        {
            if (space.Dimensions[d].Kind == DimensionKind.Category)
            {
                row[d] = Math.Floor(row[d] * space.Dimensions[d].Levels);
            }
        }

        return row;
    }

    /// <summary>The incumbent, moved in a few coordinates or in all of them.</summary>
    private static double[] Near(IRowSpace space, double[] incumbent, double scale, RandomStream random)
    {
        var row = (double[])incumbent.Clone();
        var share = scale == 0 ? 0 : random.NextInt32(2) == 0 ? 1 : Math.Min(1, 3.0 / row.Length);
        for (var d = 0; d < row.Length; d++)
        {
            var dimension = space.Dimensions[d];
            var moves = random.NextDouble() < share;
            var isCategory = dimension.Kind == DimensionKind.Category;
            if (double.IsNaN(row[d]) || (isCategory && moves && random.NextDouble() < 0.3))
            {
                row[d] = isCategory ? random.NextInt32(dimension.Levels) : random.NextDouble();
            }
            else if (moves && !isCategory)
            {
                row[d] = Math.Clamp(row[d] + (scale * random.NextGaussian()), 0, 1);
            }
        }

        return row;
    }
}
