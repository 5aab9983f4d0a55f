using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Benchmarks;

/// <summary>Figures as text: every benchmark prints medians of several runs, and where it ran.</summary>
internal static class Measure
{
    private const string Child = "--child";
    private const string Prefix = "sample ";
    private const string BegunVariable = "BENCHMARK_BEGUN";

    public static string Machine { get; } =
        $"{Environment.ProcessorCount} cores, {RuntimeInformation.ProcessArchitecture}, vectors of " +
            $"{(System.Runtime.Intrinsics.Vector512.IsHardwareAccelerated ? 512 : 256)} bits, .NET {Environment.Version}";

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

    /// <summary>Seconds that this thread had a processor for an action, compilation on it included: what a quiet machine would take. Where the system does not
    /// tell, the seconds that pass.</summary>
    public static double ProcessorSeconds(Action action)
    {
        var before = OnProcessor();
        var passed = Seconds(action);
        return OnProcessor() is var after && double.IsNaN(after) ? passed : after - before;
    }

    public static double Median(IReadOnlyCollection<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }

    public static string Spread(IReadOnlyCollection<double> values, string format = "F3") =>
        string.Create(CultureInfo.InvariantCulture, $"{Median(values).ToString(format, CultureInfo.InvariantCulture)} (min " +
            $"{values.Min().ToString(format, CultureInfo.InvariantCulture)}, max {values.Max().ToString(format, CultureInfo.InvariantCulture)}, " +
            $"{values.Count} runs)");

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

    /// <summary>
    /// Runs this program again and takes the numbers that it prints: a sample in a process of its own, compilation included.
    /// </summary>
    public static async Task<Sample> InOwnProcessAsync(params string[] args)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        foreach (var arg in (IEnumerable<string>)[typeof(Measure).Assembly.Location, .. args, Child])
        {
            start.ArgumentList.Add(arg);
        }

        start.Environment[BegunVariable] = Stopwatch.GetTimestamp().ToString(CultureInfo.InvariantCulture);
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{string.Join(' ', args)} ended with exit code {process.ExitCode}: {output}");
        }

        var line = output.Split('\n').Last(l => l.StartsWith(Prefix, StringComparison.Ordinal));
        return new([.. line[Prefix.Length..].Split(' ').Select(v => double.Parse(v, CultureInfo.InvariantCulture))]);
    }

    /// <summary>Whether this process takes one sample for another one.</summary>
    public static bool IsChild(string[] args) => args is [.., Child];

    /// <summary>Prints the sample that the parent waits for.</summary>
    public static int Answer(params double[] values)
    {
        Console.WriteLine(Prefix + string.Join(' ', values.Select(v => v.ToString("R", CultureInfo.InvariantCulture))));
        return 0;
    }

    /// <summary>Seconds since the parent started this process; both read the same clock.</summary>
    public static double SecondsSinceStart() =>
        Stopwatch.GetElapsedTime(long.Parse(Environment.GetEnvironmentVariable(BegunVariable)!, CultureInfo.InvariantCulture)).TotalSeconds;

    // Linux counts nanoseconds for each thread.
    private static double OnProcessor() => File.Exists("/proc/thread-self/schedstat")
        ? 1e-9 * long.Parse(File.ReadAllText("/proc/thread-self/schedstat").Split(' ')[0], CultureInfo.InvariantCulture)
        : double.NaN;

    /// <summary>A new directory, on memory (<c>/dev/shm</c>) where there is one, or on disk.</summary>
    public static string NewDirectory(bool inMemory)
    {
        var parent = inMemory && Directory.Exists("/dev/shm") ? "/dev/shm" : Directory.GetCurrentDirectory();
        return Directory.CreateDirectory(Path.Combine(parent, "tuner-benchmark-" + Guid.NewGuid().ToString("N"))).FullName;
    }
}

/// <summary>The numbers of one sample.</summary>
internal readonly record struct Sample(double[] Values)
{
    public double this[int index] => Values[index];
}
