namespace Tuning.Training;

/// <summary>A function as a trainable.</summary>
internal sealed class FunctionDefinition<TConfig> : TrainableDefinition
{
    private readonly Func<TrialContext<TConfig>, CancellationToken, ValueTask> _function;

    public FunctionDefinition(string name, Func<TrialContext<TConfig>, CancellationToken, ValueTask> function, bool checkpoints, Objective? objective)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        (Name, _function, Checkpoints, DefaultObjective) = (name, function, checkpoints, objective);
        ParameterNames = Trainable.ParametersOf(typeof(TConfig));
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override bool Checkpoints { get; }

    /// <inheritdoc/>
    public override Objective? DefaultObjective { get; }

    /// <inheritdoc/>
    public override IReadOnlyCollection<string> ParameterNames { get; }

    internal override Type? ConfigurationType => ParameterNames.Count > 0 ? typeof(TConfig) : null;

    /// <inheritdoc/>
    public override ParameterSet DefaultValues => TypedConfiguration.DefaultsOf(typeof(TConfig));

    /// <inheritdoc/>
    public override IEnumerable<ParameterIssue> Validate(ParameterSet config) => TypedConfiguration.Validate<TConfig>(config);

    /// <inheritdoc/>
    public override ITrainable Create(IServiceProvider services) => new Segment(_function);

    private sealed class Segment(Func<TrialContext<TConfig>, CancellationToken, ValueTask> function) : ITrainable
    {
        public ValueTask RunAsync(TrialContext trial, CancellationToken cancellationToken)
        {
            if (trial.Hooks.Length > 0)
            {
                throw new TrialConfigurationException($"The experiment has the hook '{trial.Hooks[0].Hook}'; a function has no hooks. Load what you need in " +
                    $"the function itself, or write a class.");
            }

            return function(TypedConfiguration.Context<TConfig>(trial), cancellationToken);
        }
    }
}

/// <summary>Configurations as objects of the user's types.</summary>
internal static class TypedConfiguration
{
    /// <summary>What keeps a configuration from being read as <typeparamref name="TConfig"/>.</summary>
    public static IEnumerable<ParameterIssue> Validate<TConfig>(ParameterSet config) =>
        config is TConfig ? [] : OptionSchema.Of(typeof(TConfig)).Read(config, out _, "parameter");

    /// <summary>What a configuration has where nothing is given; empty where something must be.</summary>
    public static ParameterSet DefaultsOf(Type config)
    {
        object? made = null;
        return config != typeof(ParameterSet) && OptionSchema.Of(config).Read(ParameterSet.Empty, out made, rules: false).Count == 0 && made is not null
            ? OptionSchema.Of(config).Written(made) : ParameterSet.Empty;
    }

    /// <summary>The trial with its configuration as an object.</summary>
    /// <exception cref="TrialConfigurationException">The configuration cannot be read as <typeparamref name="TConfig"/>.</exception>
    public static TrialContext<TConfig> Context<TConfig>(TrialContext trial)
    {
        using var synchronous = new SynchronousCode();
        try
        {
            return new TrialContext<TConfig>(trial);
        }
        catch (InvalidOperationException e)
        {
            throw new TrialConfigurationException(e.Message, e);
        }
    }
}
