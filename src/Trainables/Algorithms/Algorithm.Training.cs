namespace Tuning;

public sealed partial class Algorithm
{
    // What is also reported summed over all modules.
    private static readonly string[] _summed = ["num_trainable_parameters", "num_module_steps_trained", "num_module_steps_trained_lifetime"];
    internal static readonly string[] SummedPaths = [.. _summed.Select(name => "learners/__all_modules__/" + name)];
    private readonly AlgorithmBlueprint _blueprint;
    private readonly EnvRunnerGroup _runners;
    private readonly RlModule[] _modules;
    private readonly Learner?[] _learners;
    private readonly KeyValuePair<string, ICheckpointable>[] _components;
    private readonly SeedPath _seed;

    // Made once: there is one for each metric of each report.
    private readonly Dictionary<string, string>?[] _learnerPaths;
    private TimeSpan _samplingTime;
    private TimeSpan _learningTime;
    private int _trainingSteps;

    // Environment steps before the last iteration of this object.
    private long _stepsBefore;

    internal Algorithm(AlgorithmConfig config, AlgorithmBlueprint blueprint, AlgorithmContext context)
    {
        (Config, Context, _blueprint) = (config, context, blueprint);
        var options = blueprint.Options;
        var seed = _seed = options.Seed is { } given ? SeedPath.Of(unchecked((ulong)given)) : context.Seed;
        var identity = new LearnerIdentity(config.Name, blueprint.LearnerClass, config.ToParameters());
        _learners = [];
        try
        {
            _runners = EnvRunnerGroups.Create(blueprint, context, seed / "env_runner");
            PolicyIds = [.. _runners.Policies.Select(p => p.Id)];
            _modules = new RlModule[PolicyIds.Count];
            _learners = new Learner?[PolicyIds.Count];
            if (options.EvaluationInterval > 0)
            {
                _evaluator = MakeEvaluator();
            }

            for (var i = 0; i < _modules.Length; i++)
            {
                var place = options.MultiAgent is null ? seed : seed / PolicyIds[i];
                _modules[i] = blueprint.CreateModule(_runners.Policies[i], (place / "module").Stream());
                if (blueprint.Trains(PolicyIds[i]))
                {
                    _learners[i] = blueprint.CreateLearner(PolicyIds[i], identity, _modules[i], (place / "learner").Stream(), context.Threads);
                }
            }
        }
        catch
        {
            Dispose();
            throw;
        }

        _learnerPaths = new Dictionary<string, string>?[_learners.Length];
        LearnerGroup = new LearnerGroup(
            identity,
            [.. PolicyIds.Zip(_modules, KeyValuePair.Create)],
            [.. PolicyIds.Zip(_learners, KeyValuePair.Create).Where(l => l.Value is not null).Select(l => KeyValuePair.Create(l.Key, l.Value!))]);
        _components =
        [
            new("env_runner", _runners),
            .. _evaluator is null ? [] : new KeyValuePair<string, ICheckpointable>[] { new(Evaluator.Component, _evaluator) },
            new("learner_group", LearnerGroup),
        ];
    }

    /// <summary>One iteration: collects experience and trains on it, in one training step or as many as the options ask for.</summary>
    /// <returns>The metrics, a new object at each call.</returns>
    /// <exception cref="ObjectDisposedException">The algorithm was disposed of.</exception>
    public Metrics Train()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var start = Context.Time.GetTimestamp();
        TrainCore();
        var step = Context.Time.GetElapsedTime(start);
        var metrics = new Metrics(64);
        _runners.WriteTo(metrics);
        WriteLearners(metrics);
        metrics["timers/training_step"] = step.TotalSeconds / _trainingSteps;
        metrics["timers/env_runner_sampling_timer"] = _samplingTime.TotalSeconds;
        metrics["timers/learner_update_timer"] = _learningTime.TotalSeconds;

        // The runners act by the learner's own weights: there is nothing to hand over.
        metrics["timers/synch_weights"] = 0.0;
        var duration = Context.Time.GetElapsedTime(start);
        EvaluateInto(metrics);
        Complete(metrics, duration);
        return metrics;
    }

    /// <summary>What was restored as a result: an iteration in which nothing is sampled or trained.</summary>
    internal Metrics Standing()
    {
        var metrics = new Metrics(64);
        _runners.WriteTo(metrics);
        WriteCounts(metrics);
        return metrics;
    }

    /// <summary>One iteration without its report: allocates nothing once it has run.</summary>
    internal void TrainCore()
    {
        _stepsBefore = _runners.StepsLifetime;
        var until = _stepsBefore + _blueprint.Options.MinSampleTimestepsPerIteration;
        (_samplingTime, _learningTime, _trainingSteps) = (TimeSpan.Zero, TimeSpan.Zero, 0);
        do
        {
            var start = Context.Time.GetTimestamp();
            var batch = _runners.Sample(_modules);
            var sampled = Context.Time.GetTimestamp();
            for (var i = 0; i < _learners.Length; i++)
            {
                _learners[i]?.Train(batch[i], _runners.StepsLifetime);
            }

            _samplingTime += Context.Time.GetElapsedTime(start, sampled);
            _learningTime += Context.Time.GetElapsedTime(sampled);
            _trainingSteps++;
        }
        while (_runners.StepsLifetime < until);
    }

    private void WriteLearners(Metrics metrics)
    {
        Span<long> sums = stackalloc long[_summed.Length];
        for (var i = 0; i < _learners.Length; i++)
        {
            if (_learners[i] is not { } learner)
            {
                continue;
            }

            var paths = _learnerPaths[i] ??= new(StringComparer.Ordinal);
            learner.WriteTo((name, value) =>
            {
                if (!paths.TryGetValue(name, out var path))
                {
                    paths.Add(name, path = $"learners/{PolicyIds[i]}/{name}");
                }

                metrics[path] = value;
            });
            for (var j = 0; j < _summed.Length; j++)
            {
                sums[j] += paths.TryGetValue(_summed[j], out var path) ? (long)(metrics.Number(path) ?? 0) : 0;
            }
        }

        for (var j = 0; j < _summed.Length; j++)
        {
            metrics[SummedPaths[j]] = sums[j];
        }
    }

    /// <summary>Counts an iteration, and adds to its result what all algorithms report: counts, and what hooks have logged.</summary>
    /// <param name="metrics">The result.</param>
    /// <param name="duration">How long the iteration took.</param>
    private void Complete(Metrics metrics, TimeSpan duration)
    {
        TrainingIteration++;
        IterationsSinceRestore++;
        _trainedSinceRestore += duration;
        metrics["num_training_step_calls_per_iteration"] = _trainingSteps;
        WriteCounts(metrics);
        metrics["timers/training_iteration"] = duration.TotalSeconds;
        Metrics.WriteTo(metrics, "");
        Context.Hooks.OnTrainResult(this, metrics);
    }

    private void WriteCounts(Metrics metrics)
    {
        metrics["num_env_steps_sampled_lifetime"] = NumEnvStepsSampledLifetime;
        metrics["training_iteration"] = TrainingIteration;
        metrics["iterations_since_restore"] = IterationsSinceRestore;
        metrics["time_since_restore"] = _trainedSinceRestore.TotalSeconds;
    }
}
