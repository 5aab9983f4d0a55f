namespace Tuning.Algorithms;

/// <summary>Functions as callbacks. They may be called by several threads and several trials at once.</summary>
internal sealed class DelegateCallbacks(
    Action<Algorithm>? algorithmInit, Action<Algorithm, Metrics>? trainResult, Action<Algorithm>? evaluateStart, Action<Algorithm, Metrics>? evaluateEnd,
    Action<Algorithm>? checkpointLoaded, Action<EnvRunner, IEnvironment, EnvironmentContext>? environmentCreated,
    Action<EnvRunner, IMultiAgentEnvironment, EnvironmentContext>? multiAgentEnvironmentCreated, Action<EnvRunner, Episode>? episodeCreated,
    Action<EnvRunner, Episode>? episodeStart, Action<EnvRunner, Episode>? episodeStep, Action<EnvRunner, Episode>? episodeEnd,
    Action<EnvRunner, RolloutBuffer>? sampleEnd) : AlgorithmCallbacks
{
    /// <summary>Whether any of these is an event of episodes.</summary>
    public bool HasEpisodeHooks => new Delegate?[] { environmentCreated, multiAgentEnvironmentCreated, episodeCreated, episodeStart, episodeStep, episodeEnd,
        sampleEnd }.Any(d => d is not null);

    public override void OnAlgorithmInit(Algorithm algorithm) => algorithmInit?.Invoke(algorithm);

    public override void OnTrainResult(Algorithm algorithm, Metrics result) => trainResult?.Invoke(algorithm, result);

    public override void OnEvaluateStart(Algorithm algorithm) => evaluateStart?.Invoke(algorithm);

    public override void OnEvaluateEnd(Algorithm algorithm, Metrics evaluationMetrics) => evaluateEnd?.Invoke(algorithm, evaluationMetrics);

    public override void OnCheckpointLoaded(Algorithm algorithm) => checkpointLoaded?.Invoke(algorithm);

    public override void OnEnvironmentCreated(EnvRunner runner, IEnvironment environment, EnvironmentContext context) =>
        environmentCreated?.Invoke(runner, environment, context);

    public override void OnEnvironmentCreated(EnvRunner runner, IMultiAgentEnvironment environment, EnvironmentContext context) =>
        multiAgentEnvironmentCreated?.Invoke(runner, environment, context);

    public override void OnEpisodeCreated(EnvRunner runner, Episode episode) => episodeCreated?.Invoke(runner, episode);

    public override void OnEpisodeStart(EnvRunner runner, Episode episode) => episodeStart?.Invoke(runner, episode);

    public override void OnEpisodeStep(EnvRunner runner, Episode episode) => episodeStep?.Invoke(runner, episode);

    public override void OnEpisodeEnd(EnvRunner runner, Episode episode) => episodeEnd?.Invoke(runner, episode);

    public override void OnSampleEnd(EnvRunner runner, RolloutBuffer samples) => sampleEnd?.Invoke(runner, samples);
}
