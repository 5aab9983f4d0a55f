using Tuning.Hosting;
using Tuning.Specification;

namespace Tuning;

/// <summary>Makes what this library can train known to a host: <c>services.AddTuner(t =&gt; t.AddTrainables())</c>.</summary>
public static class TrainablesExtensions
{
    // RLlib's and Stable-Baselines3's algorithms that do not exist here.
    private static readonly (string[] Names, string Hint)[] _others =
    [
        (["SimpleQ", "SimpleQTrainer"],
            "It is DQN without what came later: run: DQN with config: {double_q: false, dueling: false, replay_buffer_config: {prioritized: false}}."),
        (["Rainbow", "ApexDQN", "APEX", "R2D2", "QRDQN"], "The nearest here is DQN."),
        (["APPO", "DDPPO", "IMPALA", "A2C", "A3C", "PG", "TRPO", "RecurrentPPO"], "The nearest here is PPO."),
        (["DDPG", "TD3", "ApexDDPG", "CrossQ", "TQC"], "The nearest here is SAC."),
    ];

    /// <summary>
    /// Adds the algorithms (<c>run: PPO</c>), those of <see cref="AlgorithmRegistry"/> too, and the environments of <see cref="EnvironmentRegistry"/>, those
    /// that are registered later included, and to a command line the commands <c>export</c> and <c>evaluate</c>.
    /// </summary>
    /// <exception cref="ArgumentException">They were added before.</exception>
    public static TunerBuilder AddTrainables(this TunerBuilder tuner)
    {
        ArgumentNullException.ThrowIfNull(tuner);
        tuner.Catalog.AddTrainables();
        return tuner.AddCommand(PolicyCommands.EvaluateCommand).AddCommand(PolicyCommands.ExportCommand);
    }

    /// <summary>
    /// Adds the algorithms (<c>run: PPO</c>) and the environments of <see cref="EnvironmentRegistry"/>, those that are registered later included.
    /// </summary>
    /// <exception cref="ArgumentException">They were added before.</exception>
    public static ComponentCatalog AddTrainables(this ComponentCatalog catalog)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        foreach (var config in AlgorithmRegistry.All.Concat(AlgorithmRegistry.Own.Where(own => catalog.FindTrainable(own.Name) is null)))
        {
            catalog.AddTrainable(config.ToTrainable(), config.Name.ToLowerInvariant());
        }

        foreach (var (names, hint) in _others)
        {
            foreach (var name in names)
            {
                catalog.TrainableHints.TryAdd(name, hint);
            }
        }

        return catalog.AddEnvironments(() => EnvironmentRegistry.Names, name => EnvironmentRegistry.Get(name).ParameterNames)
            .AddEnvironmentPrefixes(() => EnvironmentRegistry.Prefixes);
    }

    /// <summary>Registers an algorithm of one's own, for the whole process, and lets files say <c>run:</c> with its name.</summary>
    /// <inheritdoc cref="AlgorithmRegistry.Register"/>
    /// <param name="tuner">The host's.</param>
    /// <param name="config">The algorithm; its options stand below those of the files.</param>
    public static TunerBuilder AddAlgorithm(this TunerBuilder tuner, AlgorithmConfig config)
    {
        ArgumentNullException.ThrowIfNull(tuner);
        tuner.Catalog.AddAlgorithm(config);
        return tuner;
    }

    /// <summary>Registers an algorithm of one's own, for the whole process, and lets files say <c>run:</c> with its name.</summary>
    /// <inheritdoc cref="AlgorithmRegistry.Register"/>
    /// <param name="catalog">What files can name.</param>
    /// <param name="config">The algorithm; its options stand below those of the files.</param>
    public static ComponentCatalog AddAlgorithm(this ComponentCatalog catalog, AlgorithmConfig config)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        AlgorithmRegistry.Register(config);
        return catalog.FindTrainable(config.Name) is null ? catalog.AddTrainable(config.ToTrainable(), config.Name.ToLowerInvariant()) : catalog;
    }

    /// <summary>Registers an environment, for the whole process.</summary>
    /// <inheritdoc cref="EnvironmentRegistry.Register"/>
    /// <param name="tuner">The host's.</param>
    /// <param name="name">The name that <c>env:</c> gives.</param>
    /// <param name="create">Makes a copy from its <c>env_config</c>. Called by several threads at once.</param>
    /// <param name="maxEpisodeSteps">After how many steps an episode is truncated; null when the environment ends its episodes itself.</param>
    public static TunerBuilder AddEnvironment(this TunerBuilder tuner, string name, Func<ParameterSet, IEnvironment> create, int? maxEpisodeSteps = null)
    {
        ArgumentNullException.ThrowIfNull(tuner);
        EnvironmentRegistry.Register(name, create, maxEpisodeSteps);
        return tuner;
    }

    /// <summary>Registers an environment with several agents, for the whole process.</summary>
    /// <inheritdoc cref="EnvironmentRegistry.RegisterMultiAgent"/>
    /// <param name="tuner">The host's.</param>
    /// <param name="name">The name that <c>env:</c> gives.</param>
    /// <param name="create">Makes a copy from its <c>env_config</c>. Called by several threads at once.</param>
    /// <param name="maxEpisodeSteps">After how many steps of the environment an episode is truncated; null when the environment ends its episodes
    /// itself.</param>
    public static TunerBuilder AddMultiAgentEnvironment(
        this TunerBuilder tuner, string name, Func<ParameterSet, IMultiAgentEnvironment> create, int? maxEpisodeSteps = null)
    {
        ArgumentNullException.ThrowIfNull(tuner);
        EnvironmentRegistry.RegisterMultiAgent(name, create, maxEpisodeSteps);
        return tuner;
    }

    /// <summary>Registers a connector, for the whole process.</summary>
    /// <inheritdoc cref="ConnectorRegistry.Register"/>
    /// <param name="tuner">The host's.</param>
    /// <param name="name">The name that <c>config.env_to_module_connectors</c> gives.</param>
    /// <param name="factory">Makes a connector whose input has the size that is asked for. Called by several threads at once.</param>
    public static TunerBuilder AddConnector(this TunerBuilder tuner, string name, Func<ConnectorSpec, ObservationConnector> factory)
    {
        ArgumentNullException.ThrowIfNull(tuner);
        ConnectorRegistry.Register(name, factory);
        return tuner;
    }

    /// <summary>Registers a learner, for the whole process.</summary>
    /// <inheritdoc cref="LearnerRegistry.Register"/>
    /// <param name="tuner">The host's.</param>
    /// <param name="name">The name that <c>config.learner</c> gives.</param>
    /// <param name="factory">Makes the learner of one policy. Called by several threads at once.</param>
    public static TunerBuilder AddLearner(this TunerBuilder tuner, string name, Func<LearnerSpec, Learner> factory)
    {
        ArgumentNullException.ThrowIfNull(tuner);
        LearnerRegistry.Register(name, factory);
        return tuner;
    }

    /// <summary>Registers a module, for the whole process.</summary>
    /// <inheritdoc cref="ModuleRegistry.Register"/>
    /// <param name="tuner">The host's.</param>
    /// <param name="name">The name that <c>config.module</c> gives.</param>
    /// <param name="factory">Makes the module; the stream is for its initial weights.</param>
    public static TunerBuilder AddModule(this TunerBuilder tuner, string name, Func<ModuleSpec, RandomStream, RlModule> factory)
    {
        ArgumentNullException.ThrowIfNull(tuner);
        ModuleRegistry.Register(name, factory);
        return tuner;
    }
}
