using Tuning.Execution.Remote;

namespace Tuning.Experiments;

/// <summary>Chooses where the trials of an experiment run: on threads, or in processes of their own.</summary>
/// <param name="services">Services of the host.</param>
/// <param name="running">The experiments of this process.</param>
/// <param name="time">The clock.</param>
internal sealed class TrialExecutors(IServiceProvider services, RunningExperiments running, TimeProvider time)
{
    /// <summary>Refuses an experiment whose trials cannot run where they are to run; before anything is written.</summary>
    /// <exception cref="SpecificationException">They cannot; the message says what is missing.</exception>
    /// <exception cref="InvalidOperationException">This process is itself one that was started for trials.</exception>
    public void Require(ExperimentDefinition definition)
    {
        if (TrialWorker.IsWanted)
        {
            throw new InvalidOperationException("This process was started to run trials of an experiment, and begins one itself. Let the program begin with: "
                + "if (await TrialProcess.RunAsync(…)) return;");
        }

        if (IsIsolated(definition) && services.GetService<ILauncher>() is null)
        {
            throw new SpecificationException($"{definition.Specification.Name}: isolation: process needs the package Tuning.Programs: AddPrograms() "
                + "where the program adds its trainables.");
        }
    }

    /// <summary>The executor of an experiment.</summary>
    /// <param name="parts">The experiment.</param>
    /// <param name="directory">Its directory, full path.</param>
    /// <param name="logs">Its log.</param>
    /// <param name="telemetry">Told of segments.</param>
    /// <param name="saveAtEnd">Whether a trial that ends by itself writes a last checkpoint.</param>
    public ITrialExecutor Create(ExperimentParts parts, string directory, ILoggerFactory logs, ExperimentTelemetry? telemetry, bool saveAtEnd)
    {
        var (spec, resources) = (parts.Specification, parts.Resources);
        var environment = new SegmentEnvironment
        {
            Trainable = parts.Definition.Trainable,
            Services = services,
            Time = time,
            Directory = directory,
            Seed = parts.Seed,
            Hooks = spec.Hooks,
            Stop = [.. spec.Stop.Select(s => (s.Metric, s.Threshold))],
            Cpus = resources.Cpus,
            SaveAtEnd = saveAtEnd,
            Logger = logs.CreateLogger("Tuning.Trials"),
            Telemetry = telemetry,
            Slots = SlotPool.Ambient?.Pool ?? running.Slots ?? FewerFor(resources.Slots, logs.CreateLogger("Tuning.Experiment")),
            ParentSlot = SlotPool.Ambient,
        };
        var executor = Executor();
        return spec.TrialTimeout is null && spec.ReportTimeout is null ? executor
            : new TimeLimits(executor, spec.TrialTimeout, spec.ReportTimeout, directory, time, environment.Logger);

        ITrialExecutor Executor()
        {
            if (!IsIsolated(parts.Definition))
            {
                return new JobTrialExecutor(directory, resources.ResourceClass, environment);
            }

            var setup = new RemoteSetup(spec.ToJson(), directory, parts.Seed.Root, resources.Cpus, saveAtEnd);
            return new ProcessExecutor(environment, new ChildStarter(services.GetRequiredService<ILauncher>(), setup), spec.Name, resources.Slots, logs);
        }
    }

    private static bool IsIsolated(ExperimentDefinition definition) =>
        (definition.Specification.Isolation ?? definition.Trainable.Isolation) == Isolation.Process;

    // A process may open so many files and start so many threads, and each trial that runs has some: more trials than that wait, and no decision knows of it.
    private static SlotPool? FewerFor(int slots, ILogger logger)
    {
        const int OtherFiles = 160, FilesOfTrial = 4, OtherThreads = 32;
        var (files, threads) = (MachineFault.MostFiles() ?? long.MaxValue, MachineFault.MostThreads() ?? long.MaxValue);
        var (byFiles, byThreads) = (Math.Max(1, (files - OtherFiles) / FilesOfTrial), Math.Max(1, threads - OtherThreads));
        var atOnce = Math.Min(byFiles, byThreads);
        if (slots <= atOnce)
        {
            return null;
        }

        var limit = byFiles <= byThreads ? Invariant($"files than the {files} that this process may open (ulimit -n)")
            : Invariant($"threads than the {threads} that this user may have (ulimit -u)");
        Log.Notice(logger, Invariant($"{slots} trials at once need more {limit}: {atOnce} of them run at once, the others wait"));
        return new((int)atOnce);
    }
}
