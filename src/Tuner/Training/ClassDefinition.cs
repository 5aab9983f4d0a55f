using System.Reflection;

namespace Tuning.Training;

/// <summary>A class as a trainable.</summary>
internal sealed class ClassDefinition<T> : TrainableDefinition
    where T : ClassTrainable
{
    private readonly ObjectFactory<T> _factory;
    private readonly Type _config;
    private readonly Func<ParameterSet, IEnumerable<ParameterIssue>> _validate;

    public ClassDefinition(string name, Objective? objective)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (typeof(T).IsAbstract)
        {
            throw new ArgumentException($"{typeof(T).Name} is abstract; a trial needs an instance of its own.", nameof(name));
        }

        bool saves = Overrides("Save"), loads = Overrides("Load");
        if (saves != loads)
        {
            throw new ArgumentException($"{typeof(T).Name} overrides {(saves ? "Save and not Load" : "Load and not Save")}; a trainable that checkpoints " +
                $"overrides both.", nameof(name));
        }

        for (var type = typeof(T); type.BaseType != typeof(ClassTrainable); type = type.BaseType!)
        {
            if (type.GetMethods(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.DeclaredOnly)
                .FirstOrDefault(m => m.Name is "Setup" or "Save" or "Load" or "Cleanup" && AsyncVoid.Is(m)) is { } method)
            {
                throw new ArgumentException(
                    $"{typeof(T).Name}.{method.Name} is async void, so that nobody can tell when it is done: make it synchronous. It may block on tasks, "
                    + ".GetAwaiter().GetResult().", nameof(name));
            }
        }

        (Name, DefaultObjective, Checkpoints) = (name, objective, saves);
        var config = _config = Configuration();
        ParameterNames = Trainable.ParametersOf(config);
        ConfigurationType = ParameterNames.Count > 0 ? config : null;
        _validate = typeof(TypedConfiguration).GetMethod(nameof(TypedConfiguration.Validate))!.MakeGenericMethod(config).CreateDelegate<Func<ParameterSet,
            IEnumerable<ParameterIssue>>>();
        _factory = ActivatorUtilities.CreateFactory<T>([]);
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    internal override bool TrainsOn => true;

    /// <inheritdoc/>
    public override bool Checkpoints { get; }

    /// <inheritdoc/>
    public override IReadOnlyCollection<string> Hooks => Checkpoints ? ["on_algorithm_init"] : [];

    /// <inheritdoc/>
    public override Objective? DefaultObjective { get; }

    /// <inheritdoc/>
    public override IReadOnlyCollection<string> ParameterNames { get; }

    internal override Type? ConfigurationType { get; }

    /// <inheritdoc/>
    public override ParameterSet DefaultValues => TypedConfiguration.DefaultsOf(_config);

    /// <inheritdoc/>
    public override IEnumerable<ParameterIssue> Validate(ParameterSet config) => _validate(config);

    /// <inheritdoc/>
    public override ITrainable Create(IServiceProvider services) => new ClassSegment(_factory(services, null), Name, Checkpoints);

    private static bool Overrides(string method) =>
        typeof(T).GetMethod(method, BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public, [typeof(CheckpointDirectory)])!.DeclaringType
            is { } declaring
        && !(declaring.IsGenericType && declaring.GetGenericTypeDefinition() == typeof(Trainable<>));

    private static Type Configuration()
    {
        for (var type = typeof(T); ; type = type.BaseType!)
        {
            if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Trainable<>))
            {
                return type.GetGenericArguments()[0];
            }
        }
    }
}
