namespace Tuning.Hosting;

/// <summary>Logs of experiments: what the host logs to, and what was added for each experiment. Each decides by itself which levels it takes.</summary>
internal sealed class ExperimentLogs(IServiceProvider services) : IExperimentLogs
{
    /// <inheritdoc/>
    public ILoggerFactory Open(string directory)
    {
        // Added one by one: of providers that its constructor is given, the factory disposes of none, and a file would be closed too late.
        var logs = new LoggerFactory([], new LoggerFilterOptions { MinLevel = LogLevel.Trace });
        foreach (var log in services.GetServices<IExperimentLog>())
        {
            logs.AddProvider(log.Open(directory));
        }

        if (services.GetService<ILoggerFactory>() is { } host)
        {
            logs.AddProvider(new HostProvider(host));
        }

        return logs;
    }

    /// <summary>Hands messages on to the host's log, whose life is not ours, and whose faults are not the experiment's.</summary>
    private sealed class HostProvider(ILoggerFactory host) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => new HostLogger(host.CreateLogger(categoryName));

        public void Dispose()
        {
        }
    }

    private sealed class HostLogger(ILogger host) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => host.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => host.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            try
            {
                host.Log(logLevel, eventId, state, exception, formatter);
            }
            catch (Exception)
            {
                // Whatever it is: no message is more important than the run.
            }
        }
    }
}
