using System.Diagnostics;
using System.Globalization;
using Tuning;
using Tuning.Search;
using Tuning.Search.Tpe;
using Tuning.Server;

namespace Benchmarks.Serving;

/// <summary>
/// How many trials per second do Python programs ask for and tell of: a study that is served over HTTP, and Optuna's on its journal and SQLite storages,
/// in turns, with the same program around it? The server is a process of its own, and its processor time counts. <c>--memory</c> takes the disk out of it.
/// </summary>
internal static class ServeSpeed
{
    private const int Parameters = 5;

    private static readonly string _python = Environment.GetEnvironmentVariable("PYTHON") ?? "/usr/bin/python3";

    public static async Task<int> RunAsync(string[] args)
    {
        var runs = Measure.Option(args, "--runs", 5);
        var (trials, tpe) = (Measure.Option(args, "--trials", 4000), Measure.Option(args, "--tpe", 200));
        var inMemory = args.Contains("--memory");
        Console.WriteLine($"asks and tells per second from Python, {Parameters} parameters, storage {(inMemory ? "in memory" : "on disk")}; {Measure.Machine}");
        foreach (var (sampler, count) in new[] { ("random", trials), ("tpe", tpe) })
        {
            foreach (var clients in new[] { 1, 4 })
            {
                var rates = new Dictionary<string, List<double>> { ["served"] = [], ["journal"] = [], ["sqlite"] = [] };
                var costs = rates.Keys.ToDictionary(k => k, _ => new List<double>());
                for (var run = 0; run <= runs; run++)
                {
                    foreach (var kind in rates.Keys)
                    {
                        // Fewer trials say as much of random search on a slow storage; of TPE the cost depends on their number.
                        var share = sampler == "tpe" ? count : kind switch { "served" => count, "journal" => count / 4, _ => count / 25 };
                        var rate = await MeasureAsync(kind, sampler, share, clients, run, inMemory);
                        if (run > 0 && rate is { } measured)
                        {
                            rates[kind].Add(measured.Rate);
                            costs[kind].Add(measured.Microseconds);
                        }
                    }
                }

                foreach (var (kind, found) in rates)
                {
                    if (found.Count < runs)
                    {
                        Console.WriteLine($"{sampler}, {clients} clients, {kind,-7} failed in {runs - found.Count} of {runs} runs; the errors stand above");
                    }

                    if (found.Count == 0)
                    {
                        continue;
                    }

                    var ratio = kind == "served" ? "" : string.Create(
                        CultureInfo.InvariantCulture, $"; served is {Measure.Median(rates["served"]) / Measure.Median(found):F1} times as fast");
                    Console.WriteLine($"{sampler}, {clients} {(clients == 1 ? "client" : "clients")}, {kind,-7} {Measure.Spread(found, "N0")}; " +
                        $"{Measure.Median(costs[kind]):N0} µs of processor time each{ratio}");
                }
            }
        }

        return 0;
    }

    /// <summary>The server: prints where it is, and ends when its input does.</summary>
    public static async Task<int> ServeAsync(string storage, string sampler, int trials, int seed)
    {
        var space = new SearchSpace();
        for (var i = 0; i < Parameters; i++)
        {
            space.Add($"x{i}", Domain.Uniform(-5, 5));
        }

        SearcherOptions? searcher = sampler == "tpe" ? new TpeOptions() : null;
        var config = new StudyConfig { Seed = (ulong)seed, Samples = trials, SearchAlgorithm = searcher, StoragePath = storage, Loggers = [] };
        await using var study = await Study.CreateAsync(space, config);
        await using var server = await StudyServer.StartAsync(study, new() { Port = 0 });
        Console.WriteLine($"{server.Url} {server.Token}");
        await Console.In.ReadLineAsync();
        return 0;
    }

    private static async Task<(double Rate, double Microseconds)?> MeasureAsync(string kind, string sampler, int trials, int clients, int seed, bool inMemory)
    {
        var directory = Measure.NewDirectory(inMemory);
        Process? server = null;
        try
        {
            var (url, token) = ("", "");
            if (kind == "served")
            {
                server = Start("dotnet", [typeof(ServeSpeed).Assembly.Location, "serve-study", directory, sampler, Text(trials), Text(seed)], "", "");
                var line = (await server.StandardOutput.ReadLineAsync())!.Split(' ');
                (url, token) = (line[0], line[1]);
            }

            var script = Path.Combine(AppContext.BaseDirectory, "Serving", "ask_and_tell.py");
            var programs = new List<Process>();
            for (var i = 0; i < clients; i++)
            {
                // One after the other: the first makes the study in the storage.
                var (share, stream) = (Text(trials / clients), Text(seed + (1000 * i)));
                var program = Start(_python, [script, kind, sampler, Path.Combine(directory, "storage"), share, stream], url, token);
                programs.Add(program);
                if (await program.StandardOutput.ReadLineAsync() != "ready")
                {
                    throw new InvalidOperationException($"{_python} does not run {script}: is Optuna installed? PYTHON names another interpreter.");
                }
            }

            var before = ProcessorSeconds([server, .. programs]);
            var begun = Stopwatch.GetTimestamp();
            programs.ForEach(p => p.StandardInput.WriteLine());
            var isDone = true;
            foreach (var program in programs)
            {
                isDone &= (await program.StandardOutput.ReadLineAsync())?.StartsWith("done", StringComparison.Ordinal) == true;
            }

            var seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;
            var spent = isDone ? ProcessorSeconds([server, .. programs]) - before : 0;
            foreach (var program in programs)
            {
                program.StandardInput.Close();
                await program.WaitForExitAsync();
                program.Dispose();
            }

            // Optuna 3.1's journal is read while another process writes its last line, and that process fails then.
            var told = trials / clients * clients;
            return isDone ? (told / seconds, 1e6 * spent / told) : null;
        }
        finally
        {
            if (server is not null)
            {
                server.StandardInput.Close();
                await server.WaitForExitAsync();
                server.Dispose();
            }

            Directory.Delete(directory, recursive: true);
        }
    }

    // Of programs that have failed nothing is known any more.
    private static double ProcessorSeconds(IEnumerable<Process?> processes) => processes.Sum(p =>
    {
        p?.Refresh();
        return p is { HasExited: false } ? p.TotalProcessorTime.TotalSeconds : 0;
    });

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static Process Start(string program, string[] arguments, string url, string token) => Process.Start(new ProcessStartInfo(program, arguments)
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        Environment = { ["TUNER_URL"] = url, ["TUNER_TOKEN"] = token, ["PYTHONPATH"] = Path.Combine(AppContext.BaseDirectory, "Serving") },
    })!;
}
