using Tuning.Execution.Remote;

namespace Tuning.Experiments;

/// <summary>The other side of <c>isolation: process</c>: what a process that runs trials makes of what it is told.</summary>
internal static class TrialService
{
    /// <summary>Runs trials until nobody wants any more.</summary>
    /// <param name="services">Makes the services of the process; given what writes the log.</param>
    public static Task ServeAsync(Func<ILoggerProvider, IServiceProvider> services) =>
        TrialWorker.ServeAsync((setup, log) => EnvironmentOf(setup, services(log)));

    private static SegmentEnvironment EnvironmentOf(RemoteSetup setup, IServiceProvider services)
    {
        var experiment = ExperimentSpec.FromJson(setup.Experiment);
        var trainable = services.GetRequiredService<ComponentCatalog>().FindTrainable(experiment.Run) ?? throw new SpecificationException(
            $"the trainable '{experiment.Run}' is not there in a process of its trials. Give it to TrialProcess.RunAsync, or register it by its name.");
        return new()
        {
            Trainable = ComponentCatalog.WithSettings(trainable, experiment),
            Services = services,
            Time = services.GetRequiredService<TimeProvider>(),
            Directory = setup.Directory,
            Seed = SeedPath.Of(setup.Seed),
            Hooks = experiment.Hooks,
            Stop = [.. experiment.Stop.Select(s => (s.Metric, s.Threshold))],
            Cpus = setup.Cpus,
            SaveAtEnd = setup.SaveAtEnd,
            Logger = services.GetRequiredService<ILoggerFactory>().CreateLogger("Tuning.Trials"),
        };
    }
}
