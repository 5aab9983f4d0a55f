namespace Tuning.Execution.Remote;

/// <summary>Sends what is logged in a process of trials to the process of the experiment, whose log decides what becomes of it.</summary>
/// <param name="connection">Where to.</param>
/// <param name="category">Who logs.</param>
internal sealed class RemoteLogger(FrameConnection connection, string category = "") : ILoggerProvider, ILogger
{
    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new RemoteLogger(connection, categoryName);

    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => logLevel is >= LogLevel.Debug and not LogLevel.None;

    /// <inheritdoc/>
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            var text = formatter(state, exception);
            connection.Send(new RemoteLog(category, logLevel, eventId.Id, exception is null ? text : $"{text}{Environment.NewLine}{exception}"));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
