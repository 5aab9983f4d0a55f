namespace Tuning.Modules;

/// <summary>The modules that a configuration can name. One for the process, because a checkpoint is read without a host. Safe for concurrent use.</summary>
public static class ModuleRegistry
{
    /// <summary>The name under which <see cref="DefaultPpoModule"/> is registered.</summary>
    public const string DefaultName = "default";

    /// <summary>The name under which <see cref="DefaultSacModule"/> is registered.</summary>
    public const string DefaultSacName = "default_sac";

    /// <summary>The name under which <see cref="DefaultDqnModule"/> is registered.</summary>
    public const string DefaultDqnName = "default_dqn";

    private static readonly NameRegistry<Func<ModuleSpec, RandomStream, RlModule>> _factories = new NameRegistry<Func<ModuleSpec, RandomStream,
        RlModule>>("module")
        .Add(DefaultName, (spec, random) => new DefaultPpoModule(spec, random))
        .Add(DefaultSacName, (spec, random) => new DefaultSacModule(spec, random))
        .Add(DefaultDqnName, (spec, random) => new DefaultDqnModule(spec, random));

    /// <summary>All registered names, sorted.</summary>
    public static IReadOnlyList<string> Names => _factories.Names;

    /// <summary>Registers a module.</summary>
    /// <param name="name">The name in configurations and checkpoints.</param>
    /// <param name="factory">Makes the module; the stream is for its initial weights.</param>
    /// <exception cref="InvalidOperationException">The name is taken by another one. The same factory once more changes nothing.</exception>
    public static void Register(string name, Func<ModuleSpec, RandomStream, RlModule> factory) => _factories.Add(name, factory);

    /// <summary>Makes the module registered under <paramref name="name"/>.</summary>
    /// <exception cref="ArgumentException">There is none; the message lists those that exist.</exception>
    public static RlModule Create(string name, ModuleSpec spec, RandomStream random)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(random);
        var module = _factories.Get(name)(spec, random);
        module.Identity = new(name, spec);
        return module;
    }
}
