using System.Threading.Channels;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Serilog;
using Serilog.Events;
using Serilog.Parsing;
using Serilog.Settings.Configuration;
using ILogger = Microsoft.Extensions.Logging.ILogger;

namespace Tuning.Logging;

/// <summary>
/// Writes <c>tuner.log</c> with Serilog, beside the experiment: who logs only hands the message over, and Serilog itself is loaded
/// there, a moment later, so that the log costs an experiment's start nothing. A killed process may lose the last fifth of a second.
/// </summary>
/// <remarks>
/// The section <c>TunerLog</c> of <c>appsettings.json</c>, in Serilog's own grammar, adds sinks and levels:
/// <c>{"TunerLog": {"MinimumLevel": "Warning"}}</c>.
/// </remarks>
internal sealed class LogFileProvider : ILoggerProvider
{
    /// <summary>The name of the file.</summary>
    public const string FileName = "tuner.log";

    /// <summary>The section of the configuration that it reads.</summary>
    public const string Section = "TunerLog";

    // Messages are written by tens a second at most, not each by itself, and none while the first trials start.
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(200);
    private const string Template = "{Timestamp:yyyy-MM-dd HH:mm:ss.fff zzz} {Level:u3} {Message:lj}{NewLine}{Exception}";

    private readonly string _directory;
    private readonly Func<IConfiguration?> _configuration;
    private readonly LogLevel _least;
    private readonly Channel<LogEvent> _events = Channel.CreateUnbounded<LogEvent>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource _closing = new();
    private readonly Lock _lock = new();
    private Task? _writer;

    public LogFileProvider(string directory, Func<IConfiguration?> configuration, LogLevel least) =>
        (_directory, _configuration, _least) = (directory, configuration, least);

    /// <summary>The least level that a configuration asks for, at most <see cref="LogLevel.Information"/>: what is above is left out by Serilog.</summary>
    public static LogLevel LeastLevel(IConfiguration? configuration) =>
        (configuration?[Section + ":MinimumLevel"] ?? configuration?[Section + ":MinimumLevel:Default"]) switch
        {
            "Verbose" => LogLevel.Trace,
            "Debug" => LogLevel.Debug,
            _ => LogLevel.Information,
        };

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new Entry(this);

    /// <inheritdoc/>
    public void Dispose()
    {
        _events.Writer.TryComplete();
        _closing.Cancel();
        _writer?.GetAwaiter().GetResult();
        _closing.Dispose();
    }

    private void Add(LogEvent happened)
    {
        _events.Writer.TryWrite(happened);
        if (_writer is null)
        {
            lock (_lock)
            {
                _writer ??= Task.Run(WriteAsync);
            }
        }
    }

    private async Task WriteAsync()
    {
        await PauseAsync().ConfigureAwait(false);
        var file = Path.Combine(_directory, FileName);
        try
        {
            OwnFiles.Claim(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The directory is gone, or may not be written: no log is more important than the run.
            return;
        }

        var settings = new LoggerConfiguration().MinimumLevel.Information().WriteTo.File(file, outputTemplate: Template,
            formatProvider: CultureInfo.InvariantCulture);
        try
        {
            if (Configuration() is { } configuration && configuration.GetSection(Section).Exists())
            {
                settings = settings.ReadFrom.Configuration(configuration, new ConfigurationReaderOptions { SectionName = Section });
            }
        }
        catch (SpecificationException e)
        {
            // No setting of a log is more important than the log.
            _events.Writer.TryWrite(new(TimeProvider.System.GetLocalNow(), LogEventLevel.Warning, null, new([new TextToken(e.Message)]), []));
        }

        var log = settings.CreateLogger();
        await using (log.ConfigureAwait(false))
        {
            while (await _events.Reader.WaitToReadAsync().ConfigureAwait(false))
            {
                while (_events.Reader.TryRead(out var happened))
                {
                    log.Write(happened);
                }

                await PauseAsync().ConfigureAwait(false);
            }
        }
    }

    // Ends early when the log is closed.
    private async Task PauseAsync() =>
        await Task.Delay(_pause, TimeProvider.System, _closing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private IConfiguration? Configuration() => _configuration() ?? SettingsFile.TryRead(Path.Combine(AppContext.BaseDirectory, "appsettings.json"));

    /// <summary>Hands messages over.</summary>
    private sealed class Entry(LogFileProvider file) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= file._least && logLevel < LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                // Message and values are taken now: the state may change once this returns.
                var message = new MessageTemplate([new TextToken(formatter(state, exception))]);
                file.Add(new LogEvent(TimeProvider.System.GetLocalNow(), Level(logLevel), exception, message, []));
            }
        }

        private static LogEventLevel Level(LogLevel level) => level switch
        {
            LogLevel.Critical => LogEventLevel.Fatal,
            LogLevel.Error => LogEventLevel.Error,
            LogLevel.Warning => LogEventLevel.Warning,
            LogLevel.Debug => LogEventLevel.Debug,
            LogLevel.Trace => LogEventLevel.Verbose,
            _ => LogEventLevel.Information,
        };
    }
}
