using Tuning.Modules;

namespace Tuning.Tests.Algorithms;

/// <summary>What several agents learn in small budgets.</summary>
public sealed class MultiAgentLearningTests
{
    [Fact]
    public void Noughts_and_crosses_are_learnt_without_illegal_moves()
    {
        using var algorithm = new PpoConfig()
            .Environment("TicTacToe")
            .EnvRunners(numEnvRunners: 1, numEnvsPerEnvRunner: 16)
            .Training(lr: 3e-3, gamma: 0.95, lambda: 0.9, trainBatchSize: 1024, minibatchSize: 128, numEpochs: 6)
            .RlModule(new ModelOptions { HiddenLayers = [32, 32] })
            .MultiAgent(["p0", "p1"], new Dictionary<string, string> { ["x"] = "p0", ["o"] = "p1" })
            .Debugging(seed: 1)
            .Build(threads: 1);

        // Only an illegal move gives returns that do not add up to 0: one side loses, the other wins nothing.
        var first = algorithm.Train().Number("env_runners/episode_return_mean")!.Value;
        Metrics last = null!;
        while (algorithm.NumEnvStepsSampledLifetime < 40_000)
        {
            last = algorithm.Train();
        }

        Assert.InRange(first, -1, -0.6);
        Assert.True(last.Number("env_runners/episode_return_mean") > -0.25, $"{first} -> {last.Number("env_runners/episode_return_mean")}");
    }

    [Fact]
    public void A_player_learns_to_beat_one_that_does_not_learn()
    {
        using var algorithm = new PpoConfig()
            .Environment("TicTacToe")
            .EnvRunners(numEnvRunners: 1, numEnvsPerEnvRunner: 16)
            .Training(lr: 3e-3, gamma: 0.95, lambda: 0.9, trainBatchSize: 1024, minibatchSize: 128, numEpochs: 6)
            .RlModule(new ModelOptions { HiddenLayers = [32, 32] })
            .MultiAgent(["learner", "novice"], (agent, episode) => agent == "x" ? "learner" : "novice", policiesToTrain: ["learner"])
            .Debugging(seed: 1)
            .Build(threads: 1);
        var first = algorithm.Train().Number("env_runners/agent_episode_returns_mean/x")!.Value;
        Metrics last = null!;
        while (algorithm.NumEnvStepsSampledLifetime < 30_000)
        {
            last = algorithm.Train();
        }

        // The novice itself ends nearly half of the games by an illegal move, which wins nothing.
        Assert.True(first < 0, $"{first}");
        Assert.True(last.Number("env_runners/agent_episode_returns_mean/x") > 0.4, $"{first} -> {last.Number("env_runners/agent_episode_returns_mean/x")}");
    }
}
