using Tuning.Checkpointing;
using Tuning.Connectors;
using Tuning.Environments;

namespace Tuning.Runners;

/// <summary>
/// The environment runners of an algorithm whose environment has several agents. As <see cref="EnvRunnerGroup"/>, with connectors, exploration and
/// buffers for each policy: one buffer per runner, copy and agent that may follow the policy.
/// </summary>
/// <remarks>
/// Owned by one thread. The component <c>env_runner</c> of a checkpoint: what <see cref="EnvRunnerGroup"/> keeps there, and what every agent saw, did and waits for.
/// </remarks>
internal sealed partial class MultiAgentEnvRunnerGroup : IEnvRunnerGroup
{
    // What the weights' own count never is: before any iteration, and after a restore, whose count includes a change since.
    private const long NothingSeen = -1;

    private readonly MultiAgentEnvRunner[] _runners;
    private readonly EnvToModulePipeline[][] _pipelines;
    private readonly IReadOnlyList<IReadOnlyList<RolloutBuffer>> _buffers;
    private readonly RunnerThreads _threads;
    private readonly EpisodeStatistics _statistics;
    private readonly AgentStatistics _agents;
    private readonly KeyValuePair<string, ICheckpointable>[] _connectors;
    private readonly MetricsLogger _metrics = new();
    private readonly Action<int> _sample;
    private readonly int _stepsPerIteration;
    private IReadOnlyList<RlModule> _modules = [];
    private long _weightsSeen = NothingSeen;

    /// <summary>Makes the runners and their environments.</summary>
    /// <param name="options">What they are made from.</param>
    /// <param name="policies">The names of the policies.</param>
    /// <param name="mapping">Which agent follows which.</param>
    /// <exception cref="ArgumentException">An option is out of range, the environment's configuration does not fit, or the mapping does not fit the agents.</exception>
    public MultiAgentEnvRunnerGroup(EnvRunnerOptions options, IEnumerable<string> policies, PolicyMapping mapping)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        Options = options;
        (Layout, _runners) = Make(options, policies, mapping);
        _pipelines = [.. Layout.Policies.Select((_, p) => _runners.Select(r => r.Policies[p].ToModule).ToArray())];
        _buffers = [.. Layout.Policies.Select((_, p) => _runners.SelectMany(r => r.Policies[p].Used).ToArray())];
        _agents = new(options.SmoothingEpisodes, options.MetricsPrefix, Layout.Agents, Layout.Policies.Select(p => p.Id));
        _statistics = new(options.SmoothingEpisodes, options.MetricsPrefix, _agents);
        _threads = new(Math.Min(options.Threads, _runners.Length));
        _stepsPerIteration = checked(_runners.Length * options.NumEnvsPerEnvRunner * options.StepsPerEnvironment);
        var whole = EvaluationRound.WholeEpisodes(options.StepsPerEnvironment, checked(_runners.Length * options.NumEnvsPerEnvRunner));
        _sample = options.CompleteEpisodes
            ? runner => _runners[runner].Play(_modules, whole, _runners.Length, StepsLifetime)
            : runner => _runners[runner].Sample(_modules, StepsLifetime);
        _connectors =
        [
            new("env_to_module_connector", new PolicyConnectors("MultiAgentEnvToModulePipeline", Layout.Policies.Select(p => KeyValuePair.Create(p.Id, (ICheckpointable)p.ToModule)))),
            new("module_to_env_connector", new PolicyConnectors("MultiAgentModuleToEnvPipeline", Layout.Policies.Select(p => KeyValuePair.Create(p.Id, (ICheckpointable)p.ToEnvironment)))),
        ];
    }

    /// <summary>What the group was made from.</summary>
    public EnvRunnerOptions Options { get; }

    /// <summary>Which agent follows which policy.</summary>
    public PolicyLayout Layout { get; }

    /// <inheritdoc/>
    public IReadOnlyList<PolicyEnvironment> Policies => Layout.Policies;

    /// <summary>The runners.</summary>
    public IReadOnlyList<MultiAgentEnvRunner> Runners => _runners;

    /// <inheritdoc/>
    public long StepsLifetime => _statistics.StepsLifetime;

    /// <summary>Finished episodes ever.</summary>
    public long EpisodesLifetime => _statistics.EpisodesLifetime;

    /// <summary>How often weights that act had changed, counted when an iteration begins.</summary>
    public long WeightsSequenceNumber { get; private set; }

    /// <summary>Why the last restore started all episodes anew; null when it continued them, when nothing was restored, and once it was taken.</summary>
    public string? RestoreNotice { get; private set; }

    private long Weights
    {
        get
        {
            var sum = 0L;
            for (var i = 0; i < _modules.Count; i++)
            {
                sum += _modules[i].WeightsSequenceNumber;
            }

            return sum;
        }
    }

    private bool WeightsChanged => _weightsSeen != NothingSeen && _weightsSeen != Weights;

    /// <inheritdoc/>
    public ComponentClass CheckpointClass => new("MultiAgentEnvRunner", ParameterSet.Empty);

    /// <inheritdoc/>
    public IReadOnlyList<IReadOnlyList<RolloutBuffer>> Sample(IReadOnlyList<RlModule> modules)
    {
        Begin(modules);
        _threads.Run(_runners.Length, _sample);
        for (var p = 0; p < _pipelines.Length; p++)
        {
            Policies[p].ToModule.Gather(_pipelines[p]);
        }

        Merge();
        _statistics.Add(_runners, Options.CompleteEpisodes ? null : _stepsPerIteration);
        return _buffers;
    }

    // What is the same before sampling and before evaluating: weights are counted, filters handed out.
    private void Begin(IReadOnlyList<RlModule> modules)
    {
        ArgumentNullException.ThrowIfNull(modules);
        ArgumentOutOfRangeException.ThrowIfNotEqual(modules.Count, Policies.Count, nameof(modules));
        for (var i = 0; i < modules.Count; i++)
        {
            var (module, policy) = (modules[i], Policies[i]);
            if (module.ObservationSize != policy.ToModule.OutputSize || module.ActionDistribution.ActionSize != policy.ActionDistribution.ActionSize || module.ActionDistribution.InputSize != policy.ActionDistribution.InputSize)
            {
                throw new ArgumentException(
                    $"The module of the policy '{policy.Id}' takes {module.ObservationSize} numbers and gives {module.ActionDistribution}; its agents in {Options.Environment} see {policy.ToModule.OutputSize} and need {policy.ActionDistribution}.", nameof(modules));
            }
        }

        _modules = modules;
        if (WeightsChanged)
        {
            WeightsSequenceNumber++;
        }

        _weightsSeen = Weights;
        for (var p = 0; p < _pipelines.Length; p++)
        {
            foreach (var pipeline in _pipelines[p])
            {
                pipeline.Synchronise(Policies[p].ToModule);
            }
        }
    }

    private void Merge()
    {
        foreach (var runner in _runners)
        {
            _metrics.Merge(runner.Metrics);
            _agents.Count(runner);
        }
    }

    /// <inheritdoc/>
    public void WriteTo(Metrics metrics)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        _statistics.WriteTo(metrics, Options.IsEvaluation ? null : WeightsSequenceNumber);
        _metrics.WriteTo(metrics, Options.MetricsPrefix);
    }

    /// <inheritdoc/>
    public IReadOnlyList<KeyValuePair<string, ICheckpointable>> GetCheckpointableComponents() => _connectors;

    /// <inheritdoc/>
    public ParameterSet GetMetadata() => ParameterSet.From(
    [
        new("num_env_steps_sampled_lifetime", StepsLifetime),
        new("num_episodes_lifetime", EpisodesLifetime),
        new("agent_ids", Layout.Agents),
        new("policy_ids", Policies.Select(p => p.Id).ToList()),
    ]);

    /// <inheritdoc/>
    public ComponentState CaptureState()
    {
        var state = MultiAgentEnvRunnerGroupState.Capture(this, _metrics);
        state = _statistics.SaveTo(state with { Values = state.Values!.With("weights_seq_no", WeightsSequenceNumber + (WeightsChanged ? 1 : 0)) });
        return _agents.SaveTo(state);
    }

    /// <inheritdoc/>
    public void ApplyState(ComponentState state)
    {
        _statistics.Restore(state);
        _agents.Restore(state);
        WeightsSequenceNumber = state.Value<long>("weights_seq_no");
        _weightsSeen = NothingSeen;
        RestoreNotice = MultiAgentEnvRunnerGroupState.Apply(this, _metrics, state);
    }

    /// <inheritdoc/>
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

    private static (PolicyLayout Layout, MultiAgentEnvRunner[] Runners) Make(EnvRunnerOptions options, IEnumerable<string> policies, PolicyMapping mapping)
    {
        var copies = new List<IDisposable>(options.Runners);
        try
        {
            PolicyLayout? layout = null;
            var runners = new MultiAgentEnvRunner[options.Runners];
            for (var i = 0; i < runners.Length; i++)
            {
                var environments = new VectorMultiAgentEnvironment(options.Environment, options.EnvironmentConfig, options.NumEnvsPerEnvRunner, MultiAgentEnvRunner.SeedOf(options, i));
                copies.Add(environments);
                layout ??= new(
                    options.Environment.Name,
                    [.. environments.Agents.Select((name, a) => (name, environments.ObservationSpaces[a], environments.ActionSpaces[a]))],
                    policies,
                    mapping,
                    options);
                runners[i] = new(options, layout, environments, i);
            }

            return (layout!, runners);
        }
        catch
        {
            copies.ForEach(c => c.Dispose());
            throw;
        }
    }
}
