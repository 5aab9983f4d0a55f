namespace Tuning.Search.GaussianProcess;

/// <summary>The rows of a search space as the Gaussian process sees them. Used by one thread at a time.</summary>
internal sealed class CodecSpace : IRowSpace
{
    /// <summary>Counted values beyond so many are as good as not counted: they move along gradients and are rounded.</summary>
    private const long MostLevels = 10_000;

    private readonly ParameterCodec _codec;
    private readonly Dimension[] _dimensions;
    private readonly double[]?[] _levels;
    private readonly RandomStream _unused = new(0);

    public CodecSpace(ParameterCodec codec)
    {
        _codec = codec;
        _dimensions = [.. codec.Axes.Select(a => new Dimension(
            a.Kind == AxisKind.Category ? DimensionKind.Category : DimensionKind.Numeric,
            a.Kind == AxisKind.Category || a.Count <= MostLevels ? (int)a.Count : 0,
            a.IsConditional))];
        _levels = new double[]?[_dimensions.Length];
    }

    /// <inheritdoc/>
    public IReadOnlyList<Dimension> Dimensions => _dimensions;

    /// <inheritdoc/>
    public bool Settle(Span<double> row) => _codec.Settle(row, _unused);

    /// <inheritdoc/>
    public double LevelOf(int dimension, int level) => _dimensions[dimension].Kind == DimensionKind.Category
        ? level
        : (_levels[dimension] ??= Levels(dimension))[level];

    private double[] Levels(int dimension)
    {
        var scale = _codec.Axes[dimension].Scale;
        var levels = new double[_dimensions[dimension].Levels];
        var at = 0.0;
        for (var i = 0; i < levels.Length; i++)
        {
            levels[i] = scale.Snap(at);
            var (from, to) = scale.Cell(levels[i]);
            at = to + (0.25 * (to - from)); // inside the next cell: on a logarithmic scale cells shrink, but not to a quarter
        }

        return levels;
    }
}
