using Tuning.Environments;
using Tuning.Runners;

namespace Tuning.Algorithms;

/// <summary>The hooks of one environment runner, called in the order in which they were added. An exception gets the hook's name.</summary>
internal sealed class EpisodeHookPipeline(NamedCallbacks[] callbacks) : IEpisodeHooks
{
    public void OnEnvironmentCreated(EnvRunner runner, IEnvironment environment, EnvironmentContext context)
    {
        foreach (var each in callbacks)
        {
            try
            {
                each.Callbacks.OnEnvironmentCreated(runner, environment, context);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                throw each.Failed("on_environment_created", e);
            }
        }
    }

    public void OnEpisodeCreated(EnvRunner runner, Episode episode)
    {
        foreach (var each in callbacks)
        {
            try
            {
                each.Callbacks.OnEpisodeCreated(runner, episode);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                throw each.Failed("on_episode_created", e);
            }
        }
    }

    public void OnEpisodeStart(EnvRunner runner, Episode episode)
    {
        foreach (var each in callbacks)
        {
            try
            {
                each.Callbacks.OnEpisodeStart(runner, episode);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                throw each.Failed("on_episode_start", e);
            }
        }
    }

    public void OnEpisodeStep(EnvRunner runner, Episode episode)
    {
        foreach (var each in callbacks)
        {
            try
            {
                each.Callbacks.OnEpisodeStep(runner, episode);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                throw each.Failed("on_episode_step", e);
            }
        }
    }

    public void OnEpisodeEnd(EnvRunner runner, Episode episode)
    {
        foreach (var each in callbacks)
        {
            try
            {
                each.Callbacks.OnEpisodeEnd(runner, episode);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                throw each.Failed("on_episode_end", e);
            }
        }
    }

    public void OnSampleEnd(EnvRunner runner, RolloutBuffer samples)
    {
        foreach (var each in callbacks)
        {
            try
            {
                each.Callbacks.OnSampleEnd(runner, samples);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                throw each.Failed("on_sample_end", e);
            }
        }
    }
}
