namespace Tuning.Hosting;

/// <summary>What a package adds to every <see cref="Tuner"/> and <see cref="Study"/> of a program that is made without services.</summary>
/// <remarks>
/// A program names one such type, which has a constructor without arguments, in the setting <c>Tuning.Defaults</c> of its runtime
/// (<c>RuntimeHostConfigurationOption</c> in its project): <c>My.Defaults, My.Assembly</c>. The package <c>Tuning.App</c> does that; where nothing is
/// named and the program has that package's assembly, it is the same. An empty name stands for none.
/// </remarks>
public interface ITunerDefaults
{
    /// <summary>Adds components. Called once for each Tuner.</summary>
    void Configure(TunerBuilder tuner);
}

/// <summary>Finds what the program's runtime settings name.</summary>
internal static class TunerDefaults
{
    public const string Setting = "Tuning.Defaults";

    /// <summary>The services of a program that gives none: what its runtime settings name, with warnings on standard error.</summary>
    public static ServiceProvider NewServices() => new ServiceCollection().AddLogging(log => log.AddProvider(new StandardErrorLog())).AddTuner(Configure)
        .BuildServiceProvider();

    public static void Configure(TunerBuilder tuner) => Find(AppContext.GetData(Setting) as string)?.Configure(tuner);

    // A program that refers to the project, not to the package, has no setting.
    internal static ITunerDefaults? Find(string? setting) => setting is { Length: > 0 } ? Named(setting)
        : setting is null && Type.GetType("Tuning.AppDefaults, Tuning.App") is not null ? Named("Tuning.AppDefaults, Tuning.App") : null;

    internal static ITunerDefaults Named(string name) => (Type.GetType(name) is { } type ? Activator.CreateInstance(type) as ITunerDefaults : null)
        ?? throw new InvalidOperationException($"The runtime setting {Setting} is '{name}'; it must name a type, with its assembly, that is an " +
            $"{nameof(ITunerDefaults)}. Is its package installed?");
}
