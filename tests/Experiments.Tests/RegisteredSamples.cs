using Microsoft.Extensions.DependencyInjection;

namespace Tuning.Tests;

/// <summary>Registers the samples, which can be done once in a process.</summary>
internal static class RegisteredSamples
{
    private static readonly Lazy<IServiceCollection> _services = new(() => new ServiceCollection().AddTuner(tuner => tuner.AddSamples()));

    public static void Require() => _ = _services.Value;
}
