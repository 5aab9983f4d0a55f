using System.Reflection;
using Microsoft.Extensions.DependencyInjection;

namespace Tuning.Training;

/// <summary>A class as a trainable.</summary>
internal sealed class ClassDefinition<T> : TrainableDefinition
    where T : ClassTrainable
{
    private readonly ObjectFactory<T> _factory;
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

        (Name, DefaultObjective, Checkpoints) = (name, objective, saves);
        var config = ConfigurationType();
        ParameterNames = Trainable.ParametersOf(config);
        _validate = typeof(TypedConfiguration).GetMethod(nameof(TypedConfiguration.Validate))!.MakeGenericMethod(config).CreateDelegate<Func<ParameterSet,
            IEnumerable<ParameterIssue>>>();
        _factory = ActivatorUtilities.CreateFactory<T>([]);
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override bool Checkpoints { get; }

    /// <inheritdoc/>
    public override IReadOnlyCollection<string> Hooks => Checkpoints ? ["on_algorithm_init"] : [];

    /// <inheritdoc/>
    public override Objective? DefaultObjective { get; }

    /// <inheritdoc/>
    public override IReadOnlyCollection<string> ParameterNames { get; }

    /// <inheritdoc/>
    public override IEnumerable<ParameterIssue> Validate(ParameterSet config) => _validate(config);

    /// <inheritdoc/>
    public override ITrainable Create(IServiceProvider services) => new ClassSegment(_factory(services, null), Name, Checkpoints);

    private static bool Overrides(string method) =>
        typeof(T).GetMethod(method, BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public, [typeof(CheckpointDirectory)])!.DeclaringType
            is { } declaring
        && !(declaring.IsGenericType && declaring.GetGenericTypeDefinition() == typeof(Trainable<>));

    private static Type ConfigurationType()
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
