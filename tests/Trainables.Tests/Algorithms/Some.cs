using Tuning.Modules;

namespace Tuning.Tests.Algorithms;

/// <summary>Small algorithms that train in milliseconds.</summary>
internal static class Some
{
    /// <summary>Pendulum with everything that has state: several runners and copies, a filter, schedules, episodes that end between saves.</summary>
    public static PpoConfig Ppo(string env = "Pendulum-v1") => new PpoConfig()
        .Environment(env)
        .EnvRunners(numEnvRunners: 2, numEnvsPerEnvRunner: 3, observationFilter: ObservationFilter.MeanStdFilter)
        .Training(lr: 1e-3, gamma: 0.95, lambda: 0.9, trainBatchSize: 300, minibatchSize: 64, numEpochs: 2, klTarget: 1e-4, entropyCoeff: 0.01)
        .RlModule(new ModelOptions { HiddenLayers = [8, 8] })
        .Reporting(metricsNumEpisodesForSmoothing: 5)
        .Debugging(seed: 11);

    /// <summary>Whether a metric differs between two runs that are the same.</summary>
    public static bool IsClock(string path) => path.StartsWith("timers/", StringComparison.Ordinal) || path.Contains("_sec_", StringComparison.Ordinal)
        || path.EndsWith("_since_restore", StringComparison.Ordinal);

    /// <summary>The metrics without clocks, numbers to the last bit.</summary>
    public static IReadOnlyList<string> Lines(Metrics metrics) =>
        [.. metrics.Where(m => !IsClock(m.Key)).OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => $"{m.Key}={m.Value}")];

    /// <summary>The metrics of so many iterations, without clocks.</summary>
    public static IReadOnlyList<string> Train(Algorithm algorithm, int iterations) =>
        [.. Enumerable.Range(0, iterations).SelectMany(i => Lines(algorithm.Train()).Select(l => $"{i}: {l}"))];
}

/// <summary>A directory that is deleted at the end of a test.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("tuner-algorithms-").FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
