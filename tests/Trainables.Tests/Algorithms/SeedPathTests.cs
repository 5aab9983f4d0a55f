using Tuning.Checkpointing;
using Tuning.Modules;
using Tuning.Randomness;

namespace Tuning.Tests.Algorithms;

/// <summary>The table of seed paths in CONTRIBUTING.md.</summary>
public sealed class SeedPathTests
{
    private static readonly SeedPath _seed = SeedPath.Of(17);

    [Fact]
    public void One_agent_draws_from_the_paths_of_the_table()
    {
        using var algorithm = Small("CartPole-v1").Build(threads: 1);

        foreach (var (component, path) in new[] { ("env_runner", _seed / "env_runner"), ("eval_env_runner", _seed / "eval_env_runner") })
        {
            var runners = Runners(algorithm, component);
            for (var r = 0; r < 2; r++)
            {
                Assert.Equal(State(path / "runner" / r / "actions"), runners[r]["random"]);
                Assert.Equal([0, 1, 2], Copies(runners[r]).Select((copy, e) => copy["random"]!.Equals(State(path / "runner" / r / "env" / e)) ? e : -1));
            }
        }

        Assert.Equal(Weights(algorithm.Module), Weights(Fresh(algorithm.Module, _seed / "module")));
    }

    [Fact]
    public void Policies_have_streams_of_their_own()
    {
        using var algorithm = Small("MultiAgentCartPole").MultiAgent(["p0", "p1"], new Dictionary<string, string> { ["0"] = "p0", ["*"] = "p1" })
            .Build(threads: 1);

        var path = _seed / "env_runner" / "runner" / 1;
        var runner = Runners(algorithm, "env_runner")[1];
        Assert.Equal([State(path / "actions" / "p0"), State(path / "actions" / "p1")],
            ((ParameterList)runner["policies"]!).Select(p => ((ParameterSet)p!)["random"]));
        Assert.Equal(State(path / "env" / 2), Copies(runner)[2]["random"]);
        Assert.Equal(Weights(algorithm.GetModule("p1")), Weights(Fresh(algorithm.GetModule("p1"), _seed / "p1" / "module")));
    }

    private static PpoConfig Small(string env) => new PpoConfig().Environment(env).EnvRunners(numEnvRunners: 2, numEnvsPerEnvRunner: 3)
        .Training(trainBatchSize: 60, minibatchSize: 30, numEpochs: 1).Evaluation(interval: 1, numEnvRunners: 2).Model(fcnetHiddens: [4]).Debugging(seed: 17);

    private static ParameterSet[] Runners(Algorithm algorithm, string component)
    {
        var state = ((ICheckpointable)algorithm).GetCheckpointableComponents().Single(c => c.Key == component).Value.CaptureState();
        return [.. ((ParameterList)state.Values!["runners"]!).Select(r => (ParameterSet)r!)];
    }

    private static ParameterSet[] Copies(ParameterSet runner) => [.. ((ParameterList)runner["environments"]!).Select(e => (ParameterSet)e!)];

    private static string State(SeedPath path) => path.Stream().Save().ToString();

    private static RlModule Fresh(RlModule module, SeedPath path) => ModuleRegistry.Create(module.Identity!.Name, module.Identity.Spec, path.Stream());

    // What it computes stands for its weights.
    private static float[] Weights(RlModule module) => module.ForwardInference([.. Enumerable.Range(1, module.ObservationSize).Select(i => i / 4f)]);
}
