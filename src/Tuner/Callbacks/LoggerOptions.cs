namespace Tuning;

/// <summary>
/// The options of a logger, and how it is made. One record serves C# and files (<c>loggers: [{type: mine, …}]</c>): its properties
/// in PascalCase are the options in snake_case, their initial values the defaults. Immutable.
/// </summary>
public abstract record LoggerOptions
{
    /// <summary>Makes the logger for one experiment.</summary>
    /// <param name="services">Services of the host.</param>
    public abstract TunerCallback Create(IServiceProvider services);
}
