using Tuning.Numerics;

namespace Tuning.Networks;

/// <summary>One named parameter inside a block: element [i, j] stands at <c>Start + i·RowStride + j·ColumnStride</c>.</summary>
/// <param name="Name">The name outside.</param>
/// <param name="Shape">The shape outside, of one or two dimensions.</param>
/// <param name="Start">Place of the first element.</param>
/// <param name="RowStride">Stride of the first dimension.</param>
/// <param name="ColumnStride">Stride of the second.</param>
internal sealed record ParameterView(string Name, int[] Shape, int Start, int RowStride, int ColumnStride)
{
    /// <summary>The parameter's elements in row order.</summary>
    public float[] Read(FloatBuffer block)
    {
        var (rows, columns) = (Shape[0], Shape.Length > 1 ? Shape[1] : 1);
        var data = new float[rows * columns];
        for (var i = 0; i < data.Length; i++)
        {
            data[i] = block.Span[Place(i, columns)];
        }

        return data;
    }

    /// <summary>Sets the parameter's elements, given in row order.</summary>
    public void Write(FloatBuffer block, ReadOnlySpan<float> data)
    {
        var columns = Shape.Length > 1 ? Shape[1] : 1;
        for (var i = 0; i < data.Length; i++)
        {
            block.Span[Place(i, columns)] = data[i];
        }
    }

    private int Place(int element, int columns) => Start + (element / columns * RowStride) + (element % columns * ColumnStride);
}
