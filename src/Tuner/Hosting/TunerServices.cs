using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Tuning;

/// <summary>Adds the Tuner to an application.</summary>
public static class TunerServices
{
    /// <summary>
    /// Adds what runs experiments: <c>services.AddTuner(t => t.AddTrainable&lt;MyTrainable&gt;("my").AddCallback&lt;MyCallback&gt;())</c>. When the
    /// host stops, running experiments stop gracefully first: trials write checkpoints, within <see cref="TunerBuilder.Grace"/>, else within the
    /// host's own limit. Nothing else of the application changes. The section <c>Tuner</c> of its configuration sets limits and defaults.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Adds trainables, callbacks and other components.</param>
    public static IServiceCollection AddTuner(this IServiceCollection services, Action<TunerBuilder>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var builder = services.FirstOrDefault(s => s.ServiceType == typeof(TunerBuilder))?.ImplementationInstance as TunerBuilder;
        if (builder is null)
        {
            builder = new TunerBuilder(services);
            services.AddLogging();
            services.AddSingleton(builder);
            services.AddSingleton(builder.Catalog);
            services.TryAddSingleton(TimeProvider.System);
            services.TryAddSingleton<IExperimentLogs, ExperimentLogs>();
            services.TryAddSingleton(s => TunerSettings.Of(s.GetService<IConfiguration>(), builder));
            services.TryAddSingleton<IRunDefaults>(s => s.GetRequiredService<TunerSettings>().Run);
            services.TryAddSingleton(s =>
            {
                var settings = s.GetRequiredService<TunerSettings>();
                return new RunningExperiments { Grace = settings.Grace, Slots = settings.MaxConcurrentTrials is { } limit ? new SlotPool(limit) : null };
            });
            services.TryAddSingleton<ExperimentRunner>();
            services.AddSingleton<IHostedService, ExperimentStopService>();
        }

        configure?.Invoke(builder);
        return services;
    }
}
