using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Benchmarks;

/// <summary>Figures as text: every benchmark prints medians of several runs, and where it ran.</summary>
internal static class Measure
{
    public static string Machine { get; } =
        $"{Environment.ProcessorCount} cores, {RuntimeInformation.ProcessArchitecture}, vectors of {(System.Runtime.Intrinsics.Vector512.IsHardwareAccelerated ? 512 : 256)} bits, .NET {Environment.Version}";

    public static async Task<double> SecondsAsync(Func<Task> action)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var start = Stopwatch.GetTimestamp();
        await action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    public static double Seconds(Action action)
    {
        var start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    public static double Median(IReadOnlyCollection<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }

    public static string Spread(IReadOnlyCollection<double> values, string format = "F3") =>
        string.Create(CultureInfo.InvariantCulture, $"{Median(values).ToString(format, CultureInfo.InvariantCulture)} (min {values.Min().ToString(format, CultureInfo.InvariantCulture)}, max {values.Max().ToString(format, CultureInfo.InvariantCulture)}, {values.Count} runs)");

    public static int Option(string[] args, string name, int fallback)
    {
        var at = Array.IndexOf(args, name);
        return at >= 0 && at + 1 < args.Length ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : fallback;
    }

    public static string Option(string[] args, string name, string fallback)
    {
        var at = Array.IndexOf(args, name);
        return at >= 0 && at + 1 < args.Length ? args[at + 1] : fallback;
    }

    /// <summary>A new directory, on memory (<c>/dev/shm</c>) where there is one, or on disk.</summary>
    public static string NewDirectory(bool inMemory)
    {
        var parent = inMemory && Directory.Exists("/dev/shm") ? "/dev/shm" : Directory.GetCurrentDirectory();
        return Directory.CreateDirectory(Path.Combine(parent, "tuner-benchmark-" + Guid.NewGuid().ToString("N"))).FullName;
    }
}
