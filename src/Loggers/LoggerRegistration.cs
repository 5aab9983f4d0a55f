using Tuning.Hosting;
using Tuning.Loggers;
using Tuning.Loggers.TensorBoard;
using Tuning.Specification;

namespace Tuning;

/// <summary>Makes the loggers of this package known.</summary>
public static class LoggerRegistration
{
    /// <inheritdoc cref="AddLoggers(ComponentCatalog)"/>
    public static TunerBuilder AddLoggers(this TunerBuilder tuner)
    {
        ArgumentNullException.ThrowIfNull(tuner);
        tuner.Catalog.AddLoggers();
        return tuner;
    }

    /// <summary>
    /// Adds <c>json</c>, <c>csv</c> and <c>tensorboard</c>. An experiment that does not say which loggers it wants gets all that are
    /// registered; <c>loggers: [json]</c> in a file or <see cref="RunConfig.Loggers"/> in C# choose.
    /// </summary>
    /// <exception cref="ArgumentException">They have been added before.</exception>
    public static ComponentCatalog AddLoggers(this ComponentCatalog catalog)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return catalog
            .AddLogger("json", _ => new JsonLogger())
            .AddLogger("csv", _ => new CsvLogger())
            .AddLogger("tensorboard", _ => new TensorBoardLogger(), "tbx");
    }
}
