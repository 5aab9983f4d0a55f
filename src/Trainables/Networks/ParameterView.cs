namespace Tuning.Networks;

/// <summary>One named parameter inside a block: row i, column j of it as a matrix stands at <c>Start + i·RowStride + j·ColumnStride</c>.</summary>
/// <param name="Name">The name outside.</param>
/// <param name="Shape">The shape outside; the last dimension are the columns, unless it is the only one.</param>
/// <param name="Start">Place of the first element.</param>
/// <param name="RowStride">Stride of the rows.</param>
/// <param name="ColumnStride">Stride of the columns.</param>
internal sealed record ParameterView(string Name, int[] Shape, int Start, int RowStride, int ColumnStride)
{
    private readonly int _columns = Shape.Length > 1 ? Shape[^1] : 1;

    /// <summary>How many elements there are.</summary>
    public int Count { get; } = Shape.Aggregate(1, (product, length) => checked(product * length));

    /// <summary>From the first element to behind the last, whatever stands between.</summary>
    public int Extent => Count == 0 ? 0 : Place(Count - 1) - Start + 1;

    /// <summary>A parameter whose elements follow each other.</summary>
    public static ParameterView Contiguous(string name, int[] shape, int start) => new(name, shape, start, shape.Length > 1 ? shape[^1] : 1, 1);

    /// <summary>The parameter's elements in row order.</summary>
    public float[] Read(FloatBuffer block)
    {
        var data = new float[Count];
        for (var i = 0; i < data.Length; i++)
        {
            data[i] = block.Span[Place(i)];
        }

        return data;
    }

    /// <summary>Sets the parameter's elements, given in row order.</summary>
    public void Write(FloatBuffer block, ReadOnlySpan<float> data)
    {
        for (var i = 0; i < data.Length; i++)
        {
            block.Span[Place(i)] = data[i];
        }
    }

    private int Place(int element) => Start + (element / _columns * RowStride) + (element % _columns * ColumnStride);
}
