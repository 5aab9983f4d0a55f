using Tuning.Simulation;

namespace Tuning.Tests.Documents;

/// <summary>What docs/simulation.md shows.</summary>
internal static class SimulationSnippets
{
    public static SimulationResult Plan(TextWriter output)
    {
        var result = new Simulator(
            SyntheticCurves.Costly,
            SyntheticCurves.Space,
            new TuneConfig { Samples = 500, Seed = 1 },
            new RunConfig
            {
                Checkpoint = new() { CheckpointFrequency = 10 },
                Failure = new() { MaxFailures = -1 },
            },
            new SimulationOptions
            {
                Workers = 8,
                StartupDelay = TimeSpan.FromSeconds(30),
                CheckpointSaveTime = TimeSpan.FromSeconds(2),
                CheckpointLoadTime = TimeSpan.FromSeconds(5),
                MeanTimeBetweenFailures = TimeSpan.FromDays(7),
                RepairTime = TimeSpan.FromMinutes(20),
            }).Run();
        output.WriteLine($"{result.Duration.TotalHours:F1} hours; a loss of 0.2 after {result.TimeTo(0.2)?.TotalHours:F1}; best {result.Best:F3}");
        output.WriteLine($"{result.Utilisation:P1} of the workers' time trained, {result.Wasted:P1} was lost to {result.WorkerFailures} failures");
        return result;
    }

    public static void Compare(string directory, SearchSpace space, TextWriter output)
    {
        var curves = CurveTable.FromExperiment(directory, new Objective("loss", Mode.Min));
        foreach (var workers in new[] { 1, 2, 4, 8 })
        {
            var study = new Simulator(curves, space, new TuneConfig { Samples = 200 }, options: new() { Workers = workers }).Run();
            output.WriteLine($"{workers} workers: {study.Duration}");
        }
    }
}
