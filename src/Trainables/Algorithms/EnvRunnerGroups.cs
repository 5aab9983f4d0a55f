using Tuning.Environments;
using Tuning.Randomness;
using Tuning.Runners;

namespace Tuning.Algorithms;

/// <summary>Makes the environment runners of an algorithm.</summary>
internal static class EnvRunnerGroups
{
    /// <summary>Those that collect experience.</summary>
    public static IEnvRunnerGroup Create(AlgorithmBlueprint blueprint, AlgorithmContext context, SeedPath seed)
    {
        var options = blueprint.Options;
        return new EnvRunnerGroup(new EnvRunnerOptions
        {
            Environment = EnvironmentRegistry.Get(options.Env),
            EnvironmentConfig = options.EnvConfig,
            NumEnvRunners = options.NumEnvRunners,
            NumEnvsPerEnvRunner = options.NumEnvsPerEnvRunner,
            StepsPerEnvironment = blueprint.StepsPerEnvironment,
            ObservationFilter = options.ObservationFilter,
            NormalizeActions = options.NormalizeActions,
            ClipActions = options.ClipActions,
            Explore = options.Explore,
            Exploration = blueprint.Exploration,
            ActionDistribution = blueprint.ActionDistribution,
            SmoothingEpisodes = options.MetricsNumEpisodesForSmoothing,
            Threads = context.Threads,
            Seed = seed,
            Hooks = context.Hooks.EpisodeHooks,
            Clock = context.Time,
        });
    }
}
