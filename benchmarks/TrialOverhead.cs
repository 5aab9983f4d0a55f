using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Tuning;
using Tuning.Loggers;
using Tuning.Loggers.TensorBoard;

namespace Benchmarks;

/// <summary>
/// What does a trial cost that does nothing? 10,000 function trials that report once and finish: with the journal alone, and with
/// all loggers, on memory and on disk; there beside the bare creation of the same files.
/// </summary>
internal static class TrialOverhead
{
    public static async Task<int> RunAsync(string[] args)
    {
        var trials = Measure.Option(args, "--trials", 10_000);
        var runs = Measure.Option(args, "--runs", 5);
        var on = Measure.Option(args, "--on", "memory,disk").Split(',');
        Console.WriteLine($"{trials} trials with one report each, every run the first of its process; {Measure.Machine}");
        Print("journal on, loggers off, disk: ", await SamplesAsync(trials, runs, "disk", "bare"));
        if (on.Contains("memory"))
        {
            Print("JSON + CSV + TensorBoard, memory:", await SamplesAsync(trials, runs, "memory", "logged"));
        }

        if (on.Contains("disk"))
        {
            var samples = await SamplesAsync(trials, runs, "disk", "logged");
            Print("JSON + CSV + TensorBoard, disk: ", samples);
            Console.WriteLine($"  bare creation of its files:    {Measure.Spread([.. samples.Select(s => s[3])])} s");
            Console.WriteLine($"  ratio:                         {Measure.Spread([.. samples.Select(s => s[0] / s[3])], "F2")}");
        }

        return 0;
    }

    /// <summary>One run, in a process of its own.</summary>
    public static async Task<int> RunOnceAsync(string[] args)
    {
        var trials = int.Parse(args[0], CultureInfo.InvariantCulture);
        var (seconds, files) = await RunAsync(trials, inMemory: args[1] == "memory", logged: args[2] == "logged");
        using var process = Process.GetCurrentProcess();
        var (user, all) = (process.UserProcessorTime.TotalSeconds, process.TotalProcessorTime.TotalSeconds);
        return Measure.Answer(seconds, all, user, files.Count > 0 ? BareCreation(files) : 0);
    }

    private static async Task<IReadOnlyList<Sample>> SamplesAsync(int trials, int runs, string where, string what)
    {
        var samples = new List<Sample>();
        for (var run = 0; run < runs; run++)
        {
            samples.Add(await Measure.InOwnProcessAsync("trials", trials.ToString(CultureInfo.InvariantCulture), where, what));
        }

        return samples;
    }

    private static void Print(string what, IReadOnlyList<Sample> samples) =>
        Console.WriteLine($"{what} {Measure.Spread([.. samples.Select(s => s[0])])} s; processor time of the process " +
            $"{Measure.Median([.. samples.Select(s => s[1])]):F2} s, {Measure.Median([.. samples.Select(s => s[2])]):F2} s in user mode");

    private static async Task<(double Seconds, IReadOnlyList<(string Path, long Length)> Files)> RunAsync(int trials, bool inMemory, bool logged)
    {
        var storage = Measure.NewDirectory(inMemory);
        try
        {
            var trainable = Trainable.FromFunction<ParameterSet>("once", config => new Metrics { ["loss"] = config.Get<double>("x") });
            ImmutableArray<TunerCallback> callbacks = logged ? [new JsonLogger(), new CsvLogger(), new TensorBoardLogger()] : [];
            var seconds = await Measure.SecondsAsync(async () =>
            {
                var results = await new Tuner(
                    trainable,
                    new SearchSpace().Add("x", Domain.Uniform(0, 1)),
                    new TuneConfig { Metric = "loss", Mode = Mode.Min, Samples = trials, Seed = 1 },
                    new RunConfig { Name = "trials", StoragePath = storage, Callbacks = callbacks, Loggers = [] }).FitAsync();
                if (results.Count != trials)
                {
                    throw new InvalidOperationException($"{results.Count} trials instead of {trials}.");
                }
            });
            IReadOnlyList<(string, long)> files = inMemory || !logged ? [] : [.. Directory.EnumerateFiles(storage, "*", SearchOption.AllDirectories)
                .Select(f => (Path.GetRelativePath(storage, f), new FileInfo(f).Length))];
            return (seconds, files);
        }
        finally
        {
            Directory.Delete(storage, recursive: true);
        }
    }

    private static double BareCreation(IReadOnlyList<(string Path, long Length)> files)
    {
        var root = Measure.NewDirectory(inMemory: false);
        var buffer = new byte[files.Max(f => f.Length)];
        try
        {
            return Measure.Seconds(() =>
            {
                foreach (var (path, length) in files)
                {
                    var file = Path.Combine(root, path);
                    Directory.CreateDirectory(Path.GetDirectoryName(file)!);
                    using var stream = new FileStream(file, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
                    stream.Write(buffer, 0, (int)length);
                }
            });
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }
}
