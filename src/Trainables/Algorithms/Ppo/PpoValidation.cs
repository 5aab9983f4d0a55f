using Tuning.Algorithms;
using Tuning.Environments;
using Tuning.Learning;
using Tuning.Modules;
using Tuning.Training;

namespace Tuning.Ppo;

/// <summary>The rules that PPO's options follow. All faults are found at once.</summary>
internal static class PpoValidation
{
    private static readonly string[] _activations = ["tanh", "relu", "swish", "silu", "linear"];
    private static readonly string[] _initializers = ["orthogonal", "kaiming_uniform"];
    private static readonly string[] _filters = ["NoFilter", "MeanStdFilter"];

    /// <summary>What is wrong with parameters.</summary>
    public static IReadOnlyList<ParameterIssue> Check(ParameterSet parameters)
    {
        var issues = OptionsCodec.Check(parameters, typeof(PpoOptions), "").ToList();

        // Rules are checked for what can be read; what cannot is left at its default.
        var readable = parameters;
        foreach (var issue in issues)
        {
            readable = Without(readable, issue.Path);
        }

        issues.AddRange(Check(OptionsCodec.Bind<PpoOptions>(readable)).Where(i => !issues.Exists(o => o.Path == i.Path)));
        return issues;
    }

    /// <summary>What is wrong with options.</summary>
    public static IReadOnlyList<ParameterIssue> Check(PpoOptions o)
    {
        var issues = new List<ParameterIssue>();
        CheckEnvironment(o, issues);
        Range("num_env_runners", o.NumEnvRunners, o.NumEnvRunners is >= 0 and <= 10_000, "from 0 to 10,000");
        Range("num_envs_per_env_runner", o.NumEnvsPerEnvRunner, o.NumEnvsPerEnvRunner is >= 1 and <= 100_000, "from 1 to 100,000");
        Range("rollout_fragment_length", o.RolloutFragmentLength, o.RolloutFragmentLength is null or >= 1, "at least 1, or auto");
        OneOf("batch_mode", o.BatchMode, ["truncate_episodes"]);
        OneOf("observation_filter", o.ObservationFilter, _filters);
        OneOf("module", o.Module, [.. ModuleRegistry.Names]);
        OneOf("grad_clip_by", o.GradClipBy, ["global_norm"]);
        OneOf("model.fcnet_activation", o.Model.FcnetActivation, _activations);
        OneOf("model.fcnet_kernel_initializer", o.Model.FcnetKernelInitializer, _initializers);
        Range("metrics_num_episodes_for_smoothing", o.MetricsNumEpisodesForSmoothing, o.MetricsNumEpisodesForSmoothing >= 1, "at least 1");
        Range("train_batch_size", o.TrainBatchSize, o.TrainBatchSize >= 1, "at least 1");
        Range("minibatch_size", o.MinibatchSize, o.MinibatchSize >= 1, "at least 1");
        if (o.MinibatchSize >= 1 && o.TrainBatchSize >= 1 && o.MinibatchSize > o.TrainBatchSize)
        {
            issues.Add(new("minibatch_size", $"is {o.MinibatchSize}; it must be at most train_batch_size, which is {o.TrainBatchSize}"));
        }

        Range("num_epochs", o.NumEpochs, o.NumEpochs >= 1, "at least 1");
        Range("gamma", o.Gamma, o.Gamma is >= 0 and <= 1, "from 0 to 1");
        Range("lambda", o.Lambda, o.Lambda is >= 0 and <= 1, "from 0 to 1");
        Range("kl_coeff", o.KlCoeff, o.KlCoeff >= 0 && double.IsFinite(o.KlCoeff), "at least 0");
        Range("kl_target", o.KlTarget, o.KlTarget > 0 && double.IsFinite(o.KlTarget), "above 0");
        Range("vf_loss_coeff", o.VfLossCoeff, o.VfLossCoeff >= 0 && double.IsFinite(o.VfLossCoeff), "at least 0");
        Range("vf_clip_param", o.VfClipParam, o.VfClipParam > 0, "above 0");
        Range("grad_clip", o.GradClip, o.GradClip is null or > 0, "above 0, or null");
        Range("num_learners", o.NumLearners, o.NumLearners is 0 or 1, "0 or 1: there is one learner");
        Range("seed", o.Seed, o.Seed is null or >= 0, "at least 0, or null");
        Range("use_gae", o.UseGae ? "true" : "false", o.UseGae, "true: other advantages do not exist here; lambda: 1 gives discounted returns less values");
        NotNegative("lr", o.Lr);
        NotNegative("entropy_coeff", o.EntropyCoeff);
        NotNegative("clip_param", o.ClipParam);
        if (o.Model.FcnetHiddens.Any(h => h is < 1 or > 65_536))
        {
            issues.Add(new("model.fcnet_hiddens", $"is [{string.Join(", ", o.Model.FcnetHiddens)}]; each layer has from 1 to 65,536 units"));
        }

        Range("model.initial_log_std", o.Model.InitialLogStd, o.Model.InitialLogStd is >= -20 and <= 20, "from -20 to 20");
        return issues;

        void Range(string path, object? value, bool holds, string rule)
        {
            if (!holds)
            {
                issues.Add(new(path, $"is {value}; it must be {rule}"));
            }
        }

        void OneOf(string path, string value, string[] known)
        {
            if (!known.Contains(value))
            {
                var hint = known.Length > 1 && NameSuggestion.Nearest(value, known) is { } near ? $". Did you mean '{near}'?" : "";
                issues.Add(new(path, $"is '{value}'; it must be {(known.Length == 1 ? known[0] : "one of " + string.Join(", ", known))}{hint}"));
            }
        }

        void NotNegative(string path, Schedule schedule)
        {
            if (schedule.Points.Any(p => p.Value < 0))
            {
                issues.Add(new(path, $"is {schedule}; it must be at least 0"));
            }
        }
    }

    private static void CheckEnvironment(PpoOptions o, List<ParameterIssue> issues)
    {
        if (o.Env.Length == 0)
        {
            issues.Add(new("env", $"is not given; it must be the name of an environment: {string.Join(", ", EnvironmentRegistry.Names)}"));
            return;
        }

        if (!EnvironmentRegistry.TryGet(o.Env, out var definition))
        {
            var hint = NameSuggestion.Nearest(o.Env, EnvironmentRegistry.Names) is { } near ? $" Did you mean '{near}'?" : "";
            issues.Add(new("env", $"is '{o.Env}', which is not registered.{hint} Environments: {string.Join(", ", EnvironmentRegistry.Names)}"));
            return;
        }

        foreach (var name in definition.ParameterNames is { } known ? o.EnvConfig.Names.Where(n => !known.Contains(n)) : [])
        {
            var hint = NameSuggestion.Nearest(name, definition.ParameterNames!) is { } near ? $" Did you mean '{near}'?" : "";
            issues.Add(new("env_config." + name, $"is unknown to {o.Env}.{hint}"));
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
