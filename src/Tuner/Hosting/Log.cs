namespace Tuning.Hosting;

/// <summary>Messages of the host.</summary>
internal static partial class Log
{
    [LoggerMessage(1500, LogLevel.Warning, "When the application stops, trials have {Grace} s to end their step and write a checkpoint: " +
        "HostOptions.ShutdownTimeout is {Limit} s. A longer step is cut off, and repeated on resume. To give more time: services.Configure<HostOptions>(o => " +
        "o.ShutdownTimeout = …)")]
    public static partial void LimitOfTheHost(ILogger logger, string grace, string limit);

    [LoggerMessage(1501, LogLevel.Warning, "Grace is {Grace} s and HostOptions.ShutdownTimeout {Limit} s: when the application stops, trials are cut off " +
        "after the latter. Raise it: services.Configure<HostOptions>(o => o.ShutdownTimeout = …)")]
    public static partial void GraceBeyondTheHost(ILogger logger, string grace, string limit);
}
