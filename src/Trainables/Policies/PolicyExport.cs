using Tuning.Policies.Onnx;

namespace Tuning.Policies;

/// <summary>Writes policies for other programs.</summary>
internal static class PolicyExport
{
    /// <summary>An ONNX model of what a policy computes.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="toEnvironment">From its module's actions to the environment's.</param>
    /// <param name="file">The file; its directory is made, an older file is replaced.</param>
    public static void WriteModel(Policy policy, ModuleToEnvPipeline toEnvironment, string file)
    {
        ArgumentException.ThrowIfNullOrEmpty(file);
        var (module, spaces, graph) = (policy.Module, policy.Spaces, new ModelGraph());
        var obs = new OnnxValue(graph.Input("obs"), ElementOf(spaces.Observations), ShapeOf(spaces.Observations));
        var seen = spaces.Observations is Box ? graph.Add("Flatten", [obs.Name], ("axis", 1)) : obs.Name;
        var inputs = module.Export(graph, policy.ToModule.Export(graph, seen));
        var actions = toEnvironment.Export(graph, module.ActionDistribution.Export(graph, inputs));
        long[] shape = [-1, .. ShapeOf(spaces.Actions)];
        graph.Name(graph.Add("Reshape", [actions, graph.Constant("shape", shape, shape.Length)]), "actions");
        graph.Name(inputs, "action_dist_inputs");

        var version = typeof(Policy).Assembly.GetName().Version!.ToString(3);
        Replace(file, temporary => File.WriteAllBytes(temporary, OnnxFile.Write(
            graph,
            [obs],
            [
                new("actions", ElementOf(spaces.Actions), ShapeOf(spaces.Actions)),
                new("action_dist_inputs", ModelElement.Float, [module.ActionDistribution.InputSize]),
            ],
            version,
            [
                new("environment", spaces.Environment ?? ""),
                new("environment_config", spaces.EnvironmentConfig.ToString()!),
                new("observation_space", spaces.Observations.ToParameters().ToString()!),
                new("action_space", spaces.Actions.ToParameters().ToString()!),
                new("observation_filter", EnumWords.Word(spaces.ObservationFilter)),
                new("action_distribution", module.ActionDistribution.Name),
                new("product_version", version),
            ])));
    }

    /// <summary>The weights of a module, as safetensors.</summary>
    /// <param name="module">The module.</param>
    /// <param name="file">The file; its directory is made, an older file is replaced.</param>
    public static void WriteWeights(RlModule module, string file)
    {
        ArgumentException.ThrowIfNullOrEmpty(file);
        Replace(file, temporary => Safetensors.Write(temporary, module.GetState()));
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
        // A file that a link leads to is replaced, the link stays; a device or a pipe in its place is never replaced by a file.
        var path = OwnFiles.Resolve(file);
        if (FileKind.At(path).Other is { } other)
        {
            throw new IOException($"{file} is {other}; name a file{(other == "a directory" ? " in it" : "")}.");
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var temporary = path + ".tmp";
        write(temporary);
        File.Move(temporary, path, overwrite: true);
    }
}
