using System.Collections.Concurrent;

namespace Tuning.Connectors;

/// <summary>The connectors that <c>env_to_module_connectors</c> can name. One for the process, because a checkpoint is read without a host. Safe for concurrent use.</summary>
public static class ConnectorRegistry
{
    private static readonly ConcurrentDictionary<string, Func<ConnectorSpec, ObservationConnector>> _factories = new(StringComparer.Ordinal);

    /// <summary>All registered names, sorted.</summary>
    public static IReadOnlyList<string> Names => [.. _factories.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Registers a connector.</summary>
    /// <param name="name">The name in configurations and checkpoints.</param>
    /// <param name="factory">Makes a connector whose input has the size that is asked for. Called by several threads at once.</param>
    /// <exception cref="InvalidOperationException">The name is taken.</exception>
    public static void Register(string name, Func<ConnectorSpec, ObservationConnector> factory)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(factory);
        if (!_factories.TryAdd(name, factory))
        {
            throw new InvalidOperationException($"A connector named '{name}' is registered already; choose another name.");
        }
    }

    /// <summary>Makes the connector registered under <paramref name="name"/>.</summary>
    /// <exception cref="ArgumentException">There is none; the message lists those that exist.</exception>
    public static ObservationConnector Create(string name, ConnectorSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return _factories.TryGetValue(name, out var factory)
            ? factory(spec)
            : throw new ArgumentException($"No connector is registered as '{name}'; registered are: {(Names.Count == 0 ? "none" : string.Join(", ", Names))}.", nameof(name));
    }
}
