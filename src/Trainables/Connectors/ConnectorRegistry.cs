namespace Tuning.Connectors;

/// <summary>
/// The connectors that <c>env_to_module_connectors</c> can name. One for the process, because a checkpoint is read without a host. Safe for concurrent use.
/// </summary>
public static class ConnectorRegistry
{
    private static readonly NameRegistry<Func<ConnectorSpec, ObservationConnector>> _factories = new("connector");

    /// <summary>All registered names, sorted.</summary>
    public static IReadOnlyList<string> Names => _factories.Names;

    /// <summary>Registers a connector.</summary>
    /// <param name="name">The name in configurations and checkpoints.</param>
    /// <param name="factory">Makes a connector whose input has the size that is asked for. Called by several threads at once.</param>
    /// <exception cref="InvalidOperationException">The name is taken by another one. The same factory once more changes nothing.</exception>
    public static void Register(string name, Func<ConnectorSpec, ObservationConnector> factory) => _factories.Add(name, factory);

    /// <summary>Makes the connector registered under <paramref name="name"/>.</summary>
    /// <exception cref="ArgumentException">There is none; the message lists those that exist.</exception>
    public static ObservationConnector Create(string name, ConnectorSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return _factories.Get(name)(spec);
    }
}
