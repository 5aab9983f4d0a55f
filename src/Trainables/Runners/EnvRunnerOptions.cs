namespace Tuning.Runners;

/// <summary>What the environment runners of an algorithm are made from.</summary>
internal sealed record EnvRunnerOptions
{
    /// <summary>The environment.</summary>
    public required EnvironmentDefinition Environment { get; init; }

    /// <summary>Its <c>env_config</c>.</summary>
    public ParameterSet EnvironmentConfig { get; init; } = ParameterSet.Empty;

    /// <summary><c>num_env_runners</c>: how many runners; 0 is one, as in RLlib, where it then runs in the algorithm's own process.</summary>
    public int NumEnvRunners { get; init; }

    /// <summary><c>num_envs_per_env_runner</c>: copies of the environment per runner, at least 1.</summary>
    public int NumEnvsPerEnvRunner { get; init; } = 1;

    /// <summary>Steps of every copy per iteration, at least 1.</summary>
    public required int StepsPerEnvironment { get; init; }

    /// <summary>
    /// <c>batch_mode: complete_episodes</c>: each iteration consists of whole episodes, of <see cref="StepsPerEnvironment"/> or more steps of every copy.
    /// </summary>
    public bool CompleteEpisodes { get; init; }

    /// <summary><c>observation_filter</c>: <c>NoFilter</c> or <c>MeanStdFilter</c>.</summary>
    public ObservationFilter ObservationFilter { get; init; }

    /// <summary><c>env_to_module_connectors</c>: registered connectors between observation and filter.</summary>
    public IReadOnlyList<string> Connectors { get; init; } = [];

    /// <summary><c>normalize_actions</c>: whether a module's [-1, 1] means the bounds of a box.</summary>
    public bool NormalizeActions { get; init; } = true;

    /// <summary><c>clip_actions</c>: whether actions are clipped to the bounds of a box when they are not normalised.</summary>
    public bool ClipActions { get; init; }

    /// <summary><c>explore</c>: whether actions are drawn; else the likeliest is taken.</summary>
    public bool Explore { get; init; } = true;

    /// <summary>Makes the exploration of a runner when <see cref="Explore"/> is set, one instance each.</summary>
    public Func<Exploration> Exploration { get; init; } = static () => new StochasticExploration();

    /// <summary>The distribution that a module's outputs parameterise for an action space.</summary>
    public Func<Space, ActionDistribution> ActionDistribution { get; init; } = Distributions.ActionDistribution.For;

    /// <summary><c>metrics_num_episodes_for_smoothing</c>: how many of the last finished episodes count, at least 1.</summary>
    public int SmoothingEpisodes { get; init; } = 100;

    /// <summary>How many threads the runners may use, at least 1. Results do not depend on it.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>The place that all streams are derived from: <c>…/runner/0/env/3</c>, <c>…/runner/0/actions</c>.</summary>
    public required SeedPath Seed { get; init; }

    /// <summary>Whether runners evaluate: their filters do not learn.</summary>
    public bool IsEvaluation { get; init; }

    /// <summary>Makes the hooks of a runner, one instance each; null for none.</summary>
    public Func<IEpisodeHooks>? Hooks { get; init; }

    /// <summary>The clock for the durations of episodes.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>What stands before the keys of all metrics.</summary>
    public string MetricsPrefix { get; init; } = "env_runners/";

    /// <summary>How many runners there are: <see cref="NumEnvRunners"/>, at least 1.</summary>
    public int Runners => Math.Max(1, NumEnvRunners);

    /// <summary>Whether all copies of a runner fill one buffer side by side: where there is one agent, and each copy takes as many steps.</summary>
    public bool SideBySide => !Environment.IsMultiAgent && !CompleteEpisodes && !IsEvaluation;

    /// <summary>Fails when a number is out of range.</summary>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(NumEnvRunners);
        ArgumentOutOfRangeException.ThrowIfLessThan(NumEnvsPerEnvRunner, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(StepsPerEnvironment, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(SmoothingEpisodes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Threads, 1);
    }
}
