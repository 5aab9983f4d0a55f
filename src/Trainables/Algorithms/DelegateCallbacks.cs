namespace Tuning.Algorithms;

/// <summary>Functions as callbacks. They may be called by several threads and several trials at once.</summary>
internal sealed class DelegateCallbacks : AlgorithmCallbacks
{
    public Action<Algorithm>? AlgorithmInit { get; init; }

    public Action<Algorithm, Metrics>? TrainResult { get; init; }

    public Action<Algorithm>? EvaluateStart { get; init; }

    public Action<Algorithm, Metrics>? EvaluateEnd { get; init; }

    public Action<Algorithm>? CheckpointLoaded { get; init; }

    public Action<EnvRunner, IEnvironment, EnvironmentContext>? EnvironmentCreated { get; init; }

    public Action<EnvRunner, IMultiAgentEnvironment, EnvironmentContext>? MultiAgentEnvironmentCreated { get; init; }

    public Action<EnvRunner, Episode>? EpisodeCreated { get; init; }

    public Action<EnvRunner, Episode>? EpisodeStart { get; init; }

    public Action<EnvRunner, Episode>? EpisodeStep { get; init; }

    public Action<EnvRunner, Episode>? EpisodeEnd { get; init; }

    public Action<EnvRunner, RolloutBuffer>? SampleEnd { get; init; }

    /// <summary>Whether any of these is an event of episodes.</summary>
    public bool HasEpisodeHooks => new Delegate?[] { EnvironmentCreated, MultiAgentEnvironmentCreated, EpisodeCreated, EpisodeStart, EpisodeStep, EpisodeEnd,
        SampleEnd }.Any(d => d is not null);

    public override void OnAlgorithmInit(Algorithm algorithm) => AlgorithmInit?.Invoke(algorithm);

    public override void OnTrainResult(Algorithm algorithm, Metrics result) => TrainResult?.Invoke(algorithm, result);

    public override void OnEvaluateStart(Algorithm algorithm) => EvaluateStart?.Invoke(algorithm);

    public override void OnEvaluateEnd(Algorithm algorithm, Metrics evaluationMetrics) => EvaluateEnd?.Invoke(algorithm, evaluationMetrics);

    public override void OnCheckpointLoaded(Algorithm algorithm) => CheckpointLoaded?.Invoke(algorithm);

    public override void OnEnvironmentCreated(EnvRunner runner, IEnvironment environment, EnvironmentContext context) =>
        EnvironmentCreated?.Invoke(runner, environment, context);

    public override void OnEnvironmentCreated(EnvRunner runner, IMultiAgentEnvironment environment, EnvironmentContext context) =>
        MultiAgentEnvironmentCreated?.Invoke(runner, environment, context);

    public override void OnEpisodeCreated(EnvRunner runner, Episode episode) => EpisodeCreated?.Invoke(runner, episode);

    public override void OnEpisodeStart(EnvRunner runner, Episode episode) => EpisodeStart?.Invoke(runner, episode);

    public override void OnEpisodeStep(EnvRunner runner, Episode episode) => EpisodeStep?.Invoke(runner, episode);

    public override void OnEpisodeEnd(EnvRunner runner, Episode episode) => EpisodeEnd?.Invoke(runner, episode);

    public override void OnSampleEnd(EnvRunner runner, RolloutBuffer samples) => SampleEnd?.Invoke(runner, samples);
}
