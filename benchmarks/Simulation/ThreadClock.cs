using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Benchmarks.Simulation;

/// <summary>
/// Takes out of a measured time what was not this thread's: other programs that had the processor, and garbage collections. It looks whenever asked to, and
/// knows of what passed
/// since it looked last.
/// </summary>
internal sealed class ThreadClock
{
    private const int ThreadTime = 3;

    private long _wall = Stopwatch.GetTimestamp();
    private double _thread = ThreadSeconds();
    private TimeSpan _pauses = GC.GetTotalPauseDuration();

    /// <summary>Seconds since it looked last in which this thread did not run, or a garbage collection held it up.</summary>
    public double Look()
    {
        var (wall, thread, pauses) = (Stopwatch.GetTimestamp(), ThreadSeconds(), GC.GetTotalPauseDuration());
        var away = Stopwatch.GetElapsedTime(_wall, wall).TotalSeconds - (thread - _thread) + (pauses - _pauses).TotalSeconds;
        (_wall, _thread, _pauses) = (wall, thread, pauses);
        return double.IsNaN(away) ? 0 : Math.Max(0, away);
    }

    // NaN where the system does not tell.
    private static double ThreadSeconds() =>
        OperatingSystem.IsLinux() && ClockGetTime(ThreadTime, out var time) == 0 ? time.Seconds + (1e-9 * time.Nanoseconds) : double.NaN;

    [DllImport("libc", EntryPoint = "clock_gettime")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int ClockGetTime(int clock, out Moment time);

    [StructLayout(LayoutKind.Sequential)]
    private struct Moment
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
