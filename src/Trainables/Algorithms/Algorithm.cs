namespace Tuning;

/// <summary>
/// An algorithm that trains: the root of the tree of components that its checkpoints are. Make one with <c>config.Build()</c>, or
/// from a checkpoint with <c>FromCheckpoint</c>; in an experiment the <c>Tuner</c> makes one per trial.
/// </summary>
/// <remarks>
/// Not safe for concurrent use. <c>SaveToPath</c>, <c>RestoreFromPath</c>, <c>GetState</c> and <c>SetState</c> are those of every
/// component (<see cref="CheckpointableExtensions"/>). Restoring replaces what training changed; it never replaces what the
/// configuration gives.
/// </remarks>
public sealed partial class Algorithm : ICheckpointable, IDisposable
{
    private bool _initialized;
    private bool _disposed;
    private TimeSpan _trainedSinceRestore;
    private Evaluator? _evaluator;

    /// <summary>The configuration; a copy that nobody else changes.</summary>
    public AlgorithmConfig Config { get; }

    /// <summary>How many iterations were trained in the lifetime, over all restores.</summary>
    public long TrainingIteration { get; private set; }

    /// <summary>Iterations since this object was made or last restored.</summary>
    public long IterationsSinceRestore { get; private set; }

    /// <summary>Environment steps sampled in the lifetime, over all restores.</summary>
    public long NumEnvStepsSampledLifetime => _runners.StepsLifetime;

    /// <summary>The names of the policies, in ordinal order: <c>default_policy</c> alone unless there are several.</summary>
    public IReadOnlyList<string> PolicyIds { get; }

    /// <summary>The module of the only policy. Changing it changes the algorithm; <see cref="GetPolicy"/> makes a copy.</summary>
    /// <exception cref="InvalidOperationException">There are several; <see cref="GetModule"/> takes a name.</exception>
    public RlModule Module => _modules.Length == 1
        ? _modules[0]
        : throw new InvalidOperationException($"There are several policies: {string.Join(", ", PolicyIds)}; call {nameof(GetModule)} with the name of one.");

    /// <summary>Where hooks of the algorithm log values of their own, to appear in each result under the key they are logged with. Part of
    /// checkpoints.</summary>
    public MetricsLogger Metrics { get; } = new();

    /// <summary>What trains: the learners and modules of all policies. It belongs to this algorithm, and ends with it.</summary>
    public LearnerGroup LearnerGroup { get; }

    internal AlgorithmContext Context { get; }

    /// <summary>
    /// The algorithm that a checkpoint holds, ready to go on: configuration, weights, counters and all. An environment or a module of
    /// your own has to be registered under its name before; callbacks were code, and are given again by <paramref name="configure"/>.
    /// </summary>
    /// <param name="path">The directory of the checkpoint.</param>
    /// <param name="configure">Changes the configuration before the algorithm is made; null leaves it as it was.</param>
    /// <exception cref="DirectoryNotFoundException">The path does not exist; the message says what exists nearby.</exception>
    /// <exception cref="CheckpointException">It is no checkpoint of an algorithm, it is damaged, or something in it is not registered.</exception>
    public static Algorithm FromCheckpoint(string path, Func<AlgorithmConfig, AlgorithmConfig>? configure = null)
    {
        var directory = CheckpointStore.Open(path);
        var kind = ComponentFiles.ReadClass(directory);
        var config = AlgorithmRegistry.Configure(directory.Path, kind);
        config = configure is null ? config : configure(config) ?? throw new ArgumentException("The function returned no configuration.", nameof(configure));
        Algorithm algorithm;
        try
        {
            algorithm = config.Build();
        }
        catch (ArgumentException e) when (configure is null)
        {
            throw new CheckpointException($"The algorithm in {directory.Path} cannot be made again: {e.Message}", e);
        }

        try
        {
            algorithm.Restore(directory);
            return algorithm;
        }
        catch
        {
            algorithm.Dispose();
            throw;
        }
    }

    /// <summary>The algorithm that a checkpoint holds with some of its policies only, and a new mapping from agents to them.</summary>
    /// <param name="path">The directory of the checkpoint.</param>
    /// <param name="policyIds">Which policies it has.</param>
    /// <param name="policyMapping">Agents, or patterns of agents, to policies; null for the mapping of the checkpoint, which must then lead to these policies
    /// only.</param>
    /// <param name="policiesToTrain">Those that are trained; null for those of them that were.</param>
    /// <param name="configure">Changes the configuration further; null leaves it as it was.</param>
    /// <exception cref="DirectoryNotFoundException">The path does not exist; the message says what exists nearby.</exception>
    /// <exception cref="CheckpointException">It is no checkpoint of an algorithm, it is damaged, or it has no such policy.</exception>
    /// <exception cref="ArgumentException">The mapping leads to a policy that is not among them.</exception>
    public static Algorithm FromCheckpoint(
        string path, IReadOnlyCollection<string> policyIds, IReadOnlyDictionary<string, string>? policyMapping = null,
            IReadOnlyCollection<string>? policiesToTrain = null, Func<AlgorithmConfig, AlgorithmConfig>? configure = null) =>
        WithPolicies(path, policyIds, policyMapping, null, policiesToTrain, configure);

    /// <inheritdoc cref="FromCheckpoint(string, IReadOnlyCollection{string}, IReadOnlyDictionary{string, string}, IReadOnlyCollection{string}, Func{AlgorithmConfig, AlgorithmConfig})"/>
    /// <param name="path">The directory of the checkpoint.</param>
    /// <param name="policyIds">Which policies it has.</param>
    /// <param name="policyMappingFn">From an agent, when it first appears in an episode, to the name of its policy. Called by several threads at once.</param>
    /// <param name="policiesToTrain">Those that are trained; null for those of them that were.</param>
    /// <param name="configure">Changes the configuration further; null leaves it as it was.</param>
    public static Algorithm FromCheckpoint(
        string path, IReadOnlyCollection<string> policyIds, Func<string, Episode, string> policyMappingFn, IReadOnlyCollection<string>? policiesToTrain = null,
            Func<AlgorithmConfig, AlgorithmConfig>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(policyMappingFn);
        return WithPolicies(path, policyIds, null, policyMappingFn, policiesToTrain, configure);
    }

    /// <inheritdoc cref="FromCheckpoint(string, Func{AlgorithmConfig, AlgorithmConfig})"/>
    /// <summary>The algorithm that a checkpoint holds, with some options changed: <c>Algorithm.FromCheckpoint&lt;PpoConfig&gt;(dir, config =&gt;
    /// config.Training(lr: 1e-4))</c>.</summary>
    /// <typeparam name="TConfig">The configuration of the algorithm that the checkpoint holds.</typeparam>
    public static Algorithm FromCheckpoint<TConfig>(string path, Func<TConfig, TConfig> configure)
        where TConfig : AlgorithmConfig
    {
        ArgumentNullException.ThrowIfNull(configure);
        return FromCheckpoint(path, config => config is TConfig own
            ? configure(own)
            : throw new CheckpointException(
                $"{path} is a checkpoint of {config.Name}, whose configuration is a {config.GetType().Name} and no {typeof(TConfig).Name}."));
    }

    /// <summary>The module of a policy. Changing it changes the algorithm.</summary>
    /// <exception cref="KeyNotFoundException">There is no such policy; the message lists those that exist.</exception>
    public RlModule GetModule(string id) => _modules[IndexOf(id)];

    /// <summary>The policy as it stands, for serving: a copy of its own.</summary>
    /// <param name="id">Which one.</param>
    /// <exception cref="KeyNotFoundException">There is no such policy; the message lists those that exist.</exception>
    public Policy GetPolicy(string id = Policy.DefaultId)
    {
        var (module, environment, options) = (GetModule(id), _runners.Policies[IndexOf(id)], _blueprint.Options);
        var policy = new Policy(module.Identity!, new PolicySpaces(
            environment.ObservationSpace, environment.ActionSpace, options.ObservationFilter, options.NormalizeActions, options.ClipActions)
        {
            Environment = options.Environment,
            EnvironmentConfig = options.EnvironmentConfig,
            Connectors = options.EnvironmentToModuleConnectors,
            Horizon = options.Horizon
        });
        policy.CopyFrom(module, environment.ToModule);
        return policy;
    }

    /// <summary>Writes the checkpoint into a directory whose manifest somebody else writes.</summary>
    internal void SaveTo(CheckpointDirectory directory) => CheckpointableExtensions.SaveTo(this, directory);

    /// <summary>Ends the threads, frees the environments, and disposes of class callbacks that are <see cref="IDisposable"/>.</summary>
    public void Dispose()
    {
        _disposed = true;
        foreach (var learner in _learners)
        {
            learner?.Dispose();
        }

        _runners?.Dispose();
        _evaluator?.Dispose();
        Context.Hooks.Dispose();
    }

    /// <summary>Runs <c>OnAlgorithmInit</c>, once.</summary>
    internal void Initialize()
    {
        if (!_initialized)
        {
            _initialized = true;
            Context.Hooks.OnAlgorithmInit(this);
        }
    }

    private static Algorithm WithPolicies(
        string path, IReadOnlyCollection<string> ids, IReadOnlyDictionary<string, string>? mapping, Func<string, Episode, string>? function,
            IReadOnlyCollection<string>? train, Func<AlgorithmConfig, AlgorithmConfig>? configure)
    {
        ArgumentNullException.ThrowIfNull(ids);
        return FromCheckpoint(path, config =>
        {
            try
            {
                config.KeepPolicies(ids, mapping, function, train);
            }
            catch (CheckpointException e)
            {
                throw new CheckpointException($"Not these policies of the algorithm in {path}: {e.Message}", e);
            }

            return configure is null ? config : configure(config);
        });
    }

    private int IndexOf(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        var index = PolicyIds.ToList().IndexOf(id);
        return index >= 0 ? index
            : throw new KeyNotFoundException($"There is no policy '{id}'; there {(PolicyIds.Count == 1 ? "is" : "are")}: {string.Join(", ", PolicyIds)}.");
    }

    /// <summary>
    /// Evaluates the policies as they stand, as <c>config.Evaluation(…)</c> says: on environments and with seeds of its own, so that training goes
    /// on in the same way as without it. <see cref="Train"/> calls it every <c>evaluation_interval</c> iterations.
    /// </summary>
    /// <returns>The results, a new object at each call: <c>env_runners/episode_return_mean</c>, …; in those of <see cref="Train"/> they stand below
    /// <c>evaluation/</c>.</returns>
    /// <remarks>Without an interval its streams and counters are no part of checkpoints.</remarks>
    public Metrics Evaluate()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var evaluator = _evaluator ??= MakeEvaluator();
        Context.Hooks.OnEvaluateStart(this);
        var result = evaluator.Evaluate(_runners, _modules, _runners.StepsLifetime - _stepsBefore);
        Context.Hooks.OnEvaluateEnd(this, result);
        evaluator.Keep(result);
        return result;
    }

    private Evaluator MakeEvaluator() =>
        new(_blueprint.Options, EnvRunnerGroups.CreateEvaluation(_blueprint, Context, _seed / Evaluator.Component, _runners));

    // The evaluation that is due after the iteration that has just been trained.
    private void EvaluateInto(Metrics metrics)
    {
        var isDue = _evaluator?.IsDue(TrainingIteration + 1) == true;
        var start = Context.Time.GetTimestamp();
        if ((isDue ? Evaluate() : _evaluator?.Last) is not { } result)
        {
            return;
        }

        foreach (var (name, value) in result)
        {
            metrics["evaluation/" + name] = value;
        }

        if (isDue)
        {
            metrics["timers/evaluation_iteration"] = Context.Time.GetElapsedTime(start).TotalSeconds;
        }
    }

    /// <inheritdoc/>
    ComponentClass ICheckpointable.CheckpointClass => new(Config.Name, Config.ToParameters()) { TensorFile = "algorithm_state.safetensors" };

    /// <inheritdoc/>
    IReadOnlyCollection<string> ICheckpointable.CompanionDirectories => ["policies"];

    /// <inheritdoc/>
    IReadOnlyList<KeyValuePair<string, ICheckpointable>> ICheckpointable.GetCheckpointableComponents() => _components;

    /// <inheritdoc/>
    IReadOnlyList<KeyValuePair<string, ICheckpointable>> ICheckpointable.OtherParts =>
    [
        .. PolicyIds.Select((id, i) => KeyValuePair.Create<string, ICheckpointable>(
            "policies/" + id, new PolicyInPlace(_modules[i], _runners.Policies[i].ToModule, _runners.Policies[i].ToEnvironment))),
    ];

    /// <inheritdoc/>
    IReadOnlyCollection<string> ICheckpointable.OptionalComponents => [Evaluator.Component];

    /// <inheritdoc/>
    ComponentState ICheckpointable.CaptureState() => ComponentState.Empty with
    {
        Values = ParameterSet.From([new("training_iteration", TrainingIteration), new("metrics", Metrics.GetState())]),
    };

    /// <inheritdoc/>
    void ICheckpointable.ApplyState(ComponentState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        TrainingIteration = state.Value<long>("training_iteration");
        Metrics.SetState(state.Value<string>("metrics"));
    }

    /// <inheritdoc/>
    ParameterSet ICheckpointable.GetMetadata() => ParameterSet.From(
    [
        new("training_iteration", TrainingIteration),
        new("num_env_steps_sampled_lifetime", NumEnvStepsSampledLifetime),
        new("policy_ids", PolicyIds),
    ]);

    /// <inheritdoc/>
    void ICheckpointable.OnRestored()
    {
        (IterationsSinceRestore, _trainedSinceRestore, _stepsBefore) = (0, TimeSpan.Zero, NumEnvStepsSampledLifetime);
        foreach (var notice in new[] { LearnerGroup.TakeRestoreNotice(), _runners.TakeRestoreNotice(), _evaluator?.TakeRestoreNotice() })
        {
            if (notice is not null)
            {
                AlgorithmLog.RestoreNotice(Context.Logger, notice);
            }
        }

        Context.Hooks.OnCheckpointLoaded(this);
    }

    /// <inheritdoc/>
    string? ICheckpointable.ExplainMisfit(CheckpointDirectory saved) => AlgorithmMisfit.Explain(this, _runners.Policies, saved);

    /// <inheritdoc/>
    bool ICheckpointable.KeepsStateFile => true;

    /// <inheritdoc/>
    void ICheckpointable.WriteCompanions(CheckpointDirectory directory)
    {
        // The layout of RLlib before there was a tree, for tools that look for it. Nothing of it is read back.
        File.WriteAllText(directory.File("checkpoint_version.txt"), Policy.LayoutVersion + "\n");
        File.WriteAllBytes(directory.File(".is_checkpoint"), []);
        directory.WriteJson(".tune_metadata", new { TrainingIteration, TimestepsTotal = NumEnvStepsSampledLifetime });
        foreach (var id in PolicyIds)
        {
            CheckpointableExtensions.SaveTo(GetPolicy(id), new CheckpointDirectory(directory.File("policies/" + id)));
        }
    }
}
