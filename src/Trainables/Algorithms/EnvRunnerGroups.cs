using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Tuning.Algorithms;

/// <summary>Makes the environment runners of an algorithm.</summary>
internal static class EnvRunnerGroups
{
    /// <summary>Those that collect experience.</summary>
    public static EnvRunnerGroup Create(AlgorithmBlueprint blueprint, AlgorithmContext context, SeedPath seed) =>
        Create(blueprint, Options(blueprint, context, seed));

    /// <summary>Those that evaluate.</summary>
    /// <param name="blueprint">The algorithm.</param>
    /// <param name="context">What it runs in.</param>
    /// <param name="seed">The place that their streams are derived from.</param>
    /// <param name="training">Those that collect experience; spaces must be the same.</param>
    /// <exception cref="ArgumentException">They are not.</exception>
    public static EnvRunnerGroup CreateEvaluation(AlgorithmBlueprint blueprint, AlgorithmContext context, SeedPath seed, EnvRunnerGroup training)
    {
        var (options, other) = (blueprint.Options, blueprint.Options.EvaluationConfig);
        var group = Create(blueprint, Options(blueprint, context, seed) with
        {
            Environment = EnvironmentRegistry.Get(other?.Environment ?? options.Environment).CutAt(options.Horizon),
            EnvironmentConfig = other?.EnvironmentConfig ?? options.EnvironmentConfig,
            NumEnvRunners = options.EvaluationEnvironmentRunners,
            NumEnvsPerEnvRunner = other?.EnvironmentsPerRunner ?? options.EnvironmentsPerRunner,
            StepsPerEnvironment = 1,
            CompleteEpisodes = false,

            // All episodes of an evaluation: there is none without a step.
            SmoothingEpisodes = options.EvaluationDuration ?? int.MaxValue,
            Explore = other?.Explore ?? blueprint.EvaluationExplore ?? options.Explore,
            IsEvaluation = true,
        });
        foreach (var (mine, theirs) in group.Policies.Zip(training.Policies))
        {
            if (!mine.ObservationSpace.Equals(theirs.ObservationSpace) || !mine.ActionSpace.Equals(theirs.ActionSpace))
            {
                group.Dispose();
                throw new ArgumentException(
                    $"evaluation_config gives an environment that shows {mine.ObservationSpace} and takes {mine.ActionSpace}; in training it shows " +
                        $"{theirs.ObservationSpace} and takes {theirs.ActionSpace}. They must be the same.");
            }
        }

        return group;
    }

    /// <summary>Makes a copy of the environment, and what stands between it and the policies, to see that they go together.</summary>
    /// <returns>What the modules of policies cannot do, by the option that names them.</returns>
    /// <exception cref="ArgumentException">They do not; the message says why.</exception>
    public static IReadOnlyList<ParameterIssue> Probe(AlgorithmBlueprint blueprint)
    {
        var one = blueprint with { StepsPerEnvironment = 1 };
        var context = new AlgorithmContext
        {
            Seed = SeedPath.Of(0),
            Threads = 1,
            Services = new ServiceCollection().BuildServiceProvider(),
            Time = TimeProvider.System,
            Logger = NullLogger.Instance,
            Hooks = HookPipeline.None,
        };
        using var training = Create(one, Options(one, context, context.Seed) with { NumEnvRunners = 1, NumEnvsPerEnvRunner = 1 });
        if (blueprint.Options.EvaluationConfig is { } other && (other.Environment ?? blueprint.Options.Environment) is var name
            && (name != blueprint.Options.Environment || other.EnvironmentConfig is not null))
        {
            CreateEvaluation(one, context, context.Seed, training).Dispose();
        }

        return
        [
            .. training.Policies.Select(policy => (policy.Id, Reason: blueprint.Misfit(policy))).Where(m => m.Reason is not null)
                .Select(m => new ParameterIssue(
                blueprint.Options.MultiAgent?.Policies.GetValueOrDefault(m.Id)?.Module is null ? "module" : $"multi_agent.policies.{m.Id}.module", m.Reason!)),
        ];
    }

    private static EnvRunnerGroup Create(AlgorithmBlueprint blueprint, EnvRunnerOptions runners) =>
        runners.Environment.IsMultiAgent
            ? new(runners, blueprint.Options.MultiAgent?.Policies.Keys, Mapping(blueprint.Options.MultiAgent, blueprint.PolicyMapping)) : new(runners);

    private static EnvRunnerOptions Options(AlgorithmBlueprint blueprint, AlgorithmContext context, SeedPath seed)
    {
        var options = blueprint.Options;
        return new EnvRunnerOptions
        {
            Environment = EnvironmentRegistry.Get(options.Environment).CutAt(options.Horizon),
            EnvironmentConfig = options.EnvironmentConfig,
            NumEnvRunners = options.EnvironmentRunners,
            NumEnvsPerEnvRunner = options.EnvironmentsPerRunner,
            StepsPerEnvironment = blueprint.StepsPerEnvironment ?? options.StepsPerBatch,
            CompleteEpisodes = options.BatchMode == BatchMode.CompleteEpisodes,
            ObservationFilter = options.ObservationFilter,
            Connectors = options.EnvironmentToModuleConnectors,
            NormalizeActions = options.NormalizeActions,
            ClipActions = options.ClipActions,
            Explore = options.Explore,
            Exploration = blueprint.Exploration,
            ActionDistribution = blueprint.ActionDistribution,
            SmoothingEpisodes = options.SmoothingEpisodes,
            Threads = context.Threads,
            Seed = seed,
            Hooks = context.Hooks.EpisodeHooks,
            Clock = context.Time,
        };
    }

    // Where nothing is said all agents follow the first policy.
    private static PolicyMapping? Mapping(MultiAgentOptions? options, Func<string, Episode, string>? function) => options is null ? null
        : function is not null ? PolicyMapping.Of(function)
        : options.PolicyMapping is { } mapping ? PolicyMapping.Of(mapping)
        : null;
}
