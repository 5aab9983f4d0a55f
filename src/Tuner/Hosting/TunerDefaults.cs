namespace Tuning.Hosting;

/// <summary>What a package adds to every <see cref="Tuner"/> and <see cref="Study"/> of a program that is made without services.</summary>
/// <remarks>
/// A program names one such type, which has a constructor without arguments, in the setting <c>Tuning.Defaults</c> of its runtime
/// (<c>RuntimeHostConfigurationOption</c> in its project): <c>My.Defaults, My.Assembly</c>. The package <c>Tuning.App</c> does that.
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

    public static void Configure(TunerBuilder tuner)
    {
        if (AppContext.GetData(Setting) is string { Length: > 0 } name)
        {
            Named(name).Configure(tuner);
        }
    }

    internal static ITunerDefaults Named(string name) => (Type.GetType(name) is { } type ? Activator.CreateInstance(type) as ITunerDefaults : null)
        ?? throw new InvalidOperationException($"The runtime setting {Setting} is '{name}'; it must name a type, with its assembly, that is an " +
            $"{nameof(ITunerDefaults)}. Is its package installed?");
}
