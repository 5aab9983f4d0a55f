namespace Tuning.Specification;

/// <summary>
/// Everything that an experiment can name: trainables, search algorithms, schedulers, stop criteria, loggers, hook actions and
/// environments. Names are matched exactly; a name that is unknown is answered with the nearest one.
/// </summary>
/// <remarks>Filled while the host is built; safe for reading by any thread afterwards.</remarks>
public sealed class ComponentCatalog
{
    private static readonly Lazy<ComponentCatalog> _builtIn = new(() => new());

    private readonly Dictionary<string, TrainableDefinition> _trainables = new(StringComparer.Ordinal);
    private readonly List<(Func<IReadOnlyCollection<string>> Names, Func<string, IReadOnlyCollection<string>?>? Parameters)> _environments = [];
    private readonly List<Func<IReadOnlyCollection<string>>> _prefixes = [];

    /// <summary>A catalog with the components of this library.</summary>
    public ComponentCatalog() => BuiltInComponents.AddTo(this);

    /// <summary>The search algorithms.</summary>
    public ComponentSet<SearcherOptions> Searchers { get; } = new("search algorithm");

    /// <summary>The schedulers.</summary>
    public ComponentSet<SchedulerOptions> Schedulers { get; } = new("scheduler");

    /// <summary>The stop criteria.</summary>
    public ComponentSet<StopperOptions> Stoppers { get; } = new("stopper");

    /// <summary>The loggers.</summary>
    public ComponentSet<LoggerOptions> Loggers { get; } = new("logger");

    /// <summary>The actions under <c>callbacks</c> in an experiment file.</summary>
    public ComponentSet<HookOptions> HookActions { get; } = new("hook action");

    /// <summary>The names of the trainables, in ordinal order.</summary>
    public IReadOnlyList<string> Trainables => [.. _trainables.Values.Select(t => t.Name).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>The names of the environments that were registered, in ordinal order; empty when nobody registers any.</summary>
    public IReadOnlyList<string> Environments => [.. _environments.SelectMany(e => e.Names()).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>Whether environments are known at all, so that an unknown name is an error.</summary>
    public bool KnowsEnvironments => _environments.Count > 0;

    /// <summary>What to write in place of trainables that others have and this has not, a sentence each.</summary>
    internal Dictionary<string, string> TrainableHints { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Adds a trainable under its name.</summary>
    /// <param name="trainable">The trainable.</param>
    /// <param name="aliases">Other names that mean the same.</param>
    /// <exception cref="ArgumentException">A name is taken.</exception>
    public ComponentCatalog AddTrainable(TrainableDefinition trainable, params IReadOnlyList<string> aliases)
    {
        ArgumentNullException.ThrowIfNull(trainable);
        foreach (var name in (string[])[trainable.Name, .. aliases])
        {
            if (!_trainables.TryAdd(name, trainable))
            {
                throw new ArgumentException($"There is a trainable '{name}' already.", nameof(trainable));
            }
        }

        return this;
    }

    /// <summary>Adds a logger that takes no options.</summary>
    /// <param name="name">The name that <c>loggers:</c> gives.</param>
    /// <param name="create">Makes the logger for one experiment.</param>
    /// <param name="aliases">Other names that mean the same.</param>
    /// <exception cref="ArgumentException">A name is taken.</exception>
    public ComponentCatalog AddLogger(string name, Func<IServiceProvider, TunerCallback> create, params IReadOnlyList<string> aliases)
    {
        Loggers.Add(name, new DelegateLoggerOptions(create), aliases);
        return this;
    }

    /// <summary>Adds a source of environment names. It is asked each time, so environments may be registered later.</summary>
    /// <param name="names">The names.</param>
    /// <param name="parameters">What the <c>env_config</c> of one of them can have; null where that is not known.</param>
    public ComponentCatalog AddEnvironments(Func<IReadOnlyCollection<string>> names, Func<string, IReadOnlyCollection<string>?>? parameters = null)
    {
        _environments.Add((names, parameters));
        return this;
    }

    /// <summary>Adds a source of prefixes: names that begin with one and a colon (<c>gym:…</c>) are environments, whatever follows.</summary>
    /// <param name="prefixes">The prefixes, without the colon.</param>
    public ComponentCatalog AddEnvironmentPrefixes(Func<IReadOnlyCollection<string>> prefixes)
    {
        _prefixes.Add(prefixes);
        return this;
    }

    /// <summary>The prefixes of environments, as they stand in names: <c>gym:</c>.</summary>
    internal IReadOnlyList<string> EnvironmentPrefixes => [.. _prefixes.SelectMany(p => p()).Select(p => p + ":").Order(StringComparer.Ordinal)];

    /// <summary>Whether a name is one of an environment, today's or an older one.</summary>
    internal bool IsEnvironment(string name) => Environments.Contains(OldNames.Environment(name))
        || EnvironmentPrefixes.Any(p => name.Length > p.Length && name.StartsWith(p, StringComparison.Ordinal));

    /// <summary>What the <c>env_config</c> of an environment can have; null where that is not known.</summary>
    internal IReadOnlyCollection<string>? EnvironmentParameters(string name) => _environments.Find(e => e.Names().Contains(name)).Parameters?.Invoke(name);

    /// <summary>The trainable with this name or alias; null when there is none.</summary>
    public TrainableDefinition? FindTrainable(string name) => _trainables.GetValueOrDefault(name);

    /// <summary>The loggers that an experiment asks for, or all when it does not say.</summary>
    public ImmutableArray<TunerCallback> CreateLoggers(ExperimentSpec experiment, IServiceProvider services)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        var chosen = experiment.Loggers ?? [.. Loggers.Names.Select(n => new ComponentSpec(n, ParameterSet.Empty))];
        return [.. chosen.Select(logger => Loggers.Bind(logger).Create(services))];
    }

    /// <summary>A trainable that knows what the experiment tells it beside its parameters.</summary>
    internal static TrainableDefinition WithSettings(TrainableDefinition trainable, ExperimentSpec experiment) =>
        trainable.Settings is null && TrainableSettings.Read(trainable, experiment.Settings, experiment.StoragePath, out var told) is [] ? told : trainable;

    /// <summary>
    /// The objects that a specification's names stand for. Used when an experiment is read from a file, or continued from its journal.
    /// </summary>
    /// <param name="experiment">The specification.</param>
    /// <param name="tune">Search algorithm and scheduler supplied as code, in place of those named.</param>
    /// <param name="run">Stop criteria and callbacks supplied as code.</param>
    /// <param name="trainable">A trainable supplied as code, in place of the one named.</param>
    /// <param name="space">A search space whose computed values have the C# functions that the specification only names.</param>
    /// <exception cref="SpecificationException">A name is not known here; the message says what has to be supplied.</exception>
    public ExperimentDefinition Define(ExperimentSpec experiment, TrainableDefinition? trainable = null, TuneConfig? tune = null, RunConfig? run = null,
        SearchSpace? space = null)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        var problems = new List<SpecificationProblem>();
        if (space is not null)
        {
            experiment = experiment with { Space = experiment.Space.WithCodeFrom(space) };
        }

        problems.AddRange(experiment.Space.MissingCode.Select(path => new SpecificationProblem
        {
            Path = $"{experiment.Name}.config.{path}",
            Message = "It is computed by C# code, which a journal does not hold. Give the search space again, as the first run did.",
        }));
        var code = experiment.Space.Domains.Where(d => d.Value is ComputedDomain { Code: not null }).Select(d => $"computed value {d.Key}").ToList();
        trainable ??= FindTrainable(experiment.Run) ?? (experiment.Run == AskAndTell.Instance.Name ? AskAndTell.Instance : null);
        if (trainable is null)
        {
            Missing("trainable", experiment.Run, "run");
        }
        else
        {
            trainable = WithSettings(trainable, experiment);
        }

        var searcher = Choose(Searchers, experiment.SearchAlg, tune?.SearchAlgorithm, "tune.search_alg");
        var scheduler = Choose(Schedulers, experiment.Scheduler, tune?.Scheduler, "tune.scheduler");
        var own = new Queue<StopperOptions>((run?.Stoppers ?? []).Where(s => Stoppers.Describe(s) is null));
        var stoppers = experiment.Stoppers.Select((s, i) =>
            Choose(Stoppers, s, !Stoppers.TryResolve(s.Type, out _) && own.TryDequeue(out var mine) ? mine : null, $"tune.stoppers[{i}]")).ToList();
        if (problems.Count > 0)
        {
            throw new SpecificationException([.. problems]);
        }

        code.AddRange((run?.Callbacks ?? []).Select(c => $"callback {c.Name}"));
        return new()
        {
            Specification = experiment,
            Trainable = trainable!,
            Objectives = experiment.Objectives.IsEmpty && trainable!.DefaultObjective is { } declared ? [declared] : experiment.Objectives,
            SearchAlg = searcher!,
            Scheduler = scheduler!,
            Stoppers = [.. stoppers.Select(s => s!)],
            Callbacks = run?.Callbacks ?? [],
            ShowsProgress = run?.Progress ?? true,
            SuppliedAsCode = [.. code],
        };

        TOptions? Choose<TOptions>(ComponentSet<TOptions> set, ComponentSpec named, TOptions? given, string path)
            where TOptions : class
        {
            if (set.TryResolve(named.Type, out _))
            {
                return set.Bind(named);
            }

            if (given is null)
            {
                Missing(set.Kind, named.Type, path);
                return null;
            }

            code.Add($"{set.Kind} {named.Type}");
            return given;
        }

        void Missing(string kind, string name, string path) => problems.Add(new()
        {
            Path = $"{experiment.Name}.{path}",
            Message = $"The {kind} '{name}' is not registered here: go on in the program that made it, " +
                $"with Tuner.RestoreAsync and the same code, or register it with this host.",
        });
    }

    /// <summary>The parameters that a scheduler explores, by dotted path.</summary>
    internal static IEnumerable<string> ExploredBy(ComponentSpec scheduler) => BuiltIn(scheduler)?.Explored?.Domains.Select(d => d.Key) ?? [];

    /// <summary>The metric by which a scheduler races instances, see <see cref="SchedulerOptions.RacedBy"/>.</summary>
    internal static string? RacedBy(ComponentSpec scheduler, Objective? objective) => BuiltIn(scheduler)?.RacedBy(objective);

    private static SchedulerOptions? BuiltIn(ComponentSpec scheduler)
    {
        try
        {
            return _builtIn.Value.Schedulers.TryResolve(scheduler.Type, out _) ? _builtIn.Value.Schedulers.Bind(scheduler) : null;
        }
        catch (InvalidOperationException)
        {
            // An option that this version does not know: what is read back does without.
            return null;
        }
    }

    private sealed record DelegateLoggerOptions(Func<IServiceProvider, TunerCallback> Factory) : LoggerOptions
    {
        public override TunerCallback Create(IServiceProvider services) => Factory(services);
    }
}
