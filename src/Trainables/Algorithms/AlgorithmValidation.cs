using Tuning.Connectors;
using Tuning.Environments;
using Tuning.Learning;
using Tuning.Modules;

namespace Tuning.Algorithms;

/// <summary>The rules that the options of all algorithms follow. All faults are found at once.</summary>
internal static class AlgorithmValidation
{
    private static readonly string[] _activations = ["tanh", "relu", "swish", "silu", "linear"];
    private static readonly string[] _initializers = ["orthogonal", "kaiming_uniform"];

    /// <summary>What is wrong with parameters: what cannot be read, and what breaks a rule.</summary>
    /// <typeparam name="TOptions">The options that they are read as.</typeparam>
    /// <param name="parameters">Options by the names of experiment files.</param>
    /// <param name="check">The algorithm's rules.</param>
    public static IReadOnlyList<ParameterIssue> CheckAll<TOptions>(ParameterSet parameters, Func<TOptions, IReadOnlyList<ParameterIssue>> check)
        where TOptions : AlgorithmOptions
    {
        var issues = OptionsCodec.Check(parameters, typeof(TOptions), "").ToList();

        // Rules are checked for what can be read; what cannot is left at its default.
        var readable = parameters;
        foreach (var issue in issues)
        {
            readable = Without(readable, issue.Path);
        }

        issues.AddRange(check(OptionsCodec.Bind<TOptions>(readable)).Where(i => !issues.Exists(o => o.Path == i.Path)));
        return issues;
    }

    /// <summary>The rules for what all algorithms have.</summary>
    public static OptionRules Check(AlgorithmOptions o)
    {
        var rules = new OptionRules();
        CheckEnvironment(o.Env, o.EnvConfig, "", rules);
        rules.Range("horizon", o.Horizon, o.Horizon is null or >= 1, "at least 1, or null");
        rules.Range("num_env_runners", o.NumEnvRunners, o.NumEnvRunners is >= 0 and <= 10_000, "from 0 to 10,000");
        rules.Range("num_envs_per_env_runner", o.NumEnvsPerEnvRunner, o.NumEnvsPerEnvRunner is >= 1 and <= 100_000, "from 1 to 100,000");
        rules.Range("rollout_fragment_length", o.RolloutFragmentLength, o.RolloutFragmentLength is null or >= 1, "at least 1, or auto");
        rules.OneOf("batch_mode", o.BatchMode, AlgorithmOptions.TruncateEpisodes, AlgorithmOptions.CompleteEpisodes);
        rules.OneOf("observation_filter", o.ObservationFilter, "NoFilter", "MeanStdFilter");
        foreach (var connector in o.EnvToModuleConnectors)
        {
            if (!ConnectorRegistry.Names.Contains(connector))
            {
                rules.Add("env_to_module_connectors", $"names '{connector}', which is not registered; registered are: {(ConnectorRegistry.Names.Count == 0 ? "none" : string.Join(", ", ConnectorRegistry.Names))}");
            }
        }

        rules.OneOf("module", o.Module, ModuleRegistry.Names);
        rules.OneOf("learner", o.Learner, LearnerRegistry.Names);
        rules.OneOf("grad_clip_by", o.GradClipBy, GradientClip.Modes);
        rules.Range("metrics_num_episodes_for_smoothing", o.MetricsNumEpisodesForSmoothing, o.MetricsNumEpisodesForSmoothing >= 1, "at least 1");
        rules.Range("train_batch_size", o.TrainBatchSize, o.TrainBatchSize >= 1, "at least 1");
        rules.Range("min_sample_timesteps_per_iteration", o.MinSampleTimestepsPerIteration, o.MinSampleTimestepsPerIteration >= 0, "at least 0");
        rules.Range("gamma", o.Gamma, o.Gamma is >= 0 and <= 1, "from 0 to 1");
        rules.Range("grad_clip", o.GradClip, o.GradClip is null or > 0, "above 0, or null");
        rules.Range("num_learners", o.NumLearners, o.NumLearners is 0 or 1, "0 or 1: there is one learner");
        rules.Range("seed", o.Seed, o.Seed is null or >= 0, "at least 0, or null");
        rules.NotNegative("lr", o.Lr);
        CheckEvaluation(o, rules);
        CheckModel("model", o.Model, rules);
        var hasAgents = EnvironmentRegistry.TryGet(o.Env, out var environment) && environment.IsMultiAgent;
        if (o.MultiAgent is { } several)
        {
            CheckPolicies(several, o, rules);
            if (environment is not null && !hasAgents)
            {
                rules.Add("multi_agent", $"is given, and {o.Env} has one agent; an environment of several copies of it is made by {nameof(MultiAgentEnvironments)}.{nameof(MultiAgentEnvironments.MakeMultiAgent)}");
            }
        }
        else if (hasAgents)
        {
            SpaceRules.CheckShared(o, rules);
        }

        SpaceRules.CheckGsde(o, "model.use_gsde", o.Model.UseGsde, rules);
        return rules;
    }

    /// <summary>The rules for networks.</summary>
    /// <param name="path">Where they stand: <c>model</c>.</param>
    /// <param name="model">The networks.</param>
    /// <param name="rules">Where faults go.</param>
    public static void CheckModel(string path, ModelOptions model, OptionRules rules)
    {
        rules.OneOf(path + ".fcnet_activation", model.FcnetActivation, _activations);
        rules.OneOf(path + ".fcnet_kernel_initializer", model.FcnetKernelInitializer, _initializers);
        if (model.FcnetHiddens.Any(h => h is < 1 or > 65_536))
        {
            rules.Add(path + ".fcnet_hiddens", $"is [{string.Join(", ", model.FcnetHiddens)}]; each layer has from 1 to 65,536 units");
        }

        if (model.UseGsde && model.FreeLogStd)
        {
            rules.Add(path + ".use_gsde", "is true, and free_log_std too; the deviation follows the state, or it is free");
        }

        rules.Range(path + ".initial_log_std", model.InitialLogStd, model.InitialLogStd is >= -20 and <= 20, "from -20 to 20");
    }

    private static void CheckPolicies(MultiAgentOptions several, AlgorithmOptions o, OptionRules rules)
    {
        rules.Range("multi_agent.policies", "empty", several.Policies.Count > 0, "a list of at least one name");
        foreach (var (id, policy) in several.Policies)
        {
            rules.Range("multi_agent.policies", $"'{id}'", id.Length > 0 && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'), "of letters, digits, _ and -: each policy is a directory in checkpoints");
            rules.OneOf($"multi_agent.policies.{id}.module", policy.Module ?? ModuleRegistry.DefaultName, ModuleRegistry.Names);
            CheckModel($"multi_agent.policies.{id}.model", policy.Model ?? o.Model, rules);
        }

        foreach (var (agent, policy) in several.PolicyMapping?.ToArray() ?? [])
        {
            rules.OneOf($"multi_agent.policy_mapping.{agent}", policy, [.. several.Policies.Keys]);
        }

        foreach (var policy in several.PoliciesToTrain?.ToArray() ?? [])
        {
            rules.OneOf("multi_agent.policies_to_train", policy, [.. several.Policies.Keys]);
        }
    }

    private static void CheckEvaluation(AlgorithmOptions o, OptionRules rules)
    {
        rules.Range("evaluation_interval", o.EvaluationInterval, o.EvaluationInterval is null or >= 0, "at least 0, or null");
        rules.Range("evaluation_duration", o.EvaluationDuration, o.EvaluationDuration >= 1, "at least 1");
        rules.OneOf("evaluation_duration_unit", o.EvaluationDurationUnit, "episodes", "timesteps");
        rules.Range("evaluation_num_env_runners", o.EvaluationNumEnvRunners, o.EvaluationNumEnvRunners is >= 0 and <= 10_000, "from 0 to 10,000");
        if (o.EvaluationConfig is { } other)
        {
            rules.Range("evaluation_config.num_envs_per_env_runner", other.NumEnvsPerEnvRunner, other.NumEnvsPerEnvRunner is null or (>= 1 and <= 100_000), "from 1 to 100,000");
            if (other.Env is not null || (other.EnvConfig is not null && EnvironmentRegistry.TryGet(o.Env, out _)))
            {
                CheckEnvironment(other.Env ?? o.Env, other.EnvConfig ?? o.EnvConfig, "evaluation_config.", rules);
                if (EnvironmentRegistry.TryGet(other.Env ?? o.Env, out var environment) && EnvironmentRegistry.TryGet(o.Env, out var training) && environment.IsMultiAgent != training.IsMultiAgent)
                {
                    rules.Add("evaluation_config.env", $"is '{other.Env}', which has {(environment.IsMultiAgent ? "several agents" : "one agent")}; {o.Env}, which is trained on, has {(training.IsMultiAgent ? "several" : "one")}");
                }
            }
        }
    }

    private static void CheckEnvironment(string env, ParameterSet config, string prefix, OptionRules rules)
    {
        if (env.Length == 0)
        {
            rules.Add(prefix + "env", $"is not given; it must be the name of an environment: {string.Join(", ", EnvironmentRegistry.Names)}");
            return;
        }

        if (!EnvironmentRegistry.TryGet(env, out var definition))
        {
            var hint = NameSuggestion.Nearest(env, EnvironmentRegistry.Names) is { } near ? $" Did you mean '{near}'?" : "";
            rules.Add(prefix + "env", $"is '{env}', which is not registered.{hint} Environments: {string.Join(", ", EnvironmentRegistry.Names)}");
            return;
        }

        foreach (var name in definition.ParameterNames is { } known ? config.Names.Where(n => !known.Contains(n)) : [])
        {
            var hint = NameSuggestion.Nearest(name, definition.ParameterNames!) is { } near ? $" Did you mean '{near}'?" : "";
            rules.Add(prefix + "env_config." + name, $"is unknown to {env}.{hint}");
        }
    }

    private static ParameterSet Without(ParameterSet set, string path)
    {
        var dot = path.IndexOf('.', StringComparison.Ordinal);
        var name = dot < 0 ? path : path[..dot];
        return ParameterSet.From(set.Where(p => p.Key != path && (p.Key != name || p.Value is ParameterSet))
            .Select(p => p.Key == name && p.Value is ParameterSet branch ? KeyValuePair.Create<string, object?>(name, Without(branch, path[(dot + 1)..])) : p));
    }
}
