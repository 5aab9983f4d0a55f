namespace Tuning.Search.GaussianProcess;

/// <summary>The levels that a sweep tries in a coordinate's place.</summary>
internal static class Levels
{
    private const int MaxAll = 20;

    /// <summary>All others if they are few; else those at distances of 1, 2, 3, 5, 8 … levels.</summary>
    public static IEnumerable<double> Near(IRowSpace space, int dimension, double value)
    {
        var count = space.Dimensions[dimension].Levels;
        if (space.Dimensions[dimension].Kind == DimensionKind.Category || count <= MaxAll)
        {
            for (var level = 0; level < count; level++)
            {
                if (space.LevelOf(dimension, level) is var place && place != value)
                {
                    yield return place;
                }
            }

            yield break;
        }

        var own = Index(space, dimension, value);
        for (var (near, far) = (1, 2); near < count; (near, far) = (far, near + far))
        {
            if (own >= near)
            {
                yield return space.LevelOf(dimension, own - near);
            }

            if (own + near < count)
            {
                yield return space.LevelOf(dimension, own + near);
            }
        }
    }

    private static int Index(IRowSpace space, int dimension, double value)
    {
        var (low, high) = (0, space.Dimensions[dimension].Levels - 1);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (space.LevelOf(dimension, middle) < value - 1e-12)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
