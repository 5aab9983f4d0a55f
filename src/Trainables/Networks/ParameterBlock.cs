namespace Tuning.Networks;

/// <summary>Named parameters in one block of memory. Gradients and moments are other blocks of the same layout.</summary>
/// <param name="memory">The parameters, a multiple of 16 floats: between parameters there are zeros, which stay zero through training.</param>
/// <param name="views">Name, shape and place of each.</param>
internal sealed class ParameterBlock(FloatBuffer memory, IReadOnlyList<ParameterView> views)
{
    public FloatBuffer Memory => memory;

    public IReadOnlyList<ParameterView> Views => views;

    public Floats Floats => memory.Floats;

    public int Length => memory.Length;

    /// <summary>Names and shapes, with a prefix before each name.</summary>
    public IEnumerable<(string Name, int[] Shape)> Shapes(string prefix = "") => views.Select(view => (prefix + view.Name, view.Shape));

    /// <summary>A block of this layout as tensors.</summary>
    /// <param name="block">The block; null for the parameters.</param>
    /// <param name="prefix">What stands before each name.</param>
    public IEnumerable<NamedTensor> Read(FloatBuffer? block = null, string prefix = "") =>
        views.Select(view => new NamedTensor(prefix + view.Name, view.Shape, view.Read(block ?? memory)));

    /// <summary>Sets a block of this layout.</summary>
    /// <param name="tensors">The numbers by name, all of them.</param>
    /// <param name="block">The block; null for the parameters.</param>
    /// <param name="prefix">What stands before each name.</param>
    public void Write(IReadOnlyDictionary<string, float[]> tensors, FloatBuffer? block = null, string prefix = "")
    {
        foreach (var view in views)
        {
            view.Write(block ?? memory, tensors[prefix + view.Name]);
        }
    }
}
