using Microsoft.Extensions.DependencyInjection;
using Tuning.Algorithms;
using Tuning.Connectors;
using Tuning.Environments;

namespace Tuning.Tests.Algorithms;

/// <summary>What is trained beside the start of an experiment has nothing of the user's in it.</summary>
public sealed class AlgorithmWarmUpTests
{
    [Fact]
    public void Nothing_of_a_user_is_made_or_stepped()
    {
        EnvironmentRegistry.Register("warm-up-own", _ => new Environments.IdentityEnvironment(2));
        EnvironmentRegistry.RegisterMultiAgent("warm-up-own-several", MultiAgentEnvironments.MakeMultiAgent("warm-up-own"));
        ConnectorRegistry.Register("warm-up-connector", _ => throw new NotSupportedException("The warm-up made it."));
        using var services = new ServiceCollection().BuildServiceProvider();
        foreach (var env in EnvironmentRegistry.Names)
        {
            var config = new PpoConfig().Environment(env, ParameterSet.Empty.With("own", 1)).EnvRunners(envToModuleConnectors: ["warm-up-connector"])
                .Evaluation(interval: 1, evaluationConfig: new() { Environment = "warm-up-own" })
                .Callbacks(onEpisodeStart: (_, _) => throw new NotSupportedException("The warm-up called it."));

            var small = Assert.IsType<PpoConfig>(config.WarmUp());

            Assert.Equal(env.StartsWith("warm-up", StringComparison.Ordinal) ? "Pendulum-v1" : AlgorithmWarmUp.StandIn(env), small.EnvironmentName);
            Assert.Contains(small.EnvironmentName, BuiltIn);
            Assert.Equal((0, 0), (small.Options.EnvironmentConfig.Count, small.Options.EnvironmentToModuleConnectors.Count));
            Assert.Equal((null, null, null), (small.Options.EvaluationConfig, small.Options.EvaluationInterval, small.Options.MultiAgent));
            Assert.Null(small.Hooks.Create(services).EpisodeHooks);
        }

        Assert.All(BuiltIn, name => Assert.Equal(name, AlgorithmWarmUp.StandIn(name)));
    }

    private static readonly string[] BuiltIn =
    [
        "Acrobot-v1", "CartPole-v0", "CartPole-v1", "FrozenLake-v1", "FrozenLake8x8-v1", "MountainCar-v0", "MountainCarContinuous-v0", "MultiAgentCartPole",
            "MultiAgentPendulum",
        "Pendulum-v1", "TicTacToe",
    ];
}
