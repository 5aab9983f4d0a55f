using Tuning.Specification;
using Tuning.Training;

namespace Tuning.Tests.Specification;

/// <summary>A trainable that declares everything: parameters, metrics, hooks, old names, and what cannot be trained.</summary>
internal sealed class FakeAlgorithm : TrainableDefinition
{
    private static readonly string[] _numbers = ["lr", "gamma", "lambda", "vf_clip_param", "vf_loss_coeff"];

    public override string Name => "PPO";

    public override bool Checkpoints => true;

    public override Objective? DefaultObjective => new("env_runners/episode_return_mean", Mode.Max);

    public override bool DeclaresAllMetrics => true;

    public override IReadOnlyCollection<string> DeclaredMetrics =>
        ["env_runners/episode_return_mean", "env_runners/episode_len_mean", "num_env_steps_sampled_lifetime", "learners/*", "loss"];

    public override IReadOnlyCollection<string> Hooks => ["on_algorithm_init"];

    public override IReadOnlyCollection<string> ParameterNames =>
    [
        "env", "env_config", "lr", "gamma", "lambda", "train_batch_size", "minibatch_size", "num_epochs", "num_env_runners", "num_envs_per_env_runner",
        "vf_clip_param", "vf_loss_coeff", "observation_filter", "seed", "model.fcnet_hiddens", "model.fcnet_activation", "model.vf_share_layers",
    ];

    public override TrainableVocabulary Vocabulary { get; } = new()
    {
        Parameters = new Dictionary<string, string>
        {
            ["num_workers"] = "num_env_runners",
            ["num_envs_per_worker"] = "num_envs_per_env_runner",
            ["sgd_minibatch_size"] = "minibatch_size",
            ["num_sgd_iter"] = "num_epochs",
            ["lambda_"] = "lambda",
        },
        Metrics = new Dictionary<string, string>
        {
            ["episode_reward_mean"] = "env_runners/episode_return_mean",
            ["timesteps_total"] = "num_env_steps_sampled_lifetime",
            ["info/learner/"] = "learners/",
        },
        Ignored = new Dictionary<string, string> { ["framework"] = "networks run on managed kernels", ["enable_connectors"] = "connectors are always on" },
        Refused = new Dictionary<string, string> { ["model.use_lstm"] = "networks have no memory" },
    };

    public override IEnumerable<ParameterIssue> Validate(ParameterSet config)
    {
        foreach (var name in _numbers)
        {
            if (config.TryGet(name, out var value) && value is not (long or double))
            {
                yield return new(name, $"is {(value is string ? $"'{value}'" : ParameterSet.Empty.With("v", value).ToString()[5..^1])}; it must be a number.");
            }
        }

        if (Number(config, "lr") is <= 0 and var lr)
        {
            yield return new("lr", FormattableString.Invariant($"is {lr}; it must be more than 0."));
        }

        if (Number(config, "gamma") is < 0 or > 1 && Number(config, "gamma") is var gamma)
        {
            yield return new("gamma", FormattableString.Invariant($"is {gamma}; it must be at least 0 and at most 1."));
        }

        if (Number(config, "minibatch_size") is { } minibatch && minibatch > (Number(config, "train_batch_size") ?? 4000))
        {
            yield return new("minibatch_size", $"is {minibatch}; it must be at most train_batch_size, which is {Number(config, "train_batch_size") ?? 4000}.");
        }
    }

    public override ITrainable Create(IServiceProvider services) => throw new NotSupportedException();

    public static ComponentCatalog Catalog()
    {
        var catalog = new ComponentCatalog().AddTrainable(new FakeAlgorithm())
            .AddEnvironments(() => ["Pendulum-v1", "CartPole-v0", "CartPole-v1", "MountainCar-v0"]);
        foreach (var logger in (string[])["json", "csv", "tensorboard"])
        {
            catalog.AddLogger(logger, _ => throw new NotSupportedException());
        }

        return catalog;
    }

    private static double? Number(ParameterSet config, string name) => config.TryGet(name, out var value) && value is long or double ? Convert.ToDouble(value)
        : null;
}
