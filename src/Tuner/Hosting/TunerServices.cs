using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Tuning.Experiments;
using Tuning.Hosting;

namespace Tuning;

/// <summary>Adds the Tuner to an application.</summary>
public static class TunerServices
{
    /// <summary>
    /// Adds what runs experiments: <c>services.AddTuner(t => t.AddTrainable&lt;MyTrainable&gt;("my").AddCallback&lt;MyCallback&gt;())</c>. When the
    /// host stops, running experiments stop gracefully first: trials write checkpoints, however long a step takes
    /// (<see cref="TunerBuilder.Grace"/> limits it).
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
            services.TryAddSingleton(_ => new RunningExperiments { Grace = () => builder.Grace });
            services.TryAddSingleton<ExperimentRunner>();
            services.AddSingleton<IHostedService, ExperimentStopService>();

            // The host's own limit of 30 s would kill a long step; ours is Grace.
            services.Configure<HostOptions>(options => options.ShutdownTimeout = Timeout.InfiniteTimeSpan);
        }

        configure?.Invoke(builder);
        return services;
    }
}
