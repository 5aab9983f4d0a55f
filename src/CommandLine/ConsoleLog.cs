using System.Collections.Frozen;
using Microsoft.Extensions.Logging;

namespace Tuning.CommandLine;

/// <summary>
/// Shows warnings of the log beside the progress; everything is in <c>tuner.log</c>. With <c>--verbose</c> it shows all that is
/// logged there.
/// </summary>
/// <remarks>Safe on any thread.</remarks>
/// <param name="error">Where lines go while no progress is shown.</param>
/// <param name="level">The least level that is shown.</param>
internal sealed class ConsoleLog(TextWriter error, LogLevel level) : ILoggerProvider, ILogger
{
    // Trials that fail, end, are tried again or take over another's state: the progress and the summary say so themselves.
    private static readonly FrozenSet<int> _shownByProgress = FrozenSet.Create(1200, 1302, 1303, 1310, 1311);

    private const int LoggerLost = 1314;

    // Under the lock of the writer.
    private List<string> _incomplete = [];

    // Set by the command between experiments, read by any thread that logs.
    private volatile ProgressReporter? _progress;

    /// <summary>The progress that is shown now: lines go above its table.</summary>
    public ProgressReporter? Progress
    {
        get => _progress;
        set => _progress = value;
    }

    /// <summary>What loggers could not write since the last call, a message for each file.</summary>
    public IReadOnlyList<string> TakeIncomplete()
    {
        lock (error)
        {
            return Interlocked.Exchange(ref _incomplete, []);
        }
    }

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => this;

    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => logLevel >= level && logLevel != LogLevel.None;

    /// <inheritdoc/>
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (eventId.Id == LoggerLost)
        {
            lock (error)
            {
                _incomplete.Add(formatter(state, exception));
            }
        }

        if (!IsEnabled(logLevel) || _shownByProgress.Contains(eventId.Id))
        {
            return;
        }

        var text = $"{(logLevel >= LogLevel.Error ? "error" : logLevel == LogLevel.Warning ? "warning" : "info")}: " +
            $"{Readable.OneLine(formatter(state, exception), 1000)}";
        if (_progress?.Say(text) == true)
        {
            return;
        }

        lock (error)
        {
            error.WriteLine(text);
            error.Flush();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
