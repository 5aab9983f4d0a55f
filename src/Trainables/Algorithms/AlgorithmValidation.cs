namespace Tuning.Algorithms;

/// <summary>The rules that the options of all algorithms follow. All faults are found at once.</summary>
internal static class AlgorithmValidation
{
    /// <summary>The rules for what all algorithms have, beyond those of single options.</summary>
    public static void Check(AlgorithmOptions o, OptionRules rules)
    {
        CheckEnvironment(o.Environment, o.EnvironmentConfig, "", rules);
        foreach (var connector in o.EnvironmentToModuleConnectors.Where(c => !ConnectorRegistry.Names.Contains(c)))
        {
            rules.Add("env_to_module_connectors", $"names '{connector}', which is not registered; registered are: " +
                $"{(ConnectorRegistry.Names.Count == 0 ? "none" : string.Join(", ", ConnectorRegistry.Names))}");
        }

        rules.OneOf("module", o.Module, ModuleRegistry.Names);
        rules.OneOf("learner", o.Learner, LearnerRegistry.Names);
        foreach (var (id, own) in o.AlgorithmConfigOverridesPerModule)
        {
            rules.OneOf("algorithm_config_overrides_per_module", id, [.. o.PolicyIds]);
            rules.Require("algorithm_config_overrides_per_module." + id, own is ParameterSet, "is no map; it must be a map of options");
        }

        CheckSizes(o, rules);
        CheckEvaluation(o, rules);
        CheckModel("model", o.Model, rules);
        var hasAgents = EnvironmentRegistry.TryGet(o.Environment, out var environment) && environment.IsMultiAgent;
        if (o.MultiAgent is { } several)
        {
            CheckPolicies(several, o, rules);
            rules.Require("multi_agent", environment is null || hasAgents,
                $"is given, and {o.Environment} has one agent; an environment of several copies of it is made by " +
                $"{nameof(MultiAgentEnvironments)}.{nameof(MultiAgentEnvironments.MakeMultiAgent)}");
        }
        else if (hasAgents)
        {
            SpaceRules.CheckShared(o, rules);
        }

        SpaceRules.CheckGsde(o, "model.use_gsde", o.Model.UseGsde, rules);
    }

    /// <summary>What learns from single steps takes no whole episodes.</summary>
    public static void CheckSteps(AlgorithmOptions o, string name, OptionRules rules) => rules.Require(
        "batch_mode", o.BatchMode != BatchMode.CompleteEpisodes,
            $"is 'complete_episodes'; it must be truncate_episodes: {name} learns from single steps while episodes go on");

    // What would take more memory than there is anywhere, or numbers larger than an int.
    private static void CheckSizes(AlgorithmOptions o, OptionRules rules)
    {
        const long Copies = 1_000_000;
        const long Steps = 100_000_000;
        rules.AtMost("train_batch_size", o.TrainBatchSize, 10_000_000);
        rules.AtMost("rollout_fragment_length", o.RolloutFragmentLength ?? 1, 10_000_000);
        var environments = (long)Math.Max(1, o.EnvironmentRunners) * o.EnvironmentsPerRunner;
        rules.Require("num_envs_per_env_runner", environments <= Copies,
            $"is {o.EnvironmentsPerRunner} with num_env_runners {o.EnvironmentRunners}, which makes " +
            Invariant($"{environments:#,0} environments; there can be 1 to {Copies:#,0}"));
        var steps = environments * (o.RolloutFragmentLength ?? 1);
        rules.Require("rollout_fragment_length", steps <= Steps || !rules.IsFine("rollout_fragment_length") || !rules.IsFine("num_envs_per_env_runner"),
            Invariant($"is {o.RolloutFragmentLength}, and {environments:#,0} environments play so many steps at once: {steps:#,0} together; there can be ") +
                Invariant($"1 to {Steps:#,0}"));
    }

    /// <summary>What is too much of a replay buffer.</summary>
    public static void CheckReplay(ReplayOptions replay, OptionRules rules) => rules.AtMost("replay_buffer_config.capacity", replay.Capacity, 100_000_000);

    /// <summary>What networks cannot be.</summary>
    public static void CheckLayers(string path, IReadOnlyList<int> sizes, OptionRules rules)
    {
        const long Weights = 200_000_000;
        var weights = sizes.Zip(sizes.Skip(1), (from, to) => (long)from * to).Sum();
        rules.Require(path, weights <= Weights,
            Invariant($"is [{string.Join(", ", sizes)}], which has {weights:#,0} weights; there can be up to {Weights:#,0}"));
    }

    private static void CheckModel(string path, ModelOptions model, OptionRules rules)
    {
        CheckLayers(path + ".fcnet_hiddens", model.HiddenLayers, rules);
        rules.Require(path + ".use_gsde", !model.UseGsde || !model.FreeLogStandardDeviation,
            "is true, and free_log_std too; the deviation follows the state, or it is free");
    }

    private static void CheckPolicies(MultiAgentOptions several, AlgorithmOptions o, OptionRules rules)
    {
        rules.Require("multi_agent.policies", several.Policies.Count > 0, "is empty; it must be a list of at least one name");
        foreach (var (id, policy) in several.Policies)
        {
            rules.Require("multi_agent.policies", id.Length > 0 && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'),
                $"is '{id}'; it must be of letters, digits, _ and -: each policy is a directory in checkpoints");
            rules.OneOf($"multi_agent.policies.{id}.module", policy.Module ?? ModuleRegistry.DefaultName, ModuleRegistry.Names);
            CheckModel($"multi_agent.policies.{id}.model", policy.Model ?? o.Model, rules);
            OptionSchema.Of(typeof(PolicyOptions)).Check(policy).ForEach(i => rules.Add($"multi_agent.policies.{id}.{i.Path}", i.Message));
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
        if (o.EvaluationConfig is { } other)
        {
            if (other.Environment is not null || (other.EnvironmentConfig is not null && EnvironmentRegistry.TryGet(o.Environment, out _)))
            {
                CheckEnvironment(other.Environment ?? o.Environment, other.EnvironmentConfig ?? o.EnvironmentConfig, "evaluation_config.", rules);
                if (EnvironmentRegistry.TryGet(other.Environment ?? o.Environment, out var environment)
                    && EnvironmentRegistry.TryGet(o.Environment, out var training)
                    && environment.IsMultiAgent != training.IsMultiAgent)
                {
                    rules.Add("evaluation_config.env",
                        $"is '{other.Environment}', which has {(environment.IsMultiAgent ? "several agents" : "one agent")}; {o.Environment}, " +
                        $"which is trained on, has {(training.IsMultiAgent ? "several" : "one")}");
                }
            }
        }
    }

    // Whether wrappers go around an environment shows when they do.
    private static string? Misfit(EnvironmentDefinition definition, ParameterSet config)
    {
        try
        {
            definition.Open(config).Dispose();
            return null;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            return ArgumentMessage.Of(e);
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
            rules.Add(prefix + "env", $"is '{env}', which is not " +
                $"registered.{(NearestName.Of(env, EnvironmentRegistry.Names) is { } near ? $" Did you mean '{near}'?" : "")} Environments: " +
                $"{string.Join(", ", EnvironmentRegistry.Names)}");
            return;
        }

        var issues = EnvironmentWrappers.Read(config, out _);
        foreach (var issue in issues)
        {
            rules.Add(prefix + "env_config." + issue.Path, issue.Message);
        }

        if (issues.Count == 0 && config.TryGet(EnvironmentWrappers.Key, out _) && Misfit(definition, config) is { } misfit)
        {
            rules.Add(prefix + "env_config." + EnvironmentWrappers.Key, "do not fit: " + misfit);
        }

        foreach (var name in definition.ParameterNames is { } known ? config.Names.Where(n => !known.Contains(n)) : [])
        {
            rules.Add(prefix + "env_config." + name, $"is unknown to {env}.{NearestName.For(name, [.. definition.ParameterNames!], "parameters")}");
        }
    }
}
