namespace Tuning.Learning;

/// <summary>What a learner is to be made for.</summary>
/// <param name="Module">The module that it trains, in place.</param>
/// <param name="Options">All options of the algorithm, by the names of experiment files.</param>
/// <param name="Random">A stream of its own; its state is the learner's to save.</param>
/// <param name="Threads">How many threads it may use, at least 1. Results must not depend on it.</param>
public sealed record LearnerSpec(RlModule Module, ParameterSet Options, RandomStream Random, int Threads);

/// <summary>The learners that a configuration can name, for the whole process. Safe for concurrent use.</summary>
public static class LearnerRegistry
{
    /// <summary>The name that stands for the algorithm's own learner.</summary>
    public const string DefaultName = "default";

    private static readonly NameRegistry<Func<LearnerSpec, Learner>> _factories = new("learner");

    /// <summary>All names, sorted; <see cref="DefaultName"/> among them.</summary>
    public static IReadOnlyList<string> Names => [.. _factories.Names.Append(DefaultName).Order(StringComparer.Ordinal)];

    /// <summary>Registers a learner.</summary>
    /// <param name="name">The name that <c>config.learner</c> gives.</param>
    /// <param name="factory">Makes the learner of one policy. Called by several threads at once.</param>
    /// <exception cref="InvalidOperationException">The name is taken by another one. The same factory once more changes nothing.</exception>
    public static void Register(string name, Func<LearnerSpec, Learner> factory)
    {
        if (name == DefaultName)
        {
            throw new InvalidOperationException($"The learner '{name}' is the algorithm's own; choose another name.");
        }

        _factories.Add(name, factory);
    }

    /// <summary>Makes the learner registered under a name.</summary>
    /// <exception cref="ArgumentException">There is none; the message lists those that exist.</exception>
    public static Learner Create(string name, LearnerSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return _factories.Get(name)(spec);
    }
}
