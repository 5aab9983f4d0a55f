using Tuning.Environments;
using Tuning.Learning;

namespace Tuning.Tests.Algorithms.Dqn;

/// <summary>Small DQNs that train in milliseconds.</summary>
internal static class SomeDqn
{
    /// <summary>The identity environment.</summary>
    public static Lazy<string> Identity { get; } = new(() =>
    {
        EnvironmentRegistry.Register("identity-dqn", _ => new IdentityEnvironment(), IdentityEnvironment.Steps);
        return "identity-dqn";
    });

    /// <summary>CartPole with everything that has state: several runners and copies, a filter, schedules, priorities, sums over several steps.</summary>
    public static DqnConfig Config(string env = "CartPole-v1") => new DqnConfig()
        .Environment(env)
        .EnvRunners(numEnvRunners: 2, numEnvsPerEnvRunner: 3, observationFilter: ObservationFilter.MeanStdFilter, rolloutFragmentLength: 4)
        .Training(
            lr: Schedule.Linear([new(0, 1e-3), new(1000, 0.0)]),
            nStep: new(1, 3),
            trainBatchSize: 16,
            trainingIntensity: 2,
            targetNetworkUpdateFreq: 50,
            tau: 0.5,
            numStepsSampledBeforeLearningStarts: 60,
            epsilon: Schedule.Linear([new(0, 1), new(300, 0.1)]),
            replayBufferConfig: new() { Capacity = 400 })
        .Model(fcnetHiddens: [8, 8])
        .Reporting(metricsNumEpisodesForSmoothing: 5)
        .Debugging(seed: 11)
        .With(options => options with { MinSampleTimestepsPerIteration = 100 });

    public static DqnConfig With(this DqnConfig config, Func<DqnOptions, DqnOptions> change)
    {
        config.Options = change(config.Options);
        return config;
    }
}
