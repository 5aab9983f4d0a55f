namespace Tuning.Runners;

/// <summary>
/// The environment runners of an algorithm. In each iteration every runner plays its own copies of the environment, side by side on
/// as many threads as there are; then filters, episodes and logged values are merged in the order of the runners. What comes out
/// does not depend on the number of threads nor on how they interleave.
/// </summary>
/// <remarks>
/// Owned by one thread. The component <c>env_runner</c> of a checkpoint: counters, smoothing window, logged values, streams, the state of every copy and its
/// running
/// episode, and with several agents what each saw, did and waits for.
/// </remarks>
internal sealed class EnvRunnerGroup : ICheckpointable, IDisposable
{
    // What the weights' own count never is: before any iteration, and after a restore, whose count includes a change since.
    private const long NothingSeen = -1;

    private readonly EnvRunner[] _runners;
    private readonly EnvToModulePipeline[][] _pipelines;
    private readonly IReadOnlyList<RolloutBuffer>[] _buffers;
    private readonly RunnerThreads _threads;
    private readonly EpisodeStatistics _statistics;
    private readonly MetricsLogger _metrics = new();
    private readonly Action<int> _sample;
    private IReadOnlyList<RlModule> _modules = [];
    private long _weightsSeen = NothingSeen;

    /// <summary>Makes the runners and their environments.</summary>
    /// <param name="options">What they are made from.</param>
    /// <param name="policies">The names of the policies; null for one, <c>default_policy</c>.</param>
    /// <param name="mapping">Which agent follows which; null where there is one policy.</param>
    /// <exception cref="ArgumentException">An option is out of range, the environment's configuration does not fit, or the mapping does not fit the
    /// agents.</exception>
    public EnvRunnerGroup(EnvRunnerOptions options, IEnumerable<string>? policies = null, PolicyMapping? mapping = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        Options = options;
        string[] ids = [.. policies ?? [PolicyEnvironment.DefaultId]];
        (Layout, _runners) = Make(options, ids, mapping ?? PolicyMapping.All(ids[0]));
        _pipelines = [.. Policies.Select((_, p) => _runners.Select(r => r.Policies[p].ToModule).ToArray())];
        _buffers = [.. Policies.Select((_, p) => _runners.SelectMany(r => r.Rows is { } rows ? [rows] : r.Policies[p].Used).ToArray())];
        var copies = checked(_runners.Length * options.NumEnvsPerEnvRunner);
        StepsPerIteration = checked(copies * options.StepsPerEnvironment);
        _statistics = new(options.SmoothingEpisodes, options.MetricsPrefix, Layout);
        _threads = new(Math.Min(options.Threads, _runners.Length));
        var whole = EvaluationRound.WholeEpisodes(options.StepsPerEnvironment, copies);
        _sample = options.CompleteEpisodes
            ? runner => _runners[runner].Play(_modules, whole, _runners.Length, StepsLifetime)
            : runner => _runners[runner].Sample(_modules, StepsLifetime);
    }

    /// <summary>What the group was made from.</summary>
    public EnvRunnerOptions Options { get; }

    /// <summary>Which agent follows which policy.</summary>
    public PolicyLayout Layout { get; }

    /// <summary>The policies, in ordinal order of their names; one, <c>default_policy</c>, where there is one agent.</summary>
    public IReadOnlyList<PolicyEnvironment> Policies => Layout.Policies;

    /// <summary>The runners.</summary>
    public IReadOnlyList<EnvRunner> Runners => _runners;

    /// <summary>Steps of all copies per iteration; where episodes are whole, the fewest.</summary>
    public int StepsPerIteration { get; }

    /// <summary>Environment steps of all copies ever: a step of an environment counts once, however many agents act.</summary>
    public long StepsLifetime => _statistics.StepsLifetime;

    /// <summary>Finished episodes ever.</summary>
    public long EpisodesLifetime => _statistics.EpisodesLifetime;

    /// <summary>How often weights that act had changed, counted when an iteration begins.</summary>
    public long WeightsSequenceNumber { get; private set; }

    /// <summary>Why the last restore started all episodes anew; null when it continued them, when nothing was restored, and once it was taken.</summary>
    public string? RestoreNotice { get; private set; }

    /// <inheritdoc/>
    public ComponentClass CheckpointClass => new(Layout.IsMultiAgent ? "MultiAgentEnvRunner" : "EnvRunner", ParameterSet.Empty);

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

    /// <summary>
    /// Plays one iteration. Per policy, in the order of <see cref="Policies"/>, a list of buffers, always the same in the same order (a list may
    /// grow): one of its environments goes on where it was in the iteration before.
    /// The buffers are the group's own and are filled again by the next call: one per runner; one per trajectory with several agents, or where episodes are
    /// whole.
    /// </summary>
    /// <param name="modules">One per policy; weights must not change during the call.</param>
    /// <exception cref="ArgumentException">A module's sizes do not fit.</exception>
    public IReadOnlyList<IReadOnlyList<RolloutBuffer>> Sample(IReadOnlyList<RlModule> modules)
    {
        Begin(modules);
        _threads.Run(_runners.Length, _sample);
        for (var p = 0; p < _pipelines.Length; p++)
        {
            Policies[p].ToModule.Gather(_pipelines[p]);
        }

        Merge(Options.CompleteEpisodes ? null : StepsPerIteration);
        return _buffers;
    }

    /// <summary>Plays one evaluation, of which <see cref="WriteTo"/> then tells, and of no earlier one. Only a group that was made for it is asked.</summary>
    /// <param name="modules">One per policy; weights must not change during the call.</param>
    /// <param name="round">How long.</param>
    /// <param name="lifetimeSteps">Environment steps that training has sampled so far; exploration follows it.</param>
    /// <exception cref="ArgumentException">A module's sizes do not fit.</exception>
    public void Evaluate(IReadOnlyList<RlModule> modules, EvaluationRound round, long lifetimeSteps)
    {
        Begin(modules);
        _statistics.Forget();
        _threads.Run(_runners.Length, runner => _runners[runner].Play(modules, round, _runners.Length, lifetimeSteps));
        Merge(null);
    }

    /// <summary>Writes what the runners report of the episodes and steps since the last call, the values of hooks included.</summary>
    public void WriteTo(Metrics metrics)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        _statistics.WriteTo(metrics, Options.IsEvaluation ? null : WeightsSequenceNumber);

        // Schedules follow the steps of the environment: they are the same for all policies.
        _runners[0].Policies[0].Exploration.WriteTo((name, value) => metrics[Options.MetricsPrefix + name] = value);
        _metrics.WriteTo(metrics, Options.MetricsPrefix);
    }

    /// <inheritdoc/>
    public IReadOnlyList<KeyValuePair<string, ICheckpointable>> GetCheckpointableComponents() =>
    [
        Connectors("env_to_module_connector", "MultiAgentEnvToModulePipeline", p => p.ToModule),
        Connectors("module_to_env_connector", "MultiAgentModuleToEnvPipeline", p => p.ToEnvironment),
    ];

    /// <inheritdoc/>
    public ParameterSet GetMetadata()
    {
        var steps = ParameterSet.From([new("num_env_steps_sampled_lifetime", StepsLifetime), new("num_episodes_lifetime", EpisodesLifetime)]);
        steps = _runners[0].Vector.CanSaveState ? steps : steps.With("running_episodes", $"begin anew: {Options.Environment.Name} cannot save its state");
        return Layout.IsMultiAgent ? steps.With("agent_ids", Layout.Agents).With("policy_ids", Policies.Select(p => p.Id).ToList()) : steps;
    }

    /// <inheritdoc/>
    public ComponentState CaptureState()
    {
        var state = _statistics.SaveTo(EnvRunnerGroupState.Capture(this, _metrics));
        return state with { Values = state.Values!.With("weights_seq_no", WeightsSequenceNumber + (WeightsChanged ? 1 : 0)) };
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

    // One policy's own, or those of all policies, one below the other.
    private KeyValuePair<string, ICheckpointable> Connectors(string component, string name, Func<PolicyEnvironment, ICheckpointable> of) =>
        new(component, Layout.IsMultiAgent ? new PolicyConnectors(name, Policies.Select(p => KeyValuePair.Create(p.Id, of(p)))) : of(Policies[0]));

    // What is the same before sampling and before evaluating: weights are counted, filters handed out.
    private void Begin(IReadOnlyList<RlModule> modules)
    {
        ArgumentNullException.ThrowIfNull(modules);
        ArgumentOutOfRangeException.ThrowIfNotEqual(modules.Count, Policies.Count, nameof(modules));
        for (var i = 0; i < modules.Count; i++)
        {
            var (module, policy) = (modules[i], Policies[i]);
            var (given, needed) = (module.ActionDistribution, policy.ActionDistribution);
            if (module.ObservationSize != policy.ToModule.OutputSize || (given.ActionSize, given.InputSize) != (needed.ActionSize, needed.InputSize))
            {
                throw new ArgumentException(
                    $"The module of the policy '{policy.Id}' takes {module.ObservationSize} numbers and gives {module.ActionDistribution}; its agents in "
                        + $"{Options.Environment} see {policy.ToModule.OutputSize} and need {policy.ActionDistribution}.", nameof(modules));
            }
        }

        _modules = modules;
        WeightsSequenceNumber += WeightsChanged ? 1 : 0;
        _weightsSeen = Weights;
        for (var p = 0; p < _pipelines.Length; p++)
        {
            foreach (var pipeline in _pipelines[p])
            {
                pipeline.Synchronise(Policies[p].ToModule);
            }
        }
    }

    private void Merge(long? planned)
    {
        foreach (var runner in _runners)
        {
            _metrics.Merge(runner.Metrics);
        }

        _statistics.Add(_runners, planned);
    }

    private static (PolicyLayout Layout, EnvRunner[] Runners) Make(EnvRunnerOptions options, string[] policies, PolicyMapping mapping)
    {
        var copies = new List<IDisposable>(options.Runners);
        try
        {
            PolicyLayout? layout = null;
            var runners = new EnvRunner[options.Runners];
            for (var i = 0; i < runners.Length; i++)
            {
                var seed = EnvRunner.SeedOf(options, i);
                var environments = new VectorEnvironment(options.Environment, options.EnvironmentConfig, options.NumEnvsPerEnvRunner, seed);
                copies.Add(environments);
                layout ??= new(environments, policies, mapping, options);
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
