using Tuning.Checkpointing;
using Tuning.Environments;
using Tuning.Networks;
using Tuning.Policies.Onnx;

namespace Tuning;

public sealed partial class Policy
{
    /// <summary>
    /// Writes the policy as an ONNX model (operator set 17) that computes what <see cref="ComputeActions"/> computes without a random stream: observation
    /// filter, network, the likeliest action, and the way to what the environment takes.
    /// </summary>
    /// <remarks>
    /// Input <c>obs</c>: [batch, shape of the box] of float32, [batch] of int64 for a discrete space, [batch, parts] of int64 for a multi-discrete one.
    /// Outputs: <c>actions</c>, by the same rule, and <c>action_dist_inputs</c>, [batch, inputs] of float32. The batch is a dynamic dimension called
    /// <c>batch</c>.
    /// Metadata: <c>environment</c>, <c>environment_config</c>, <c>observation_space</c>, <c>action_space</c>, <c>observation_filter</c>,
    /// <c>action_distribution</c>, <c>product_version</c>.
    /// </remarks>
    /// <param name="file">The file; its directory is made, an older file is replaced.</param>
    /// <exception cref="NotSupportedException">The module does not say how it is exported.</exception>
    public void ExportModel(string file)
    {
        ArgumentException.ThrowIfNullOrEmpty(file);
        var graph = new ModelGraph();
        var obs = new OnnxValue(graph.Input("obs"), ElementOf(Spaces.Observations), ShapeOf(Spaces.Observations));
        var seen = Spaces.Observations is Box ? graph.Add("Flatten", [obs.Name], ("axis", 1)) : obs.Name;
        var inputs = Module.Export(graph, _toModule.Export(graph, seen));
        var actions = _toEnvironment.Export(graph, Module.ActionDistribution.Export(graph, inputs));
        long[] shape = [-1, .. ShapeOf(Spaces.Actions)];
        graph.Name(graph.Add("Reshape", [actions, graph.Constant("shape", shape, shape.Length)]), "actions");
        graph.Name(inputs, "action_dist_inputs");

        var version = typeof(Policy).Assembly.GetName().Version!.ToString(3);
        Replace(file, temporary => File.WriteAllBytes(temporary, OnnxFile.Write(
            graph,
            [obs],
            [
                new("actions", ElementOf(Spaces.Actions), ShapeOf(Spaces.Actions)),
                new("action_dist_inputs", ModelElement.Float, [Module.ActionDistribution.InputSize]),
            ],
            version,
            [
                new("environment", Spaces.Environment ?? ""),
                new("environment_config", Spaces.EnvironmentConfig.ToString()!),
                new("observation_space", Spaces.Observations.ToParameters().ToString()!),
                new("action_space", Spaces.Actions.ToParameters().ToString()!),
                new("observation_filter", Spaces.ObservationFilter),
                new("action_distribution", Module.ActionDistribution.Name),
                new("product_version", version),
            ])));
    }

    /// <summary>
    /// Writes the weights of the module as one safetensors file with the names and shapes of PyTorch's parameters: a linear layer's weight is [outputs,
    /// inputs].
    /// Filter and action transform are no weights, and not in it.
    /// </summary>
    /// <param name="file">The file; its directory is made, an older file is replaced.</param>
    public void ExportWeights(string file)
    {
        ArgumentException.ThrowIfNullOrEmpty(file);
        Replace(file, temporary => Safetensors.Write(temporary, Module.GetState()));
    }

    private static ModelElement ElementOf(Space space) => space.IsDiscrete ? ModelElement.Int64 : ModelElement.Float;

    private static int[] ShapeOf(Space space) => space switch
    {
        Box box => [.. box.Shape],
        Discrete => [],
        _ => [space.Size],
    };

    private static void Replace(string file, Action<string> write)
    {
        var path = Path.GetFullPath(file);
        if (Directory.Exists(path))
        {
            throw new IOException($"{file} is a directory; name a file in it.");
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var temporary = path + ".tmp";
        write(temporary);
        File.Move(temporary, path, overwrite: true);
    }
}
