using Tuning;

namespace Benchmarks;

/// <summary>What does an algorithm's checkpoint cost: files, bytes, and the time to write it, flushed to the disk or not, and to read it?</summary>
internal static class CheckpointSpeed
{
    public static int Run(string[] args)
    {
        var runs = Measure.Option(args, "--runs", 20);
        Console.WriteLine($"checkpoints of PPO on CartPole-v1 with two layers of 256 and a filter; {Measure.Machine}");
        using var algorithm = new PpoConfig().Environment("CartPole-v1").EnvRunners(observationFilter: ObservationFilter.MeanStdFilter)
            .Training(trainBatchSize: 256, minibatchSize: 64, numEpochs: 1).Debugging(seed: 1).Build(threads: 1);
        algorithm.Train();
        var directory = Directory.CreateTempSubdirectory("checkpoints-").FullName;
        try
        {
            var (durable, quick, read) = (new List<double>(), new List<double>(), new List<double>());
            for (var run = 0; run <= runs; run++)
            {
                var path = Path.Combine(directory, $"{run}");
                var seconds = Measure.Seconds(() => algorithm.SaveToPath(path));
                var loading = Measure.Seconds(() => algorithm.RestoreFromPath(path));
                var saved = "";
                var temporary = Measure.Seconds(() => saved = algorithm.SaveToPath());
                Directory.Delete(saved, recursive: true);
                if (run == 0)
                {
                    // The first is compiled.
                    var files = Directory.GetFiles(path, "*", SearchOption.AllDirectories);
                    Console.WriteLine($"{files.Length} files, {files.Sum(f => new FileInfo(f).Length):N0} bytes");
                    continue;
                }

                durable.Add(1e3 * seconds);
                quick.Add(1e3 * temporary);
                read.Add(1e3 * loading);
            }

            Console.WriteLine($"written and flushed: {Measure.Spread(durable, "F2")} ms");
            Console.WriteLine($"written:             {Measure.Spread(quick, "F2")} ms");
            Console.WriteLine($"verified and read:   {Measure.Spread(read, "F2")} ms");
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }

        return 0;
    }
}
