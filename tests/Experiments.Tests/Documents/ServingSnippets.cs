using Tuning.Distributions;
using Tuning.Hosting;
using Tuning.Modules;
using Tuning.Networks;
using Tuning.Randomness;

namespace Tuning.Tests.Documents;

/// <summary>What docs/serving.md shows.</summary>
internal static class ServingSnippets
{
    public static bool Serve(string checkpoint)
    {
        var policy = Policy.FromCheckpoint(checkpoint);                      // of an algorithm or of a policy
        float[] action = policy.ComputeSingleAction([0.5f, 0.25f, -0.3f]);   // the likeliest action

        var random = new RandomStream(seed: 1);
        float[] drawn = policy.ComputeSingleAction([0.5f, 0.25f, -0.3f], random);
        return action[0] != drawn[0];
    }

    public static (float[] Actions, float[] Inputs) Batch(Policy policy, float[] observations, int count)
    {
        var (actions, inputs, random) = (new float[count], new float[2 * count], new RandomStream(1));
        policy.ComputeActions(observations, count, actions);
        policy.ComputeActions(observations, count, actions, random, inputs);   // draws, and gives the distribution's inputs as well
        return (actions, inputs);
    }

    public static int ByName(Algorithm algorithm, string checkpoint, string directory)
    {
        var one = Policy.FromCheckpoint(checkpoint, "default_policy");
        IReadOnlyDictionary<string, Policy> all = Policy.AllFromCheckpoint(checkpoint);
        var some = Policy.AllFromCheckpoint(checkpoint, policyIds: ["default_policy"]);
        algorithm.GetPolicy("default_policy").ExportCheckpoint(directory);     // a checkpoint of this policy alone
        return all.Count + some.Count + one.ActionSize;
    }

    public static void Export(Policy policy, string directory)
    {
        policy.ExportModel(Path.Combine(directory, "policy.onnx"));
        policy.ExportWeights(Path.Combine(directory, "policy.safetensors"));
    }

    public static void Command(TunerBuilder tuner)
    {
        tuner.AddCommand(new TunerCommand("greet", "Say hello.", (call, _) =>
        {
            call.Output.WriteLine($"Hello, {call.Text("NAME")}");
            return Task.FromResult(0);
        })
        { Arguments = [new("NAME", "Whom to greet.")] });
    }

    /// <summary>A module of one layer without a bias.</summary>
    public sealed class Slope(int observationSize) : RlModule(observationSize, ActionDistribution.Categorical(2))
    {
        private readonly float[] _weight = new float[2 * observationSize];

        public override long ParameterCount => _weight.Length;

        public override long WeightsSequenceNumber => 0;

        public override string Export(ModelGraph graph, string observations) =>
            graph.Add("Gemm", [observations, graph.Constant("weight", _weight, 2, ObservationSize)], ("transB", 1));

        public override ModuleWorkspace CreateWorkspace(int maxBatch) => new None(maxBatch);

        public override void ForwardInference(ReadOnlySpan<float> observations, int batch, Span<float> actionDistributionInputs, ModuleWorkspace workspace) =>
            actionDistributionInputs[..(2 * batch)].Clear();

        public override IReadOnlyList<NamedTensor> GetState() => [new("weight", [2, ObservationSize], [.. _weight])];

        public override void SetState(IReadOnlyList<NamedTensor> state) => state[0].Data.CopyTo(_weight, 0);

        private sealed class None(int maxBatch) : ModuleWorkspace(maxBatch);
    }
}
