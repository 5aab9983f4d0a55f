using System.Collections.Immutable;
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
        Console.WriteLine($"{trials} trials with one report each; {Measure.Machine}");
        await RunAsync(trials, 0, inMemory: true, logged: false);
        var bare = new List<double>();
        var memory = new List<double>();
        for (var run = 0; run < runs; run++)
        {
            bare.Add((await RunAsync(trials, run, inMemory: false, logged: false)).Seconds);
            memory.Add((await RunAsync(trials, run, inMemory: true, logged: true)).Seconds);
        }

        Console.WriteLine($"journal on, loggers off:            {Measure.Spread(bare)} s");
        Console.WriteLine($"JSON + CSV + TensorBoard, memory:   {Measure.Spread(memory)} s");
        var ratios = new List<double>();
        var disk = new List<double>();
        for (var run = 0; run < runs; run++)
        {
            var (seconds, files) = await RunAsync(trials, run, inMemory: false, logged: true);
            disk.Add(seconds);
            ratios.Add(seconds / BareCreation(files));
        }

        Console.WriteLine($"JSON + CSV + TensorBoard, disk:     {Measure.Spread(disk)} s");
        Console.WriteLine($"  × the bare creation of its files: {Measure.Spread(ratios, "F2")}");
        return 0;
    }

    private static async Task<(double Seconds, IReadOnlyList<(string Path, long Length)> Files)> RunAsync(int trials, int run, bool inMemory, bool logged)
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
                    new TuneConfig { Metric = "loss", Mode = Mode.Min, NumSamples = trials, Seed = (ulong)run },
                    new RunConfig { Name = "trials", StoragePath = storage, Callbacks = callbacks, Loggers = [] }).FitAsync();
                if (results.Count != trials)
                {
                    throw new InvalidOperationException($"{results.Count} trials instead of {trials}.");
                }
            });
            var files = inMemory ? [] : Directory.EnumerateFiles(storage, "*", SearchOption.AllDirectories)
                .Select(f => (Path.GetRelativePath(storage, f), new FileInfo(f).Length)).ToList();
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
