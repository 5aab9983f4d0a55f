using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tuning.Experiments;

namespace Tuning.Hosting;

/// <summary>Logs of experiments: <c>tuner.log</c> in the experiment's directory, and whatever the host logs to.</summary>
internal sealed class ExperimentLogs(IServiceProvider services) : IExperimentLogs
{
    /// <inheritdoc/>
    public ILoggerFactory Open(string directory)
    {
        var least = LogFileProvider.LeastLevel(services.GetService<IConfiguration>());

        // Added one by one: of providers that its constructor is given, the factory disposes of none, and the file would be closed too late.
        var logs = new LoggerFactory([], new LoggerFilterOptions { MinLevel = least });
        logs.AddProvider(new LogFileProvider(directory, () => services.GetService<IConfiguration>(), least));
        if (services.GetService<ILoggerFactory>() is { } host)
        {
            logs.AddProvider(new HostProvider(host));
        }

        return logs;
    }

    /// <summary>Hands messages on to the host's log, whose life is not ours.</summary>
    private sealed class HostProvider(ILoggerFactory host) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => host.CreateLogger(categoryName);

        public void Dispose()
        {
        }
    }
}
