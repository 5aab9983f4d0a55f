namespace Tuning;

/// <summary>
/// The part of a configuration that all algorithms have. Arguments that are left out stay as they are.
/// </summary>
/// <typeparam name="TConfig">The configuration itself, which the methods return.</typeparam>
/// <typeparam name="TOptions">Its options.</typeparam>
/// <remarks>A builder: its methods change it and return it.</remarks>
public abstract partial class AlgorithmConfig<TConfig, TOptions> : AlgorithmConfig
    where TConfig : AlgorithmConfig<TConfig, TOptions>, new()
    where TOptions : AlgorithmOptions, new()
{
    /// <summary>With the defaults of the options.</summary>
    protected AlgorithmConfig()
    {
    }

    /// <summary>The options as they stand. Setting them replaces all.</summary>
    public TOptions Options { get; set; } = new();

    /// <inheritdoc/>
    public override string EnvironmentName => Options.Environment;

    /// <summary>The configuration that parameters describe; what they leave out has its default.</summary>
    /// <param name="parameters">Options by the names of experiment files.</param>
    /// <exception cref="ArgumentException">A name is unknown or a value of the wrong type; the message lists all of them.</exception>
#pragma warning disable CA1000 // Inherited: it is called as PpoConfig.FromParameters.
    public static TConfig FromParameters(ParameterSet parameters)
    {
        var issues = OptionSchema.Of(typeof(TOptions)).Read(parameters, out var options, rules: false);
        return issues.Count == 0 ? new() { Options = (TOptions)options! } : throw new ArgumentException(Text(issues), nameof(parameters));
    }

#pragma warning restore CA1000

    /// <summary>Sets the environment.</summary>
    /// <param name="env">Its registered name.</param>
    /// <param name="envConfig">What its factory is handed.</param>
    /// <param name="normalizeActions">Whether the policy's −1 to 1 is stretched to the bounds of the action space.</param>
    /// <param name="clipActions">Whether actions are cut off at these bounds.</param>
    public TConfig Environment(string? env = null, ParameterSet? envConfig = null, bool? normalizeActions = null, bool? clipActions = null)
    {
        Options = Options with
        {
            Environment = env ?? Options.Environment,
            EnvironmentConfig = envConfig ?? Options.EnvironmentConfig,
            NormalizeActions = normalizeActions ?? Options.NormalizeActions,
            ClipActions = clipActions ?? Options.ClipActions,
        };
        return (TConfig)this;
    }

    /// <summary>Sets how experience is collected.</summary>
    /// <param name="numEnvRunners">How many groups of environments there are.</param>
    /// <param name="numEnvsPerEnvRunner">How many environments each group has.</param>
    /// <param name="observationFilter"><c>NoFilter</c> or <c>MeanStdFilter</c>.</param>
    /// <param name="rolloutFragmentLength">Steps per environment in each piece of an iteration.</param>
    /// <param name="explore">Whether actions are drawn; false takes the likeliest.</param>
    /// <param name="envToModuleConnectors">Registered connectors that observations pass in order, before the filter.</param>
    /// <param name="batchMode"><c>truncate_episodes</c>, or <c>complete_episodes</c> for PPO: every batch consists of whole episodes.</param>
    public TConfig EnvRunners(
        int? numEnvRunners = null,
        int? numEnvsPerEnvRunner = null,
        ObservationFilter? observationFilter = null,
        int? rolloutFragmentLength = null,
        bool? explore = null,
        IReadOnlyList<string>? envToModuleConnectors = null,
        BatchMode? batchMode = null)
    {
        Options = Options with
        {
            EnvironmentRunners = numEnvRunners ?? Options.EnvironmentRunners,
            EnvironmentsPerRunner = numEnvsPerEnvRunner ?? Options.EnvironmentsPerRunner,
            ObservationFilter = observationFilter ?? Options.ObservationFilter,
            RolloutFragmentLength = rolloutFragmentLength ?? Options.RolloutFragmentLength,
            Explore = explore ?? Options.Explore,
            BatchMode = batchMode ?? Options.BatchMode,
            EnvironmentToModuleConnectors = envToModuleConnectors is null ? Options.EnvironmentToModuleConnectors : [.. envToModuleConnectors],
        };
        return (TConfig)this;
    }

    /// <summary>Sets how the policy is evaluated while it is trained.</summary>
    /// <param name="interval">After how many iterations; 0 for never.</param>
    /// <param name="duration">How many episodes or steps an evaluation has, over all its environments.</param>
    /// <param name="durationUnit"><c>episodes</c> or <c>timesteps</c>.</param>
    /// <param name="numEnvRunners">How many groups of environments evaluate.</param>
    /// <param name="evaluationConfig">What is different while evaluating: <c>new() { Explore = false }</c> takes the likeliest actions.</param>
    /// <param name="forceResetEnvsBeforeIteration">Whether each evaluation begins with new episodes.</param>
    /// <param name="alwaysAttachEvaluationResults">Whether iterations without an evaluation repeat the last results.</param>
    public TConfig Evaluation(
        int? interval = null,
        int? duration = null,
        EvaluationUnit? durationUnit = null,
        int? numEnvRunners = null,
        EvaluationConfig? evaluationConfig = null,
        bool? forceResetEnvsBeforeIteration = null,
        bool? alwaysAttachEvaluationResults = null)
    {
        Options = Options with
        {
            EvaluationInterval = interval ?? Options.EvaluationInterval,
            EvaluationDuration = duration ?? Options.EvaluationDuration,
            EvaluationDurationUnit = durationUnit ?? Options.EvaluationDurationUnit,
            EvaluationEnvironmentRunners = numEnvRunners ?? Options.EvaluationEnvironmentRunners,
            EvaluationConfig = evaluationConfig ?? Options.EvaluationConfig,
            EvaluationResetsEnvironments = forceResetEnvsBeforeIteration ?? Options.EvaluationResetsEnvironments,
            AlwaysAttachEvaluationResults = alwaysAttachEvaluationResults ?? Options.AlwaysAttachEvaluationResults,
        };
        return (TConfig)this;
    }

    /// <summary>Sets the networks.</summary>
    /// <param name="fcnetHiddens">Sizes of the hidden layers.</param>
    /// <param name="fcnetActivation"><c>tanh</c>, <c>relu</c>, <c>swish</c> or <c>linear</c>.</param>
    /// <param name="vfShareLayers">Whether policy and value function share the hidden layers.</param>
    /// <param name="freeLogStd">Whether the log standard deviations are parameters of their own.</param>
    /// <param name="useGsde">Whether exploration depends on the state.</param>
    /// <param name="initialLogStd">The log standard deviation that free ones, and those of state-dependent exploration, start with.</param>
    public TConfig Model(IReadOnlyList<int>? fcnetHiddens = null, Activation? fcnetActivation = null, bool? vfShareLayers = null, bool? freeLogStd = null,
        bool? useGsde = null, double? initialLogStd = null)
    {
        var model = Options.Model;
        Options = Options with
        {
            Model = model with
            {
                HiddenLayers = fcnetHiddens is null ? model.HiddenLayers : [.. fcnetHiddens],
                Activation = fcnetActivation ?? model.Activation,
                ValueSharesLayers = vfShareLayers ?? model.ValueSharesLayers,
                FreeLogStandardDeviation = freeLogStd ?? model.FreeLogStandardDeviation,
                UseGsde = useGsde ?? model.UseGsde,
                InitialLogStandardDeviation = initialLogStd ?? model.InitialLogStandardDeviation,
            },
        };
        return (TConfig)this;
    }

    /// <summary>Sets the networks.</summary>
    public TConfig RlModule(ModelOptions model)
    {
        ArgumentNullException.ThrowIfNull(model);
        Options = Options with { Model = model };
        return (TConfig)this;
    }

    /// <summary>Sets what is reported.</summary>
    /// <param name="metricsNumEpisodesForSmoothing">Over how many finished episodes returns and lengths are averaged.</param>
    /// <param name="ownMetrics">
    /// The full names of what hooks log, <c>env_runners/angle</c>; a trailing <c>/*</c> stands for any name below. Once they are given, or where there are no
    /// hooks, an experiment that names any other metric is refused before it begins.
    /// </param>
    public TConfig Reporting(int? metricsNumEpisodesForSmoothing = null, IReadOnlyCollection<string>? ownMetrics = null)
    {
        Options = Options with { SmoothingEpisodes = metricsNumEpisodesForSmoothing ?? Options.SmoothingEpisodes };
        OwnMetrics = ownMetrics is null ? OwnMetrics : [.. ownMetrics];
        return (TConfig)this;
    }

    /// <summary>Sets the seed.</summary>
    /// <param name="seed">Any; null derives one from the trial's place in the experiment.</param>
    public TConfig Debugging(long? seed)
    {
        Options = Options with { Seed = seed };
        return (TConfig)this;
    }

    /// <summary>Adds class callbacks. One instance serves the algorithm and one each environment runner, made per trial by dependency injection.</summary>
    /// <typeparam name="TCallbacks">The class. Its constructor's arguments come from the host's services.</typeparam>
    public TConfig Callbacks<TCallbacks>()
        where TCallbacks : AlgorithmCallbacks
    {
        Hooks = Hooks.Add<TCallbacks>();
        return (TConfig)this;
    }

    /// <summary>Adds class callbacks made by a function: for constructors with arguments of one's own. Called as often as <see cref="Callbacks{TCallbacks}()"/>
    /// makes instances.</summary>
    public TConfig Callbacks(Func<IServiceProvider, AlgorithmCallbacks> factory)
    {
        ArgumentNullException.ThrowIfNull(factory);
        Hooks = Hooks.Add(factory);
        return (TConfig)this;
    }

    /// <summary>Adds functions, each called at one event. They may be called by several threads and several trials at once; call this again to add
    /// more.</summary>
    /// <param name="onAlgorithmInit">The algorithm is made; before its first step: the place for <c>algorithm.RestoreFromPath(dir)</c>.</param>
    /// <param name="onTrainResult">An iteration has ended; the result may be changed.</param>
    /// <param name="onEvaluateStart">An evaluation begins.</param>
    /// <param name="onEvaluateEnd">An evaluation has ended; its results may be changed.</param>
    /// <param name="onCheckpointLoaded">A checkpoint, or a part of one, was loaded.</param>
    /// <param name="onEnvironmentCreated">A copy of the environment was made.</param>
    /// <param name="onEpisodeCreated">An episode is about to begin.</param>
    /// <param name="onEpisodeStart">An episode has begun.</param>
    /// <param name="onEpisodeStep">A step was taken.</param>
    /// <param name="onEpisodeEnd">An episode has ended.</param>
    /// <param name="onSampleEnd">A runner has filled its part of the batch.</param>
    /// <param name="onMultiAgentEnvironmentCreated">A copy of an environment with several agents was made.</param>
    public TConfig Callbacks(
        Action<Algorithm>? onAlgorithmInit = null,
        Action<Algorithm, Metrics>? onTrainResult = null,
        Action<Algorithm>? onEvaluateStart = null,
        Action<Algorithm, Metrics>? onEvaluateEnd = null,
        Action<Algorithm>? onCheckpointLoaded = null,
        Action<EnvRunner, IEnvironment, EnvironmentContext>? onEnvironmentCreated = null,
        Action<EnvRunner, Episode>? onEpisodeCreated = null,
        Action<EnvRunner, Episode>? onEpisodeStart = null,
        Action<EnvRunner, Episode>? onEpisodeStep = null,
        Action<EnvRunner, Episode>? onEpisodeEnd = null,
        Action<EnvRunner, RolloutBuffer>? onSampleEnd = null,
        Action<EnvRunner, IMultiAgentEnvironment, EnvironmentContext>? onMultiAgentEnvironmentCreated = null)
    {
        Hooks = Hooks.Add(new DelegateCallbacks(onAlgorithmInit, onTrainResult, onEvaluateStart, onEvaluateEnd, onCheckpointLoaded, onEnvironmentCreated,
            onMultiAgentEnvironmentCreated, onEpisodeCreated, onEpisodeStart, onEpisodeStep, onEpisodeEnd, onSampleEnd));
        return (TConfig)this;
    }

    /// <summary>A search space over these options, to which domains are added: <c>ppo.Space().Add(c =&gt; c.LearningRate, Domain.LogUniform(1e-5, 1e-3))</c>.
    /// The space wins over the configuration.</summary>
#pragma warning disable CA1822 // It belongs to this configuration, whose other options stand below the space.
    public SearchSpace<TOptions> Space() => new();
#pragma warning restore CA1822

    /// <summary>A configuration of its own with the same content.</summary>
    public TConfig Copy() => new() { Options = Options, Hooks = Hooks, PolicyMapping = PolicyMapping, OwnMetrics = OwnMetrics };

    /// <inheritdoc/>
    public override ParameterSet ToParameters() => OptionSchema.Of(typeof(TOptions)).ToParameters(Options);

    /// <inheritdoc/>
    public override TrainableDefinition ToTrainable(string? name = null) => new AlgorithmDefinition<TConfig, TOptions>(Copy(), name ?? Name);

    /// <summary>Older names of options and metrics, and keys that are ignored or refused.</summary>
    /// <value>Default: those that all algorithms share.</value>
    protected internal virtual TrainableVocabulary Vocabulary => ForeignNames.Of(Name);

    /// <inheritdoc/>
    internal override AlgorithmBlueprint Plan()
    {
        var plan = Blueprint();
        return plan with
        {
            Options = Options,
            Parameters = ToParameters,
            PolicyMapping = PolicyMapping,
            LearnerClass = plan.LearnerClass.Length > 0 ? plan.LearnerClass : Name + "Learner",
            OfPolicies = Options.OwnOptions.ToDictionary(p => p.Policy, p => OfPolicy(p.Config, out _)?.Plan() ?? plan, StringComparer.Ordinal),
        };
    }

    // The configuration with the options of one policy, as if all had them.
    private TConfig? OfPolicy(ParameterSet config, out List<ParameterIssue> issues)
    {
        var schema = OptionSchema.Of(typeof(TOptions));
        foreach (var (old, today) in Vocabulary.Parameters.Where(p => config.Names.Contains(p.Key)))
        {
            config = ParameterSet.From(config.Where(p => p.Key != old)).With(today, config[old]);
        }

        issues = schema.Read(config, out _, rules: false);
        issues.AddRange(config.Names.Where(n => schema.Paths.Any(p => p == n || p.StartsWith(n + ".", StringComparison.Ordinal))
            && !PolicyOptionRules.IsOfOne(n, typeof(TOptions)))
            .Select(n => new ParameterIssue(n, "is one for all policies: the same environments sample for all of them.")));
        if (issues.Count > 0)
        {
            return null;
        }

        issues = schema.Read(schema.Overlay(schema.Difference(Options with { MultiAgent = null, AlgorithmConfigOverridesPerModule = ParameterSet.Empty },
            new TOptions()), config), out var options);
        return options is null ? null : new() { Options = (TOptions)options, Hooks = Hooks };
    }

    /// <summary>Everything that is reported with these options.</summary>
    internal MetricDeclaration ReportedMetrics() => Algorithms.ReportedMetrics.Of(Plan(), OwnMetrics, hasHooks: !Hooks.IsEmpty);

    /// <inheritdoc/>
    internal override AlgorithmConfig Bind(ParameterSet parameters) => FromParameters(parameters);

    /// <summary>Everything that is wrong with the options, and whether it is said which agents follow which policies, be it by a table or by a
    /// function.</summary>
    internal IReadOnlyList<ParameterIssue> Check()
    {
        var issues = OptionSchema.Of(typeof(TOptions)).Check(Options);
        var rules = new OptionRules(issues);
        AlgorithmValidation.Check(Options, rules);
        CheckOptions(rules);

        foreach (var (id, config) in Options.OwnOptions)
        {
            var own = OfPolicy(config, out var faults);
            faults.AddRange(own is null || faults.Count > 0 ? [] : own.Check().Where(i => config.Names.Contains(i.Path.Split('.')[0])).ToList());
            foreach (var fault in faults)
            {
                var place = Options.AlgorithmConfigOverridesPerModule.TryGet($"{id}.{fault.Path}", out _)
                    ? $"algorithm_config_overrides_per_module.{id}.{fault.Path}"
                    : $"multi_agent.policies.{id}.config.{fault.Path}";
                issues.Add(fault with { Path = place, Message = fault.Message.Replace($"'{fault.Path}'", $"'{place}'", StringComparison.Ordinal) });
            }
        }

        if (Options.MultiAgent is { PolicyMapping: null, Policies.Count: > 1 } several && PolicyMapping is null)
        {
            rules.Add("multi_agent.policy_mapping", $"is not given; it must say which agents follow which of {string.Join(", ", several.Policies.Keys)}, for " +
                $"example {{\"*\": {several.Policies.Keys.First()}}}");
        }

        return issues;
    }

    /// <summary>Says what is wrong with the options beyond the rules that stand on them as attributes: what two of them mean for each other.</summary>
    /// <param name="rules">Is told every fault; all are shown at once.</param>
    protected virtual void CheckOptions(OptionRules rules)
    {
    }

    private static string Text(IEnumerable<ParameterIssue> issues) => string.Join(" ", issues.Select(i => i.Sentence));

    /// <inheritdoc/>
    internal override Algorithm Create(AlgorithmContext context)
    {
        var issues = Check();
        if (issues.Count == 0)
        {
            return new Algorithm(Copy(), Plan(), context);
        }

        context.Hooks.Dispose();
        throw new ArgumentException(Text(issues));
    }

    /// <inheritdoc/>
    internal override void KeepPolicies(IReadOnlyCollection<string> ids, IReadOnlyDictionary<string, string>? mapping, Func<string, Episode, string>? function,
        IReadOnlyCollection<string>? train)
    {
        var several = Options.MultiAgent ?? throw new CheckpointException($"It has one policy, {PolicyEnvironment.DefaultId}: there are none to choose from.");
        if (ids.Except(several.Policies.Keys).ToList() is { Count: > 0 } unknown)
        {
            throw new CheckpointException(
                $"It has no policy {string.Join(", ", unknown.Select(u => $"'{u}'"))}; it has: {string.Join(", ", several.Policies.Keys)}.");
        }

        PolicyMapping = function;
        MultiAgent(several with
        {
            Policies = several.Policies.Where(p => ids.Contains(p.Key)).ToImmutableSortedDictionary(StringComparer.Ordinal),
            PolicyMapping = mapping?.ToImmutableSortedDictionary(StringComparer.Ordinal) ?? (function is null ? several.PolicyMapping : null),
            PoliciesToTrain = train?.ToImmutableSortedSet(StringComparer.Ordinal) ?? several.PoliciesToTrain?.Intersect(ids),
        });
    }
}
