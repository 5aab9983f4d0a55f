using Tuning.Hosting;
using Tuning.Server;
using Tuning.Specification;
using Tuning.Training;

namespace Tuning;

/// <summary>Makes studies servable by a host: <c>services.AddTuner(t =&gt; t.AddServer())</c>.</summary>
public static class ServerExtensions
{
    /// <summary>Adds <c>run: ask_and_tell</c>, and to a command line the command <c>serve</c>.</summary>
    /// <exception cref="ArgumentException">It was added before.</exception>
    public static TunerBuilder AddServer(this TunerBuilder tuner)
    {
        ArgumentNullException.ThrowIfNull(tuner);
        tuner.Catalog.AddServer();
        return tuner.AddCommand(ServeCommand.Command);
    }

    /// <summary>Adds <c>run: ask_and_tell</c>.</summary>
    /// <exception cref="ArgumentException">It was added before.</exception>
    public static ComponentCatalog AddServer(this ComponentCatalog catalog)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return catalog.AddTrainable(AskAndTell.Instance);
    }
}
