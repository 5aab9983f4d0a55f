using Tuning.Checkpointing;
using Tuning.Connectors;
using Tuning.Distributions;
using Tuning.Environments;

namespace Tuning.Runners;

/// <summary>
/// The environment runners of an algorithm. In each iteration every runner plays its own copies of the environment, side by side on
/// as many threads as there are; then filters, episodes and logged values are merged in the order of the runners. What comes out
/// does not depend on the number of threads nor on how they interleave.
/// </summary>
/// <remarks>
/// Owned by one thread. The component <c>env_runner</c> of a checkpoint: counters, smoothing window, logged values, and per runner its
/// stream, and per copy the environment's state and stream and the running episode.
/// </remarks>
internal sealed partial class EnvRunnerGroup : IEnvRunnerGroup
{
    // What the weights' own count never is: before any iteration, and after a restore, whose count includes a change since.
    private const long NothingSeen = -1;

    private readonly SingleAgentEnvRunner[] _runners;
    private readonly EnvToModulePipeline[] _pipelines;
    private readonly RolloutBuffer[] _buffers;
    private readonly RunnerThreads _threads;
    private readonly EpisodeStatistics _statistics;
    private readonly IReadOnlyList<IReadOnlyList<RolloutBuffer>> _ofPolicies;
    private readonly Action<int> _sample;
    private readonly MetricsLogger _metrics = new();
    private RlModule? _module;
    private long _weightsSeen = NothingSeen;

    /// <summary>Makes the runners and their environments.</summary>
    /// <exception cref="ArgumentException">An option is out of range, or the environment's configuration does not fit.</exception>
    public EnvRunnerGroup(EnvRunnerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        Options = options;
        _runners = MakeRunners(options);
        _pipelines = [.. _runners.Select(r => r.ToModule)];
        ObservationSpace = _runners[0].Vector.ObservationSpace;
        ActionSpace = _runners[0].Vector.ActionSpace;
        ToModule = EnvToModulePipeline.Build(ObservationSpace, options.ObservationFilter, options.Connectors);
        ToEnvironment = new(ActionSpace, options.NormalizeActions, options.ClipActions);
        ActionDistribution = options.ActionDistribution(ActionSpace);
        Policies = [new(PolicyEnvironment.DefaultId, ObservationSpace, ActionSpace, ActionDistribution, ToModule, ToEnvironment)];
        _buffers = options.CompleteEpisodes
            ? [.. _runners.SelectMany(r => r.RecordLanes(ActionDistribution.ActionSize, ActionDistribution.InputSize))]
            : [.. _runners.Select(_ => new RolloutBuffer(options.StepsPerEnvironment, options.NumEnvsPerEnvRunner, ToModule.OutputSize, ActionDistribution.ActionSize, ActionDistribution.InputSize))];
        _ofPolicies = [_buffers];
        StepsPerIteration = checked(_runners.Length * options.NumEnvsPerEnvRunner * options.StepsPerEnvironment);
        _statistics = new(options.SmoothingEpisodes, options.MetricsPrefix);
        _threads = new(Math.Min(options.Threads, _runners.Length));
        var whole = EvaluationRound.WholeEpisodes(options.StepsPerEnvironment, checked(_runners.Length * options.NumEnvsPerEnvRunner));
        _sample = options.CompleteEpisodes
            ? runner => _runners[runner].Play(_module!, whole, _runners.Length, StepsLifetime)
            : runner => _runners[runner].Sample(_module!, _buffers[runner], StepsLifetime);
    }

    /// <summary>What the group was made from.</summary>
    public EnvRunnerOptions Options { get; }

    /// <inheritdoc/>
    public IReadOnlyList<PolicyEnvironment> Policies { get; }

    /// <summary>What environments show.</summary>
    public Space ObservationSpace { get; }

    /// <summary>What environments take.</summary>
    public Space ActionSpace { get; }

    /// <summary>Floats per observation of the module.</summary>
    public int ObservationSize => ToModule.OutputSize;

    /// <summary>The distribution that a module's outputs must parameterise for these actions.</summary>
    public ActionDistribution ActionDistribution { get; }

    /// <summary>From observation to module, with the statistics of all runners.</summary>
    public EnvToModulePipeline ToModule { get; }

    /// <summary>From module to action.</summary>
    public ModuleToEnvPipeline ToEnvironment { get; }

    /// <summary>The runners.</summary>
    public IReadOnlyList<SingleAgentEnvRunner> Runners => _runners;

    /// <summary>Steps of all copies per iteration; where episodes are whole, the fewest.</summary>
    public int StepsPerIteration { get; }

    /// <summary>Steps of all copies ever.</summary>
    public long StepsLifetime => _statistics.StepsLifetime;

    /// <summary>Finished episodes ever.</summary>
    public long EpisodesLifetime => _statistics.EpisodesLifetime;

    /// <summary>How often the weights that act had changed, counted when an iteration begins.</summary>
    public long WeightsSequenceNumber { get; private set; }

    /// <summary>Why the last restore started all episodes anew; null when it continued them, when nothing was restored, and once it was taken.</summary>
    public string? RestoreNotice { get; private set; }

    private bool WeightsChanged => _weightsSeen != NothingSeen && _weightsSeen != _module!.WeightsSequenceNumber;

    /// <inheritdoc/>
    public ComponentClass CheckpointClass => new("EnvRunner", ParameterSet.Empty);

    /// <inheritdoc/>
    IReadOnlyList<IReadOnlyList<RolloutBuffer>> IEnvRunnerGroup.Sample(IReadOnlyList<RlModule> modules)
    {
        Sample(modules[0]);
        return _ofPolicies;
    }

    /// <summary>
    /// Plays one iteration. The buffers are the group's own and are filled again by the next call: one per runner, where episodes are whole one per copy, always in
    /// the same order.
    /// </summary>
    /// <param name="module">The policy; its weights must not change during the call.</param>
    /// <exception cref="ArgumentException">The module's sizes do not fit the environment.</exception>
    public IReadOnlyList<RolloutBuffer> Sample(RlModule module)
    {
        Begin(module);
        _threads.Run(_runners.Length, _sample);
        ToModule.Gather(_pipelines);
        Merge();
        _statistics.Add(_runners, Options.CompleteEpisodes ? null : StepsPerIteration);
        return _buffers;
    }

    /// <summary>Writes what the runners report of the last iteration, the values of hooks included.</summary>
    public void WriteTo(Metrics metrics)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        _statistics.WriteTo(metrics, Options.IsEvaluation ? null : WeightsSequenceNumber);
        _runners[0].Exploration.WriteTo((name, value) => metrics[Options.MetricsPrefix + name] = value);
        _metrics.WriteTo(metrics, Options.MetricsPrefix);
    }

    /// <inheritdoc/>
    public IReadOnlyList<KeyValuePair<string, ICheckpointable>> GetCheckpointableComponents() =>
        [KeyValuePair.Create("env_to_module_connector", (ICheckpointable)ToModule), KeyValuePair.Create("module_to_env_connector", (ICheckpointable)ToEnvironment)];

    /// <inheritdoc/>
    public ParameterSet GetMetadata() => ParameterSet.From([new("num_env_steps_sampled_lifetime", StepsLifetime), new("num_episodes_lifetime", EpisodesLifetime)]);

    /// <inheritdoc/>
    public ComponentState CaptureState()
    {
        var state = EnvRunnerGroupState.Capture(this, _metrics);
        return _statistics.SaveTo(state with { Values = state.Values!.With("weights_seq_no", WeightsSequenceNumber + (WeightsChanged ? 1 : 0)) });
    }

    /// <inheritdoc/>
    public void ApplyState(ComponentState state)
    {
        _statistics.Restore(state);
        WeightsSequenceNumber = state.Value<long>("weights_seq_no");
        _weightsSeen = NothingSeen;
        RestoreNotice = EnvRunnerGroupState.Apply(this, _metrics, state);
    }

    /// <summary>The <see cref="RestoreNotice"/> for the log, once.</summary>
    public string? TakeRestoreNotice()
    {
        var notice = RestoreNotice;
        RestoreNotice = null;
        return notice;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _threads.Dispose();
        foreach (var runner in _runners)
        {
            runner.Dispose();
        }
    }

    // What is the same before sampling and before evaluating: weights are counted, filters handed out.
    private void Begin(RlModule module)
    {
        ArgumentNullException.ThrowIfNull(module);
        if (module.ObservationSize != ObservationSize || module.ActionDistribution.ActionSize != ActionDistribution.ActionSize || module.ActionDistribution.InputSize != ActionDistribution.InputSize)
        {
            throw new ArgumentException(
                $"The module takes {module.ObservationSize} numbers and gives {module.ActionDistribution}; the environment {Options.Environment} shows {ObservationSize} and needs {ActionDistribution}.", nameof(module));
        }

        if (WeightsChanged || (_weightsSeen != NothingSeen && !ReferenceEquals(_module, module)))
        {
            WeightsSequenceNumber++;
        }

        (_module, _weightsSeen) = (module, module.WeightsSequenceNumber);
        foreach (var pipeline in _pipelines)
        {
            pipeline.Synchronise(ToModule);
        }
    }

    private void Merge()
    {
        foreach (var runner in _runners)
        {
            _metrics.Merge(runner.Metrics);
        }
    }

    private static SingleAgentEnvRunner[] MakeRunners(EnvRunnerOptions options)
    {
        var runners = new List<SingleAgentEnvRunner>(options.Runners);
        try
        {
            for (var i = 0; i < options.Runners; i++)
            {
                runners.Add(new(options, i));
            }

            return [.. runners];
        }
        catch
        {
            runners.ForEach(r => r.Dispose());
            throw;
        }
    }
}
