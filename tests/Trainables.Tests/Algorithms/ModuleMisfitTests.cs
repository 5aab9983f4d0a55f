using Tuning.Modules;
using Tuning.Specification;

namespace Tuning.Tests.Algorithms;

/// <summary>A registered module that an algorithm's own learner cannot train is refused with the file, not by every trial.</summary>
public sealed class ModuleMisfitTests
{
    private static readonly Lazy<string> _untrainable = new(() =>
    {
        ModuleRegistry.Register("test-zeros", (spec, _) => new Zeros(spec));
        return "test-zeros";
    });

    [Theory]
    [InlineData("PPO", "CartPole-v1")]
    [InlineData("DQN", "CartPole-v1")]
    [InlineData("SAC", "Pendulum-v1")]
    public void A_module_that_cannot_be_trained_is_a_problem_of_the_file(string algorithm, string env)
    {
        var several = algorithm == "PPO" ? "MultiAgentCartPole" : env;
        string[] configs = [$"env: {env}, module: {_untrainable.Value}",
            $"env: {several}, multi_agent: {{policies: {{p0: {{module: {_untrainable.Value}}}}}}}"];
        foreach (var config in configs.Take(several == env ? 1 : 2))
        {
            var problem = Assert.Single(ExperimentFile.Parse($"a: {{run: {algorithm}, config: {{{config}}}}}", "a.yaml",
                new ComponentCatalog().AddTrainables()).Problems).ToString();
            Assert.Contains("module: is a Zeros", problem);
            Assert.Contains(algorithm, problem);
        }

        // A frozen one needs no learner.
        Assert.Empty(ExperimentFile.Parse($"a: {{run: PPO, config: {{env: MultiAgentCartPole, multi_agent: {{policies: {{p0: {{module: " +
            $"{_untrainable.Value}}}, p1: {{}}}}, policy_mapping: {{\"*\": p1}}, policies_to_train: [p1]}}}}}}", "a.yaml", new ComponentCatalog()
            .AddTrainables()).Problems);
    }

    private sealed class Zeros(ModuleSpec spec) : RlModule(spec.ObservationSize, spec.ActionDistribution)
    {
        public override long ParameterCount => 0;

        public override long WeightsSequenceNumber => 0;

        public override ModuleWorkspace CreateWorkspace(int maxBatch) => new Nothing(maxBatch);

        public override void ForwardInference(ReadOnlySpan<float> observations, int batch, Span<float> actionDistributionInputs, ModuleWorkspace workspace) =>
            actionDistributionInputs.Clear();

        public override IReadOnlyList<NamedTensor> GetState() => [];

        public override void SetState(IReadOnlyList<NamedTensor> state)
        {
        }

        private sealed class Nothing(int maxBatch) : ModuleWorkspace(maxBatch);
    }
}
