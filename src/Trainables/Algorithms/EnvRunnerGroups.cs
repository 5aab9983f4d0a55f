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
        var environment = EnvironmentRegistry.Get(options.Env).CutAt(options.Horizon);
        var runners = new EnvRunnerOptions
        {
            Environment = environment,
            EnvironmentConfig = options.EnvConfig,
            NumEnvRunners = options.NumEnvRunners,
            NumEnvsPerEnvRunner = options.NumEnvsPerEnvRunner,
            StepsPerEnvironment = blueprint.StepsPerEnvironment,
            ObservationFilter = options.ObservationFilter,
            Connectors = options.EnvToModuleConnectors,
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
        };
        return environment.IsMultiAgent
            ? new MultiAgentEnvRunnerGroup(runners, options.MultiAgent!.Policies.Keys, Mapping(options.MultiAgent, blueprint.PolicyMapping))
            : new EnvRunnerGroup(runners);
    }

    // Where nothing is said there is one policy, and all agents follow it.
    private static PolicyMapping Mapping(MultiAgentOptions options, Func<string, Episode, string>? function) => function is null
        ? PolicyMapping.Of((IEnumerable<KeyValuePair<string, string>>?)options.PolicyMapping ?? [KeyValuePair.Create("*", options.Policies.Keys.First())])
        : PolicyMapping.Of(function);
}
