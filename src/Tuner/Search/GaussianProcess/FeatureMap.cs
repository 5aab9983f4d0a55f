namespace Tuning.Search.GaussianProcess;

/// <summary>
/// How rows become features, between which the kernel measures Euclidean distances, so that it is positive definite on every set of rows, whatever is
/// absent in them.
/// </summary>
/// <remarks>
/// A numeric coordinate is one feature. One that can be absent is two: present values lie on an arc about the origin, absence lies in the origin itself, as
/// in the arc kernel of Hutter and Osborne (2013) and Swersky et al. (2013); near values are as far apart as they are without a condition, and absence is
/// equally far from all of them. A category is one feature that either agrees or does not, absence being one more category. Coordinates absent in both rows add
/// nothing, so branches of a space do not disturb each other, and share what they have in common.
/// </remarks>
internal sealed class FeatureMap
{
    /// <summary>The angle that the range of a conditional coordinate covers; its inverse is the radius.</summary>
    private const double Angle = Math.PI / 2;

    private const double Radius = 1 / Angle;

    private readonly Dimension[] _dimensions;

    public FeatureMap(IReadOnlyList<Dimension> dimensions)
    {
        _dimensions = [.. dimensions];
        var owners = new List<int>();
        FirstOf = new int[_dimensions.Length];
        foreach (var category in (bool[])[false, true])
        {
            for (var d = 0; d < _dimensions.Length; d++)
            {
                if ((_dimensions[d].Kind == DimensionKind.Category) == category)
                {
                    FirstOf[d] = owners.Count;
                    owners.AddRange(Enumerable.Repeat(d, IsArc(d) ? 2 : 1));
                }
            }

            Numeric = category ? Numeric : owners.Count;
        }

        Owners = [.. owners];
    }

    /// <summary>Number of features.</summary>
    public int Count => Owners.Length;

    /// <summary>Number of dimensions, each with one length scale.</summary>
    public int Dimensions => _dimensions.Length;

    /// <summary>How many features, the first ones, are numeric. The others agree or do not.</summary>
    public int Numeric { get; }

    /// <summary>The dimension of each feature.</summary>
    public int[] Owners { get; }

    /// <summary>The first feature of each dimension.</summary>
    public int[] FirstOf { get; }

    /// <summary>Writes the features of a row, one each <paramref name="stride"/> elements.</summary>
    public void Write(ReadOnlySpan<double> row, Span<double> features, int stride)
    {
        for (var d = 0; d < _dimensions.Length; d++)
        {
            var (x, at) = (row[d], FirstOf[d] * stride);
            if (IsArc(d))
            {
                var (sin, cos) = double.IsNaN(x) ? (0, 0) : Math.SinCos(Angle * x);
                (features[at], features[at + stride]) = (Radius * cos, Radius * sin);
            }
            else
            {
                features[at] = double.IsNaN(x) ? -1 : x;
            }
        }
    }

    /// <summary>The derivative along a dimension at <paramref name="x"/>, from those along its features.</summary>
    public double Derivative(int dimension, double x, ReadOnlySpan<double> byFeature, int stride)
    {
        var at = FirstOf[dimension] * stride;
        if (!IsArc(dimension))
        {
            return byFeature[at];
        }

        var (sin, cos) = Math.SinCos(Angle * x);
        return (cos * byFeature[at + stride]) - (sin * byFeature[at]);
    }

    private bool IsArc(int d) => _dimensions[d] is { IsConditional: true, Kind: DimensionKind.Numeric };
}
