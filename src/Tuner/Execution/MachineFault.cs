namespace Tuning.Execution;

/// <summary>
/// What is the machine's fault, and no trial's: a disk that is full or fails, no more files or threads. Another configuration would fare no better, and
/// the same will go on where the machine does again.
/// </summary>
internal sealed partial class MachineFault : IOException
{
    private const int WindowsError = unchecked((int)0x80070000);

    private MachineFault(string message, Exception? cause)
        : base(message, cause)
    {
    }

    /// <summary>The fault that an exception, or one in it, tells of; null where it tells of none.</summary>
    public static MachineFault? Of(Exception? exception)
    {
        for (var e = exception; e is not null; e = e.InnerException)
        {
            if (e is MachineFault known)
            {
                return known;
            }

            if (IsAboutThreads(e))
            {
                return NoThread(e);
            }

            if (e is AggregateException several && several.InnerExceptions.Select(Of).FirstOrDefault(f => f is not null) is { } inner)
            {
                return inner;
            }

            if (Words(e) is { } what)
            {
                return new($"{what} ({e.Message.TrimEnd('.')})", exception!);
            }
        }

        return null;
    }

    /// <summary>The fault that another process tells of.</summary>
    public static MachineFault Told(string message) => new(message, null);

    /// <summary>No thread could be started.</summary>
    public static MachineFault NoThread(Exception cause) =>
        new($"no more threads can be started{(cause is OutOfMemoryException ? "" : $" ({cause.Message.TrimEnd('.')})")}; ulimit -u and the limits of "
            + "the machine or container say how many", cause);

    /// <summary>How many files the process may have open at once; null where that is not known.</summary>
    public static long? MostFiles() => Limit(OperatingSystem.IsMacOS() ? 8 : 7);

    /// <summary>How many threads the user may have; null where that is not known, and for root, who may have any.</summary>
    public static long? MostThreads() => Environment.IsPrivilegedProcess ? null : Limit(OperatingSystem.IsMacOS() ? 7 : 6);

    private static long? Limit(int resource)
    {
        Span<ulong> limit = stackalloc ulong[2];
        return OperatingSystem.IsWindows() || getrlimit(resource, ref limit[0]) != 0 || limit[0] > long.MaxValue ? null : (long)limit[0];
    }

    // The runtime says that memory is short where a thread cannot be started; that no process can, with the error's number.
    private static bool IsAboutThreads(Exception e) => e is ThreadStartException or System.ComponentModel.Win32Exception { NativeErrorCode: 11 or 35 }
        || (e is OutOfMemoryException && e.StackTrace?.Contains("System.Threading.Thread.Start", StringComparison.Ordinal) == true);

    // On Unix an exception of input and output has the number of the error, on Windows that in a wrapping.
    private static string? Words(Exception e) => e switch
    {
        not (IOException or UnauthorizedAccessException) => null,
        { HResult: 28 or WindowsError + 112 or WindowsError + 39 } => "the disk is full",
        { HResult: 122 } => "the quota of the disk is used up",
        { HResult: 69 } when OperatingSystem.IsMacOS() => "the quota of the disk is used up",
        { HResult: 5 } when e is not UnauthorizedAccessException && !OperatingSystem.IsWindows() => "the disk fails",
        { HResult: 30 } => "the disk can only be read",
        { HResult: 24 or WindowsError + 4 } => "no more files can be opened" + (MostFiles() is { } most
            ? string.Create(CultureInfo.InvariantCulture, $": this process may have {most} at once, which ulimit -n changes; fewer trials at once need fewer")
                : ""),
        { HResult: 23 } => "no more files can be opened on this machine",
        _ => null,
    };

    [LibraryImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int getrlimit(int resource, ref ulong limit);
}
