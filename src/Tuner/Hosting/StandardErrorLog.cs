namespace Tuning.Hosting;

/// <summary>Writes warnings and errors to standard error, for programs that give no services and so no log. Safe on any thread.</summary>
internal sealed class StandardErrorLog : ILoggerProvider, ILogger
{
    private static readonly Lock _lock = new();

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => this;

    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => logLevel is LogLevel.Warning or LogLevel.Error or LogLevel.Critical;

    /// <inheritdoc/>
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        ArgumentNullException.ThrowIfNull(formatter);
        if (!IsEnabled(logLevel))
        {
            return;
        }

        var line = $"{(logLevel == LogLevel.Warning ? "warning" : "error")}: {formatter(state, exception).ReplaceLineEndings(" ")}";
        lock (_lock)
        {
            try
            {
                Console.Error.WriteLine(line);
            }
            catch (IOException)
            {
                // A closed terminal ends no experiment.
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
