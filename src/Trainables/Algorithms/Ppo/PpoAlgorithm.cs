using Tuning.Algorithms;
using Tuning.Checkpointing;
using Tuning.Environments;
using Tuning.Learning;
using Tuning.Modules;
using Tuning.Randomness;
using Tuning.Runners;

namespace Tuning.Ppo;

/// <summary>
/// Proximal policy optimisation (Schulman et al., 2017; options and metrics are RLlib's): collect a batch with the present policy,
/// estimate advantages, go through the batch in minibatches for some epochs, adapt the KL coefficient.
/// </summary>
internal sealed class PpoAlgorithm : Algorithm
{
    private readonly PpoOptions _options;
    private readonly EnvRunnerGroup _runners;
    private readonly PpoLearner _learner;
    private readonly KeyValuePair<string, ICheckpointable>[] _components;
    private TimeSpan _samplingTime;
    private TimeSpan _learningTime;

    public PpoAlgorithm(PpoConfig config, AlgorithmContext context)
        : base(config, context)
    {
        _options = config.Options;
        var seed = _options.Seed is { } given ? SeedPath.Of((ulong)given) : context.Seed;
        _runners = new(new EnvRunnerOptions
        {
            Environment = EnvironmentRegistry.Get(_options.Env),
            EnvironmentConfig = _options.EnvConfig,
            NumEnvRunners = _options.NumEnvRunners,
            NumEnvsPerEnvRunner = _options.NumEnvsPerEnvRunner,
            StepsPerEnvironment = _options.StepsPerEnvironment,
            ObservationFilter = _options.ObservationFilter,
            NormalizeActions = _options.NormalizeActions,
            ClipActions = _options.ClipActions,
            Explore = _options.Explore,
            SmoothingEpisodes = _options.MetricsNumEpisodesForSmoothing,
            Threads = context.Threads,
            Seed = seed / "env_runner",
            Hooks = context.Hooks.EpisodeHooks,
            Clock = context.Time,
        });
        try
        {
            var module = ModuleRegistry.Create(_options.Module, new ModuleSpec(_runners.ObservationSize, _runners.ActionDistribution, _options.Model), (seed / "module").Stream());
            _learner = module.CreatePpoLearner(_options.ToLearnerOptions(), (seed / "learner").Stream(), context.Threads);
        }
        catch
        {
            _runners.Dispose();
            throw;
        }

        _components =
        [
            new("env_runner", _runners),
            new("learner_group", new ContainerComponent("LearnerGroup", KeyValuePair.Create<string, ICheckpointable>("learner", new PpoLearnerComponent(_learner, Policy.DefaultId)))),
        ];
    }

    /// <inheritdoc/>
    public override long NumEnvStepsSampledLifetime => _runners.StepsLifetime;

    /// <summary>The module that is trained and by which the runners act.</summary>
    public override RlModule Module => _learner.Module;

    private protected override IReadOnlyList<KeyValuePair<string, ICheckpointable>> Components => _components;

    /// <inheritdoc/>
    public override Metrics Train()
    {
        var start = Context.Time.GetTimestamp();
        var learnt = TrainCore();
        var step = Context.Time.GetElapsedTime(start);
        var metrics = new Metrics(64);
        _runners.WriteTo(metrics);
        learnt.CopyTo((name, value) => metrics[$"learners/{Policy.DefaultId}/{name}"] = value);
        metrics["learners/__all_modules__/num_trainable_parameters"] = learnt.ParameterCount;
        metrics["learners/__all_modules__/num_module_steps_trained"] = learnt.StepsTrained;
        metrics["learners/__all_modules__/num_module_steps_trained_lifetime"] = learnt.StepsTrainedLifetime;
        metrics["timers/training_step"] = step.TotalSeconds;
        metrics["timers/env_runner_sampling_timer"] = _samplingTime.TotalSeconds;
        metrics["timers/learner_update_timer"] = _learningTime.TotalSeconds;

        // The runners act by the learner's own weights: there is nothing to hand over.
        metrics["timers/synch_weights"] = 0.0;
        Complete(metrics, Context.Time.GetElapsedTime(start));
        return metrics;
    }

    /// <inheritdoc/>
    public override Policy GetPolicy(string id = Policy.DefaultId)
    {
        if (id != Policy.DefaultId)
        {
            throw new KeyNotFoundException($"There is no policy '{id}'; there is: {Policy.DefaultId}.");
        }

        var policy = new Policy(_learner.Module.Identity!, new PolicySpaces(
            _runners.ObservationSpace, _runners.ActionSpace, _options.ObservationFilter, _options.NormalizeActions, _options.ClipActions));
        policy.CopyFrom(_learner.Module, _runners.ToModule);
        return policy;
    }

    /// <summary>One iteration without its report: allocates nothing once it has run.</summary>
    internal PpoLearnerMetrics TrainCore()
    {
        var start = Context.Time.GetTimestamp();
        var batch = _runners.Sample(_learner.Module);
        var sampled = Context.Time.GetTimestamp();
        var learnt = _learner.Update(batch, _runners.StepsLifetime);
        _samplingTime = Context.Time.GetElapsedTime(start, sampled);
        _learningTime = Context.Time.GetElapsedTime(sampled);
        return learnt;
    }

    private protected override void Restored()
    {
        if (_runners.TakeRestoreNotice() is { } notice)
        {
            AlgorithmLog.RestoreNotice(Context.Logger, notice);
        }
    }

    private protected override void Dispose(bool disposing)
    {
        _learner.Dispose();
        _runners.Dispose();
    }
}
