using Tuning;
using Tuning.Learning;

namespace Benchmarks;

/// <summary>One of the settings whose speed <see cref="PpoSpeed"/> measures: rl-baselines3-zoo's, two networks 64×64 with tanh, without state-dependent
/// noise.</summary>
/// <param name="Key">Its name on the command line.</param>
/// <param name="Title">What is set, for people.</param>
/// <param name="Environment">The environment.</param>
/// <param name="Steps">Environment steps of a run, unless others are asked for.</param>
/// <param name="MegaflopsPerStep">Both networks forward once to act and to value, then forward and backward in each epoch; multiply-adds count two.</param>
/// <param name="Speed">Environment steps per second to reach with 512-bit vectors on two cores; half without.</param>
/// <param name="Return">Mean evaluation return to reach.</param>
/// <param name="Peer">What Stable-Baselines3 2.4 and 2.8 with PyTorch 1.13 made of the same on two such cores, in steps per second.</param>
/// <param name="Configure">The algorithm for a number of steps, runners and a seed.</param>
internal sealed record PpoWorkload(
    string Key, string Title, string Environment, int Steps, double MegaflopsPerStep, double Speed, double Return, (double Low, double High) Peer, Func<int,
        int, int, PpoConfig> Configure)
{
    public static readonly IReadOnlyList<PpoWorkload> All =
    [
        new(
            "pendulum", "4 environments × 1,024 steps, 10 epochs, minibatches of 64, γ 0.9, λ 0.95, learning rate 0.001",
            "Pendulum-v1", 409_600, 0.53, 250_000,
                -185, (5_100, 5_500),
            (_, runners, seed) => new PpoConfig()
                .Environment("Pendulum-v1")
                .EnvRunners(numEnvRunners: runners, numEnvsPerEnvRunner: 4 / runners)
                .Training(lr: 1e-3, gamma: 0.9, lambda: 0.95, trainBatchSize: 4096, minibatchSize: 64, numEpochs: 10, vfClipParam: 10_000)
                .Model(fcnetHiddens: [64, 64])
                .Debugging(seed)),
        new(
            "cartpole", "8 environments × 32 steps, 20 epochs, minibatches of 256, γ 0.98, λ 0.8, learning rate and clip decaying linearly from 0.001 and " +
                "0.2, gradients clipped at 0.5", "CartPole-v1", 100_000, 1.06, 150_000, 495, (8_300, 8_600),
            (steps, runners, seed) => new PpoConfig()
                .Environment("CartPole-v1")
                .EnvRunners(numEnvRunners: runners, numEnvsPerEnvRunner: 8 / runners)
                .Training(
                    lr: Schedule.Linear([new(0, 1e-3), new(steps, 0)]), gamma: 0.98, lambda: 0.8, trainBatchSize: 256, minibatchSize: 256, numEpochs: 20,
                    clipParam: Schedule.Linear([new(0, 0.2), new(steps, 0)]), vfClipParam: 10_000, gradClip: 0.5)
                .Model(fcnetHiddens: [64, 64])
                .Debugging(seed)),
    ];
}
