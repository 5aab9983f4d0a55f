namespace Tuning.Training;

/// <summary>
/// Something trainable, by name: what it declares about itself before any trial exists, and how an instance is made for a segment.
/// Immutable, safe on any thread. Made with <c>Trainable.FromFunction</c> and its siblings, or by an algorithm's configuration.
/// </summary>
public abstract class TrainableDefinition
{
    /// <summary>The name that <c>run:</c> gives in an experiment file.</summary>
    public abstract string Name { get; }

    /// <summary>Whether it writes and reads checkpoints. Schedulers that pause or exploit refuse one that does not.</summary>
    public abstract bool Checkpoints { get; }

    /// <summary>Where its trials run, unless the experiment says otherwise.</summary>
    public virtual Isolation Isolation => Isolation.Thread;

    /// <summary>Whether each of its trials is a program that it starts, wherever the trial itself runs.</summary>
    internal virtual bool RunsPrograms => false;

    /// <summary>Whether it computes on processor cores, whatever devices it is given.</summary>
    internal virtual bool UsesCoresOnly => false;

    /// <summary>What it optimises where the experiment gives no metric; null when it does not say.</summary>
    public virtual Objective? DefaultObjective => null;

    /// <summary>Which direction of a metric is better, where it is the one that the trainable optimises; else null.</summary>
    internal Mode? ModeOf(string metric) => DefaultObjective is { } declared && declared.Metric == metric ? declared.Mode : null;

    /// <summary>Metrics that it may report without having them in its first report. A trailing <c>/*</c> stands for any name below.</summary>
    public virtual IReadOnlyCollection<string> DeclaredMetrics => [];

    /// <summary>Whether it reports nothing but <see cref="DeclaredMetrics"/> and what every trial has, so that any other name is an error.</summary>
    public virtual bool DeclaresAllMetrics => false;

    /// <summary>Whether it goes on until something stops it, as algorithms and classes do, and does not end by itself, as functions and programs.</summary>
    internal virtual bool TrainsOn => DefaultObjective is not null && DeclaredMetrics.Count > 0;

    /// <summary>How long a segment takes at most that was told to end, where the trainable sees to that itself; null where it does not.</summary>
    internal virtual TimeSpan? EndsWithin => null;

    /// <summary>What it reports with a configuration, where that says more: an algorithm's policies, an evaluation that is on.</summary>
    /// <param name="config">A resolved configuration, valid or not.</param>
    /// <returns><see cref="DeclaredMetrics"/> and <see cref="DeclaresAllMetrics"/>, unless it knows better.</returns>
    public virtual MetricDeclaration MetricsOf(ParameterSet config) => new(DeclaredMetrics, DeclaresAllMetrics);

    /// <summary>The hooks that it runs where an experiment file has them under <c>callbacks</c>: <c>on_algorithm_init</c>.</summary>
    public virtual IReadOnlyCollection<string> Hooks => [];

    /// <summary>The names of its parameters by dotted path, for messages about unknown ones; empty when it takes any.</summary>
    public virtual IReadOnlyCollection<string> ParameterNames => [];

    /// <summary>The type that its configuration is read as; null where it takes any parameters.</summary>
    internal virtual Type? ConfigurationType => null;

    /// <summary>Parameters set by code that the space and the file override; merged below them.</summary>
    public virtual ParameterSet Defaults => ParameterSet.Empty;

    /// <summary>The values that parameters have where nobody gives them, as far as they are known: what expressions see of them.</summary>
    public virtual ParameterSet DefaultValues => Defaults;

    /// <summary>A space with what the code sets, and with the values of those parameters that expressions name and nobody gives.</summary>
    internal SearchSpace Complete(SearchSpace space, IEnumerable<string> constraints)
    {
        var named = space.Named(constraints);
        var values = named.Count == 0 ? ParameterSet.Empty : DefaultValues;
        return space.WithDefaults(Defaults).WithDefaults(named.Aggregate(
            ParameterSet.Empty, (set, name) => values.TryGet(name, out var value) && value is not null ? set.With(name, value) : set));
    }

    /// <summary>Old names that users still write, and keys that have no meaning here.</summary>
    public virtual TrainableVocabulary Vocabulary => TrainableVocabulary.Empty;

    /// <summary>The record whose properties an experiment file gives as keys beside <c>run</c>, in snake_case; null when there are none.</summary>
    public virtual Type? SettingsType => null;

    /// <summary>The settings that it has; null when it has none.</summary>
    public virtual object? Settings => null;

    /// <summary>The trainable with settings of its own.</summary>
    /// <param name="settings">A <see cref="SettingsType"/>.</param>
    /// <param name="directory">What relative paths in them are relative to; <see cref="Settings"/> has full ones.</param>
    public virtual TrainableDefinition With(object settings, string directory) => this;

    /// <summary>What is wrong with its settings in view of the parameters that an experiment has. Empty when nothing is.</summary>
    public virtual IEnumerable<ParameterIssue> CheckSettings(SearchSpace space) => [];

    /// <summary>What is wrong with a resolved configuration. Empty when it can be trained.</summary>
    public virtual IEnumerable<ParameterIssue> Validate(ParameterSet config) => [];

    /// <summary>An instance for one segment of a trial. Constructor arguments come from <paramref name="services"/>.</summary>
    public abstract ITrainable Create(IServiceProvider services);
}

/// <summary>A parameter that is accepted with certain values only, because they say what happens here anyway.</summary>
/// <param name="Values">These values: texts, numbers, flags.</param>
/// <param name="Why">Why there is no other.</param>
public sealed record FixedParameter(IReadOnlyList<object> Values, string Why);

/// <summary>A parameter that a file sets without saying so, by another one that comes from elsewhere.</summary>
/// <param name="Path">The parameter that is set, unless the file gives it.</param>
/// <param name="Value">Its value, as JSON.</param>
/// <param name="Given">The one that the file gives.</param>
/// <param name="Values">The values of that one which mean it: texts, numbers, flags, an empty list; none for any but null.</param>
/// <param name="Why">Why, as the rest of a sentence that begins with <paramref name="Given"/>.</param>
public sealed record ImpliedParameter(string Path, string Value, string Given, IReadOnlyList<object> Values, string Why);

/// <summary>The old names that a trainable understands. One table for configuration, one for metrics.</summary>
public sealed record TrainableVocabulary
{
    /// <summary>Without any.</summary>
    public static TrainableVocabulary Empty { get; } = new();

    /// <summary>Old parameter path → today's.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>();

    /// <summary>Old metric path → today's. A trailing <c>/</c> on both stands for a prefix.</summary>
    public IReadOnlyDictionary<string, string> Metrics { get; init; } = new Dictionary<string, string>();

    /// <summary>Parameter path → why it has no meaning here. Accepted with one notice, then dropped.</summary>
    public IReadOnlyDictionary<string, string> Ignored { get; init; } = new Dictionary<string, string>();

    /// <summary>Parameter path → why it is refused: it would change the result and is not supported.</summary>
    public IReadOnlyDictionary<string, string> Refused { get; init; } = new Dictionary<string, string>();

    /// <summary>Parameter path → the values that say what happens here anyway. Null says nothing; any other value is refused.</summary>
    public IReadOnlyDictionary<string, FixedParameter> Fixed { get; init; } = new Dictionary<string, FixedParameter>();

    /// <summary>What a file means without saying it. Configurations that were recorded say everything.</summary>
    public IReadOnlyList<ImpliedParameter> Implied { get; init; } = [];

    /// <summary>Today's path of a metric, given any spelling.</summary>
    public string Metric(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (Metrics.TryGetValue(path, out var today))
        {
            return today;
        }

        foreach (var (old, now) in Metrics)
        {
            if (old.EndsWith('/') && path.StartsWith(old, StringComparison.Ordinal))
            {
                return now + path[old.Length..];
            }
        }

        return path;
    }
}
