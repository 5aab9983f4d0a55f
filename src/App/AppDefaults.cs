using Tuning.Hosting;

namespace Tuning;

/// <summary>
/// What a <see cref="Tuner"/> or <see cref="Study"/> that is made without services has in a program with this package: the loggers, the log file,
/// and the live table where standard output is a terminal. <c>services.AddTuner(…)</c> has none of it unless it is asked for.
/// </summary>
public sealed class AppDefaults : ITunerDefaults
{
    /// <inheritdoc/>
    public void Configure(TunerBuilder tuner)
    {
        tuner.AddLoggers().AddLogFile();
        if (!Console.IsOutputRedirected)
        {
            tuner.AddProgress();
        }
    }
}
