namespace Tuning.Networks;

/// <summary>A <see cref="DenseNetwork"/> as operations of a <see cref="ModelGraph"/>; constants have the names of the parameters.</summary>
internal static class DenseExport
{
    /// <summary>What the layers that all heads share give, [rows, features].</summary>
    public static string Features(this DenseNetwork network, ModelGraph graph, string input)
    {
        var parameters = network.Block.Read().ToList();
        for (var i = 0; i < network.EncoderLayers; i++)
        {
            input = Apply(graph, network.Layers[i].Activation, Linear(graph, input, parameters[2 * i], parameters[(2 * i) + 1]));
        }

        return input;
    }

    /// <summary>The outputs of one head, [rows, outputs], behind the layers that it has for itself.</summary>
    public static string Head(this DenseNetwork network, ModelGraph graph, string features, string name)
    {
        var stream = name[..(name.LastIndexOf('.') + 1)];
        var parameters = network.Block.Read().Where(t => t.Name.StartsWith(stream, StringComparison.Ordinal)).ToList();
        for (var i = 0; i + 2 < parameters.Count; i += 2)
        {
            features = Apply(graph, Activation.Relu, Linear(graph, features, parameters[i], parameters[i + 1]));
        }

        return Linear(graph, features, parameters[^2], parameters[^1]);
    }

    /// <summary>The outputs of one head, followed by the free vector and by the logarithms of what the noise deviates, where there are such.</summary>
    public static string HeadWithDeviations(this DenseNetwork network, ModelGraph graph, string features, string name)
    {
        List<string> parts = [network.Head(graph, features, name)];
        if (network.FreeCount > 0)
        {
            // The same for every row: a layer whose weights are zero.
            var free = network.Block.Read().First(t => t.Name == network.FreeName);
            parts.Add(graph.Add("Gemm", [features, graph.Constant("zeros", new float[network.FeatureSize * network.FreeCount], network.FeatureSize,
                network.FreeCount), graph.Constant(free.Name, free.Data, free.Shape.AsSpan())]));
        }

        if (network.Noise is { } noise)
        {
            var variances = new float[noise.Actions * noise.Features];
            var scales = new FloatBuffer(noise.Size);
            noise.Scales(network.Parameters, scales.Floats);
            for (var i = 0; i < variances.Length; i++)
            {
                var scale = scales.Span[(i / noise.Features * noise.Stride) + (i % noise.Features)];
                variances[i] = scale * scale;
            }

            var floor = new float[noise.Actions];
            Array.Fill(floor, StateDependentNoise.Epsilon);
            var squares = graph.Add("Mul", [features, features]);
            var variance = graph.Add("Gemm", [squares, graph.Constant("noise.variance", variances, noise.Actions, noise.Features),
                graph.Constant("noise.floor", floor, noise.Actions)], ("transB", 1));
            parts.Add(graph.Add("Mul", [graph.Add("Log", [variance]), graph.Constant("half", [0.5f])]));
        }

        return parts is [var only] ? only : graph.Add("Concat", parts, ("axis", 1));
    }

    private static string Linear(ModelGraph graph, string input, NamedTensor weight, NamedTensor bias) =>
        graph.Add("Gemm", [input, graph.Constant(weight.Name, weight.Data, weight.Shape.AsSpan()), graph.Constant(bias.Name, bias.Data, bias.Shape.AsSpan())],
            ("transB", 1));

    private static string Apply(ModelGraph graph, Activation kind, string input) => kind switch
    {
        Activation.Tanh => graph.Add("Tanh", [input]),
        Activation.Relu => graph.Add("Relu", [input]),
        Activation.Swish => graph.Add("Mul", [input, graph.Add("Sigmoid", [input])]),
        _ => input,
    };
}
