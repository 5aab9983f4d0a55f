namespace Tuning.Algorithms;

/// <summary>An algorithm as something that experiments run.</summary>
/// <param name="config">A copy that nobody else changes.</param>
/// <param name="name">The name that files give.</param>
internal sealed class AlgorithmDefinition<TConfig, TOptions>(TConfig config, string name) : TrainableDefinition
    where TConfig : AlgorithmConfig<TConfig, TOptions>, new()
    where TOptions : AlgorithmOptions, new()
{
    private static readonly OptionSchema _schema = OptionSchema.Of(typeof(TOptions));

    /// <inheritdoc/>
    public override string Name => name;

    /// <inheritdoc/>
    public override bool Checkpoints => true;

    /// <inheritdoc/>
    public override Objective? DefaultObjective { get; } = new("env_runners/episode_return_mean", Mode.Max);

    /// <inheritdoc/>
    public override IReadOnlyCollection<string> DeclaredMetrics => MetricsOf(ParameterSet.Empty).Names;

    /// <inheritdoc/>
    public override MetricDeclaration MetricsOf(ParameterSet config)
    {
        _schema.Read(_schema.Overlay(Defaults, config), out var options);
        return With(options as TOptions ?? new TOptions()).ReportedMetrics();
    }

    /// <inheritdoc/>
    public override IReadOnlyCollection<string> Hooks { get; } = ["on_algorithm_init"];

    /// <inheritdoc/>
    public override IReadOnlyCollection<string> ParameterNames => _schema.Paths;

    internal override bool UsesCoresOnly => true;

    internal override Type ConfigurationType => typeof(TOptions);

    /// <inheritdoc/>
    public override ParameterSet Defaults => field ??= _schema.Difference(config.Options, new TOptions());

    /// <inheritdoc/>
    public override ParameterSet DefaultValues => _schema.ToParameters(config.Options);

    /// <inheritdoc/>
    public override TrainableVocabulary Vocabulary => config.Vocabulary;

    /// <inheritdoc/>
    public override IEnumerable<ParameterIssue> Validate(ParameterSet config)
    {
        var issues = _schema.Read(_schema.Overlay(Defaults, config), out var options);
        var valid = options is null ? null : With((TOptions)options);
        issues.AddRange(valid?.Check().Where(i => !issues.Exists(o => o.Path == i.Path)).ToList() ?? []);
        if (issues.Count == 0 && valid is not null)
        {
            if (Misfits(valid) is { Count: > 0 } misfits)
            {
                return misfits;
            }

            // The first thing that is known of what will be trained: the experiment starts beside it.
            AlgorithmWarmUp.Begin(valid);
        }

        return issues;
    }

    /// <inheritdoc/>
    public override ITrainable Create(IServiceProvider services) =>
        new AlgorithmTrainable(parameters => With(AlgorithmConfig<TConfig, TOptions>.FromParameters(_schema.Overlay(Defaults, parameters)).Options));

    // An environment that cannot be made now, for want of a simulator say, may be there when the trial starts.
    private static IReadOnlyList<ParameterIssue> Misfits(TConfig config)
    {
        try
        {
            return EnvRunnerGroups.Probe(config.Plan());
        }
        catch (ArgumentException e)
        {
            return [new("env", $"is {config.EnvironmentName}: {ArgumentMessage.Of(e)}")];
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return [];
        }
    }

    private TConfig With(TOptions options)
    {
        var own = config.Copy();
        own.Options = options;
        return own;
    }
}
