namespace Tuning.Algorithms;

/// <summary>The hooks of one environment runner, called in the order in which they were added. An exception gets the hook's name.</summary>
internal sealed class EpisodeHookPipeline(NamedCallbacks[] callbacks) : IEpisodeHooks
{
    public void OnEnvironmentCreated(EnvRunner runner, IEnvironment environment, EnvironmentContext context) =>
        NamedCallbacks.Call(callbacks, "on_environment_created", (runner, environment, context),
            static (hooks, e) => hooks.OnEnvironmentCreated(e.runner, e.environment, e.context));

    public void OnEnvironmentCreated(EnvRunner runner, IMultiAgentEnvironment environment, EnvironmentContext context) =>
        NamedCallbacks.Call(callbacks, "on_environment_created", (runner, environment, context),
            static (hooks, e) => hooks.OnEnvironmentCreated(e.runner, e.environment, e.context));

    public void OnEpisodeCreated(EnvRunner runner, Episode episode) =>
        NamedCallbacks.Call(callbacks, "on_episode_created", (runner, episode), static (hooks, e) => hooks.OnEpisodeCreated(e.runner, e.episode));

    public void OnEpisodeStart(EnvRunner runner, Episode episode) =>
        NamedCallbacks.Call(callbacks, "on_episode_start", (runner, episode), static (hooks, e) => hooks.OnEpisodeStart(e.runner, e.episode));

    public void OnEpisodeStep(EnvRunner runner, Episode episode) =>
        NamedCallbacks.Call(callbacks, "on_episode_step", (runner, episode), static (hooks, e) => hooks.OnEpisodeStep(e.runner, e.episode));

    public void OnEpisodeEnd(EnvRunner runner, Episode episode) =>
        NamedCallbacks.Call(callbacks, "on_episode_end", (runner, episode), static (hooks, e) => hooks.OnEpisodeEnd(e.runner, e.episode));

    public void OnSampleEnd(EnvRunner runner, RolloutBuffer samples) =>
        NamedCallbacks.Call(callbacks, "on_sample_end", (runner, samples), static (hooks, e) => hooks.OnSampleEnd(e.runner, e.samples));
}
