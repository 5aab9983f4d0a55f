using Tuning.Learning;

namespace Tuning.Tests.Documents;

/// <summary>The code of docs/dqn.md.</summary>
internal static class DqnSnippets
{
    public static DqnConfig Configure()
    {
        var dqn = new DqnConfig()
            .Environment("CartPole-v1")
            .EnvRunners(rolloutFragmentLength: 50)
            .Training(lr: 1e-3, nStep: 3, trainBatchSize: 128, trainingIntensity: 64, targetNetworkUpdateFreq: 0, tau: 0.02)
            .Training(epsilon: Schedule.Linear([new(0, 1), new(10_000, 0.1)]),
                replayBufferConfig: new() { Type = ReplayBufferKind.EpisodeReplayBuffer, Capacity = 100_000 })
            .Model(fcnetHiddens: [128, 128]);
        return dqn;
    }
}
