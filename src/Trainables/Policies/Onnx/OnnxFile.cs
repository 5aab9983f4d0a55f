namespace Tuning.Policies.Onnx;

/// <summary>
/// Writes a <see cref="ModelGraph"/> as an ONNX file. Field numbers are those of onnx.proto (intermediate representation 8, which goes with operator set 17);
/// the dozen messages that are needed are written by hand, without a generated schema.
/// </summary>
internal static class OnnxFile
{
    /// <summary>The name of the dynamic dimension.</summary>
    public const string BatchAxis = "batch";

    private const int IntermediateRepresentation = 8;
    private const int AttributeInt = 2;

    /// <summary>The bytes of the file.</summary>
    /// <param name="graph">What is computed.</param>
    /// <param name="inputs">The inputs, without the dimension of the batch.</param>
    /// <param name="outputs">The outputs, likewise.</param>
    /// <param name="version">The version of the product.</param>
    /// <param name="metadata">Facts for readers.</param>
    public static byte[] Write(
        ModelGraph graph, IReadOnlyList<OnnxValue> inputs, IReadOnlyList<OnnxValue> outputs, string version,
        IReadOnlyList<KeyValuePair<string, string>> metadata)
    {
        var body = new ProtobufWriter();
        foreach (var operation in graph.Operations)
        {
            body.Message(1, Node(operation));
        }

        body.Text(2, "policy");
        foreach (var constant in graph.Constants)
        {
            body.Message(5, Tensor(constant));
        }

        foreach (var input in inputs)
        {
            body.Message(11, Value(input));
        }

        foreach (var output in outputs)
        {
            body.Message(12, Value(output));
        }

        var model = new ProtobufWriter()
            .Number(1, IntermediateRepresentation)
            .Text(2, "Tuner")
            .Text(3, version)
            .Message(7, body)
            .Message(8, new ProtobufWriter().Text(1, "").Number(2, ModelGraph.OperatorSet));
        foreach (var (key, value) in metadata)
        {
            model.Message(14, new ProtobufWriter().Text(1, key).Text(2, value));
        }

        return model.Bytes.ToArray();
    }

    private static ProtobufWriter Node(ModelOperation operation)
    {
        var node = new ProtobufWriter();
        foreach (var input in operation.Inputs)
        {
            node.Text(1, input);
        }

        node.Text(2, operation.Output).Text(3, operation.Output).Text(4, operation.Name);
        foreach (var (name, value) in operation.Attributes)
        {
            node.Message(5, new ProtobufWriter().Text(1, name).Number(3, value).Number(20, AttributeInt));
        }

        return node;
    }

    private static ProtobufWriter Tensor(ModelConstant constant)
    {
        var tensor = new ProtobufWriter();
        foreach (var dimension in constant.Shape)
        {
            tensor.Number(1, dimension);
        }

        return tensor.Number(2, (long)constant.Element).Text(8, constant.Name).Data(9, constant.Bytes);
    }

    private static ProtobufWriter Value(OnnxValue value)
    {
        var shape = new ProtobufWriter().Message(1, new ProtobufWriter().Text(2, BatchAxis));
        foreach (var dimension in value.Shape)
        {
            shape.Message(1, new ProtobufWriter().Number(1, dimension));
        }

        var type = new ProtobufWriter().Message(1, new ProtobufWriter().Number(1, (long)value.Element).Message(2, shape));
        return new ProtobufWriter().Text(1, value.Name).Message(2, type);
    }
}

/// <summary>An input or output of a model.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Element">The type of its elements.</param>
/// <param name="Shape">Its shape after the dimension of the batch.</param>
internal sealed record OnnxValue(string Name, ModelElement Element, IReadOnlyList<int> Shape);
