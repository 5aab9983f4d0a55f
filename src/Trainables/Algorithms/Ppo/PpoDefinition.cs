using Tuning.Algorithms;
using Tuning.Training;

namespace Tuning.Ppo;

/// <summary>PPO as something that experiments run.</summary>
/// <param name="config">A copy that nobody else changes.</param>
/// <param name="name">The name that files give.</param>
internal sealed class PpoDefinition(PpoConfig config, string name) : TrainableDefinition
{
    private static readonly IReadOnlyCollection<string> _names = OptionsCodec.Names(typeof(PpoOptions));

    /// <inheritdoc/>
    public override string Name => name;

    /// <inheritdoc/>
    public override bool Checkpoints => true;

    /// <inheritdoc/>
    public override Objective? DefaultObjective { get; } = new("env_runners/episode_return_mean", Mode.Max);

    /// <inheritdoc/>
    public override IReadOnlyCollection<string> DeclaredMetrics { get; } =
        ["env_runners/*", "learners/*", "timers/*", "num_env_steps_sampled_lifetime", "num_training_step_calls_per_iteration", "iterations_since_restore", "time_since_restore"];

    /// <inheritdoc/>
    public override IReadOnlyCollection<string> Hooks { get; } = ["on_algorithm_init"];

    /// <inheritdoc/>
    public override IReadOnlyCollection<string> ParameterNames => _names;

    /// <inheritdoc/>
    public override ParameterSet Defaults { get; } = OptionsCodec.Difference(config.Options, new PpoOptions());

    /// <inheritdoc/>
    public override TrainableVocabulary Vocabulary => PpoVocabulary.Tables;

    /// <inheritdoc/>
    public override IEnumerable<ParameterIssue> Validate(ParameterSet config) => PpoValidation.Check(OptionsCodec.Overlay<PpoOptions>(Defaults, config));

    /// <inheritdoc/>
    public override ITrainable Create(IServiceProvider services) => new AlgorithmTrainable(parameters =>
    {
        var merged = OptionsCodec.Overlay<PpoOptions>(Defaults, parameters);
        var own = PpoConfig.FromParameters(merged);
        own.Hooks = config.Hooks;
        return own;
    });
}
