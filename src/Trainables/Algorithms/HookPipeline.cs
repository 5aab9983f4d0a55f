namespace Tuning.Algorithms;

/// <summary>The hooks of one algorithm, called in the order in which they were added.</summary>
/// <param name="callbacks">The instances for the algorithm's own events.</param>
/// <param name="episodeHooks">Makes the instances of one environment runner; null when nobody listens.</param>
/// <param name="owned">The instances of classes that want to be disposed of, those of runners included.</param>
internal sealed class HookPipeline(NamedCallbacks[] callbacks, Func<IEpisodeHooks>? episodeHooks, List<IDisposable> owned) : IDisposable
{
    /// <summary>Without hooks.</summary>
    public static HookPipeline None => new([], null, []);

    /// <summary>Makes the instances of one environment runner; null when nobody listens, so that runners pay nothing.</summary>
    public Func<IEpisodeHooks>? EpisodeHooks => episodeHooks;

    public void OnAlgorithmInit(Algorithm algorithm)
    {
        try
        {
            NamedCallbacks.Call(callbacks, "on_algorithm_init", algorithm, static (hooks, a) => hooks.OnAlgorithmInit(a));
        }
        catch (HookException e) when (e.InnerException is CheckpointException or DirectoryNotFoundException or FileNotFoundException)
        {
            // A checkpoint that is not there will not be there at another try, and training from nothing is not what was asked for.
            throw new TrialConfigurationException(e.Message, e);
        }
    }

    public void OnTrainResult(Algorithm algorithm, Metrics result) =>
        NamedCallbacks.Call(callbacks, "on_train_result", (algorithm, result), static (hooks, e) => hooks.OnTrainResult(e.algorithm, e.result));

    public void OnEvaluateStart(Algorithm algorithm) =>
        NamedCallbacks.Call(callbacks, "on_evaluate_start", algorithm, static (hooks, a) => hooks.OnEvaluateStart(a));

    public void OnEvaluateEnd(Algorithm algorithm, Metrics evaluationMetrics) =>
        NamedCallbacks.Call(callbacks, "on_evaluate_end", (algorithm, evaluationMetrics),
            static (hooks, e) => hooks.OnEvaluateEnd(e.algorithm, e.evaluationMetrics));

    public void OnCheckpointLoaded(Algorithm algorithm) =>
        NamedCallbacks.Call(callbacks, "on_checkpoint_loaded", algorithm, static (hooks, a) => hooks.OnCheckpointLoaded(a));

    /// <inheritdoc/>
    public void Dispose()
    {
        owned.ForEach(o => o.Dispose());
        owned.Clear();
    }
}
