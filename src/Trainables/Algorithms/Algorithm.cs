using System.Diagnostics.CodeAnalysis;
using Tuning.Algorithms;
using Tuning.Checkpointing;
using Tuning.Runners;

namespace Tuning;

/// <summary>
/// An algorithm that trains: the root of the tree of components that its checkpoints are. Make one with <c>config.Build()</c>, or
/// from a checkpoint with <see cref="FromCheckpoint"/>; in an experiment the <c>Tuner</c> makes one per trial.
/// </summary>
/// <remarks>
/// Not safe for concurrent use. <c>SaveToPath</c>, <c>RestoreFromPath</c>, <c>GetState</c> and <c>SetState</c> are those of every
/// component (<see cref="CheckpointableExtensions"/>). Restoring replaces what training changed; it never replaces what the
/// configuration gives.
/// </remarks>
public abstract class Algorithm : ICheckpointable, IDisposable
{
    private bool _initialized;
    private TimeSpan _trainedSinceRestore;

    private protected Algorithm(AlgorithmConfig config, AlgorithmContext context) => (Config, Context) = (config, context);

    /// <summary>The configuration; a copy that nobody else changes.</summary>
    public AlgorithmConfig Config { get; }

    /// <summary>How many iterations were trained in the lifetime, over all restores.</summary>
    public long TrainingIteration { get; private set; }

    /// <summary>Iterations since this object was made or last restored.</summary>
    public long IterationsSinceRestore { get; private set; }

    /// <summary>Environment steps sampled in the lifetime, over all restores.</summary>
    public abstract long NumEnvStepsSampledLifetime { get; }

    /// <summary>The module that is trained. Changing it changes the algorithm; <see cref="GetPolicy"/> makes a copy.</summary>
    public abstract RlModule Module { get; }

    /// <summary>Where hooks of the algorithm log values of their own, to appear in each result under the key they are logged with. Part of checkpoints.</summary>
    public MetricsLogger Metrics { get; } = new();

    /// <inheritdoc/>
    ComponentClass ICheckpointable.CheckpointClass => new(Config.Name, Config.ToParameters()) { TensorFile = "algorithm_state.safetensors" };

    /// <inheritdoc/>
    IReadOnlyCollection<string> ICheckpointable.CompanionDirectories => ["policies"];

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

    /// <inheritdoc cref="FromCheckpoint(string, Func{AlgorithmConfig, AlgorithmConfig})"/>
    /// <summary>The algorithm that a checkpoint holds, with some options changed: <c>Algorithm.FromCheckpoint&lt;PpoConfig&gt;(dir, config =&gt; config.Training(lr: 1e-4))</c>.</summary>
    /// <typeparam name="TConfig">The configuration of the algorithm that the checkpoint holds.</typeparam>
    public static Algorithm FromCheckpoint<TConfig>(string path, Func<TConfig, TConfig> configure)
        where TConfig : AlgorithmConfig
    {
        ArgumentNullException.ThrowIfNull(configure);
        return FromCheckpoint(path, config => config is TConfig own
            ? configure(own)
            : throw new CheckpointException($"{path} is a checkpoint of {config.Name}, whose configuration is a {config.GetType().Name} and no {typeof(TConfig).Name}."));
    }

    /// <summary>One iteration: collects a batch of experience and trains on it.</summary>
    /// <returns>The metrics, a new object at each call.</returns>
    public abstract Metrics Train();

    /// <summary>The policy as it stands, for serving: a copy of its own.</summary>
    /// <param name="id">Which one; there is <c>default_policy</c>.</param>
    /// <exception cref="KeyNotFoundException">There is no such policy.</exception>
    public abstract Policy GetPolicy(string id = Policy.DefaultId);

    /// <summary>Writes the checkpoint into a directory whose manifest somebody else writes.</summary>
    internal void SaveTo(CheckpointDirectory directory) => CheckpointableExtensions.SaveTo(this, directory);

    /// <summary>Ends the threads, frees the environments, and disposes of class callbacks that are <see cref="IDisposable"/>.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        Context.Hooks.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc/>
    IReadOnlyList<KeyValuePair<string, ICheckpointable>> ICheckpointable.GetCheckpointableComponents() => Components;

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
        new("policy_ids", new[] { Policy.DefaultId }),
    ]);

    /// <inheritdoc/>
    void ICheckpointable.OnRestored()
    {
        (IterationsSinceRestore, _trainedSinceRestore) = (0, TimeSpan.Zero);
        Restored();
        Context.Hooks.OnCheckpointLoaded(this);
    }

    /// <inheritdoc/>
    void ICheckpointable.WriteCompanions(CheckpointDirectory directory)
    {
        // The layout of RLlib before there was a tree, for tools that look for it. Nothing of it is read back.
        File.WriteAllText(directory.File("checkpoint_version.txt"), Policy.LayoutVersion + "\n");
        File.WriteAllBytes(directory.File(".is_checkpoint"), []);
        directory.WriteJson(".tune_metadata", new { TrainingIteration, TimestepsTotal = NumEnvStepsSampledLifetime });
        var policy = GetPolicy();
        CheckpointableExtensions.SaveTo(policy, new CheckpointDirectory(directory.File("policies/" + Policy.DefaultId)));
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

    /// <summary>Counts an iteration, and adds to its result what all algorithms report: counts, and what hooks have logged.</summary>
    /// <param name="metrics">The result.</param>
    /// <param name="duration">How long the iteration took.</param>
    private protected void Complete(Metrics metrics, TimeSpan duration)
    {
        TrainingIteration++;
        IterationsSinceRestore++;
        _trainedSinceRestore += duration;
        metrics["num_env_steps_sampled_lifetime"] = NumEnvStepsSampledLifetime;
        metrics["num_training_step_calls_per_iteration"] = 1;
        metrics["training_iteration"] = TrainingIteration;
        metrics["iterations_since_restore"] = IterationsSinceRestore;
        metrics["time_since_restore"] = _trainedSinceRestore.TotalSeconds;
        metrics["timers/training_iteration"] = duration.TotalSeconds;
        Metrics.WriteTo(metrics, "");
        Context.Hooks.OnTrainResult(this, metrics);
    }

    private protected abstract IReadOnlyList<KeyValuePair<string, ICheckpointable>> Components { get; }

    /// <summary>Something was restored. The runners act by the learner's own weights, so that new weights act at once.</summary>
    private protected abstract void Restored();

    /// <summary>Ends the threads and frees the environments.</summary>
    [SuppressMessage("Design", "CA1063", Justification = "Closed family: nothing but managed members")]
    private protected abstract void Dispose(bool disposing);
}
