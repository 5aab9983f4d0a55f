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
        var file = new LogFileProvider(directory, () => services.GetService<IConfiguration>());
        List<ILoggerProvider> providers = [file];
        if (services.GetService<ILoggerFactory>() is { } host)
        {
            providers.Add(new HostProvider(host));
        }

        return new LoggerFactory(providers, new LoggerFilterOptions { MinLevel = LogLevel.Information });
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
