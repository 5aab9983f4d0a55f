using Tuning.Runners;

namespace Tuning.Algorithms;

/// <summary>The hooks of one algorithm, called in the order in which they were added.</summary>
/// <param name="callbacks">The instances for the algorithm's own events.</param>
/// <param name="episodeHooks">Makes the instances of one environment runner; null when nobody listens.</param>
internal sealed class HookPipeline(IReadOnlyList<NamedCallbacks> callbacks, Func<IEpisodeHooks>? episodeHooks)
{
    /// <summary>Makes the instances of one environment runner; null when nobody listens, so that runners pay nothing.</summary>
    public Func<IEpisodeHooks>? EpisodeHooks => episodeHooks;

    public void OnAlgorithmInit(Algorithm algorithm)
    {
        foreach (var each in callbacks)
        {
            try
            {
                each.Callbacks.OnAlgorithmInit(algorithm);
            }
            catch (Exception e) when (e is CheckpointException or DirectoryNotFoundException or FileNotFoundException)
            {
                // A checkpoint that is not there will not be there at another try, and training from nothing is not what was asked for.
                throw new TrialConfigurationException($"The hook on_algorithm_init of {each.Name} failed: {e.Message}", e);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                throw each.Failed("on_algorithm_init", e);
            }
        }
    }

    public void OnTrainResult(Algorithm algorithm, Metrics result)
    {
        foreach (var each in callbacks)
        {
            try
            {
                each.Callbacks.OnTrainResult(algorithm, result);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                throw each.Failed("on_train_result", e);
            }
        }
    }

    public void OnCheckpointLoaded(Algorithm algorithm)
    {
        foreach (var each in callbacks)
        {
            try
            {
                each.Callbacks.OnCheckpointLoaded(algorithm);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                throw each.Failed("on_checkpoint_loaded", e);
            }
        }
    }
}
