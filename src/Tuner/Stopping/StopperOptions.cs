namespace Tuning.Stopping;

/// <summary>
/// The options of a stop criterion, and how it is made. One record serves C# (<c>Stoppers = [new MyOptions { … }]</c>) and files
/// (<c>stoppers: [{type: mine, …}]</c>): its properties in PascalCase are the options in snake_case, their initial values the
/// defaults. Immutable.
/// </summary>
public abstract record StopperOptions
{
    /// <summary>Makes the stop criterion.</summary>
    /// <exception cref="ArgumentException">The options are out of range or contradict each other; the message says how.</exception>
    public abstract IStopper Create(StopperContext context);
}

/// <summary>What a stop criterion is made for. Immutable.</summary>
/// <param name="Objectives">What is optimised, the first being the main one; empty when nothing is.</param>
public sealed record StopperContext(ImmutableArray<Objective> Objectives);
