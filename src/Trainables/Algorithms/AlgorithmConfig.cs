using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Tuning;

/// <summary>
/// How an algorithm is set up: a builder whose methods change it and return it. <see cref="Build"/>, and the <c>Tuner</c> it is
/// handed to, take a copy: later changes do not reach them.
/// </summary>
/// <remarks>Not safe for concurrent change.</remarks>
public abstract class AlgorithmConfig
{
    private protected AlgorithmConfig()
    {
    }

    /// <summary>The algorithm's name, which <c>run:</c> gives in experiment files.</summary>
    public abstract string Name { get; }

    /// <summary>The name of the environment; empty when none was given.</summary>
    public abstract string EnvironmentName { get; }

    /// <summary>Earlier name of <see cref="EnvironmentName"/>.</summary>
    [Obsolete("Use EnvironmentName.")]
    public string Env => EnvironmentName;

    /// <summary>The hooks that were added, in order.</summary>
    internal HookSources Hooks { get; set; } = HookSources.Empty;

    /// <summary>The names of metrics that they log; null when that was not said.</summary>
    internal IReadOnlyCollection<string>? OwnMetrics { get; set; }

    /// <summary>Every option with its value, by the names of experiment files.</summary>
    public abstract ParameterSet ToParameters();

    /// <summary>Makes the algorithm, and calls <c>OnAlgorithmInit</c>.</summary>
    /// <param name="threads">How many threads it may use; null for one per processor. Results do not depend on it.</param>
    /// <param name="services">Where the constructors of class callbacks get their arguments from; null for none.</param>
    /// <param name="logger">Where it writes notices; null for nowhere.</param>
    /// <exception cref="ArgumentException">An option breaks a rule; the message lists all that do.</exception>
    public Algorithm Build(int? threads = null, IServiceProvider? services = null, ILogger? logger = null)
    {
        var algorithm = Make(threads, services, logger);
        try
        {
            algorithm.Initialize();
            return algorithm;
        }
        catch
        {
            algorithm.Dispose();
            throw;
        }
    }

    /// <summary>
    /// The algorithm as something to hand to a <c>Tuner</c>, or to a host for files: <c>tuner.AddTrainable(new
    /// PpoConfig().Callbacks&lt;Mine&gt;().ToTrainable("my-ppo"))</c>
    /// lets files say <c>run: my-ppo</c>. With a copy of this configuration, whose options stand below those of the file.
    /// </summary>
    /// <param name="name">The name that files give; null for the algorithm's own.</param>
    public abstract TrainableDefinition ToTrainable(string? name = null);

    /// <summary>The algorithm as something to hand to a <c>Tuner</c>, with a copy of this configuration.</summary>
    public static implicit operator TrainableDefinition(AlgorithmConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return config.ToTrainable();
    }

    /// <summary>The algorithm of a configuration, before its hooks ran.</summary>
    internal Algorithm Make(int? threads, IServiceProvider? services, ILogger? logger)
    {
        if (threads is { } given)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(given, 1, nameof(threads));
        }

        services ??= new ServiceCollection().BuildServiceProvider();
        return Create(new AlgorithmContext
        {
            Seed = SeedPath.Of(FreshSeed()),
            Threads = threads ?? Environment.ProcessorCount,
            Services = services,
            Time = services.GetService<TimeProvider>() ?? TimeProvider.System,
            Logger = logger ?? NullLogger.Instance,
            Hooks = Hooks.Create(services),
        });
    }

    /// <summary>What sets this algorithm apart. The options have been checked.</summary>
    protected internal abstract AlgorithmBlueprint Blueprint();

    /// <summary>The blueprint with what every configuration has.</summary>
    internal abstract AlgorithmBlueprint Plan();

    /// <summary>A configuration of the same kind from parameters, with the defaults of the options for what they leave out.</summary>
    /// <exception cref="ArgumentException">A name is unknown or a value of the wrong type; the message lists all of them.</exception>
    internal abstract AlgorithmConfig Bind(ParameterSet parameters);

    /// <summary>The same with a few small iterations, for <see cref="AlgorithmWarmUp"/>, without anything of the user's own; null when there is no such
    /// thing.</summary>
    internal virtual AlgorithmConfig? WarmUp() => null;

    /// <summary>Leaves out all policies but some.</summary>
    /// <param name="ids">Those that stay.</param>
    /// <param name="mapping">Which agent follows which of them; null for the one there is.</param>
    /// <param name="function">As <paramref name="mapping"/>, by a function.</param>
    /// <param name="train">Those that are trained; null for those of them that were.</param>
    /// <exception cref="CheckpointException">There is no such policy.</exception>
    internal abstract void KeepPolicies(IReadOnlyCollection<string> ids, IReadOnlyDictionary<string, string>? mapping, Func<string, Episode, string>? function,
        IReadOnlyCollection<string>? train);

    /// <summary>Makes the algorithm; checks all options.</summary>
    internal abstract Algorithm Create(AlgorithmContext context);

    private static ulong FreshSeed() => BitConverter.ToUInt64(System.Security.Cryptography.RandomNumberGenerator.GetBytes(8));
}
