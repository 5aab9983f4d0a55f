using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Tuning.Logging;

namespace Tuning;

/// <summary>Adds a log file and the progress display to an application; neither is there unless it is asked for.</summary>
public static class TunerConsoleExtensions
{
    /// <summary>
    /// Writes <c>tuner.log</c> into the directory of each experiment, with Serilog; the section <c>TunerLog</c> of the application's
    /// configuration adds sinks and levels. Added twice it is one log.
    /// </summary>
    /// <param name="tuner">The application's.</param>
    public static TunerBuilder AddLogFile(this TunerBuilder tuner)
    {
        ArgumentNullException.ThrowIfNull(tuner);
        tuner.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IExperimentLog, LogFile>());
        return tuner;
    }

    /// <summary>Shows the progress of every experiment: a table that is redrawn on a terminal, else lines.</summary>
    /// <param name="tuner">The application's.</param>
    /// <param name="options">How it is shown; null for the defaults.</param>
    public static TunerBuilder AddProgress(this TunerBuilder tuner, ProgressOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(tuner);
        tuner.Services.AddTransient<TunerCallback>(services => new ProgressReporter(options, services.GetService<TimeProvider>()));
        return tuner;
    }

    private sealed class LogFile(IServiceProvider services) : IExperimentLog
    {
        public ILoggerProvider Open(string directory) =>
            new LogFileProvider(directory, () => services.GetService<IConfiguration>(), LogFileProvider.LeastLevel(services.GetService<IConfiguration>()));
    }
}
