using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tuning.Checkpointing;
using Tuning.Control;
using Tuning.Experiments.Studies;
using Tuning.Running;
using Tuning.Specification;
using Tuning.Training;

namespace Tuning.Experiments;

/// <content>Studies: experiments whose trials are run by whoever asks for them.</content>
internal sealed partial class ExperimentRunner
{
    /// <summary>A study that leaves nothing behind.</summary>
    public static StudyLoop MemoryStudy(ExperimentDefinition definition, TimeProvider time, ILogger logger)
    {
        var (parts, _) = Begin(definition);
        return Started(new()
        {
            Controller = parts.NewController(),
            Searcher = parts.Searcher,
            Info = InfoOf(parts, "", null),
            Callbacks = definition.Callbacks,
            Time = time,
            Logger = logger,
        });
    }

    /// <summary>Begins a study in a directory of its own.</summary>
    /// <exception cref="SpecificationException">Its directory exists, or a warm start cannot be read.</exception>
    public StudyLoop CreateStudy(ExperimentDefinition definition, bool nameIsExplicit)
    {
        var (parts, header) = Begin(definition);
        var spec = parts.Specification;
        var (directory, journal) = ExperimentDirectories.Begin(spec.StoragePath, spec.Name, nameIsExplicit, header);
        try
        {
            ExperimentDirectories.WriteCopy(directory, SpecificationText.Of(spec));
            var log = logs.Open(directory);
            var logger = log.CreateLogger("Tuning.Experiment");
            Log.Begins(logger, spec.Name, directory, parts.Seed.Root);
            foreach (var usage in header.WarmStartUsage)
            {
                Log.WarmStart(logger, usage);
            }

            return Started(PartsOf(parts, parts.NewController(), journal, directory, log, null));
        }
        catch
        {
            journal.Dispose();
            throw;
        }
    }

    /// <summary>Goes on with a study.</summary>
    /// <exception cref="JournalException">The journal cannot be read, or another process has it open.</exception>
    /// <exception cref="SpecificationException">It is no study, cannot be extended so, or something that was supplied as code is missing.</exception>
    public StudyLoop OpenStudy(string directory, RestoreOptions restore)
    {
        directory = OwnFiles.Resolve(directory);
        ExperimentParts? parts = null;
        var (journal, controller, notices) = ExperimentRecovery.Open(directory, header => (parts = StudyPartsOf(directory, header, restore)).NewController(), restore.UpToLine);
        try
        {
            var extension = new ExperimentExtension { NumSamples = restore.NumSamples, AddSamples = restore.AddSamples, Errored = restore.Errored };
            if (controller.CheckExtension(extension) is { } problem)
            {
                throw new SpecificationException(problem);
            }

            var log = logs.Open(directory);
            var logger = log.CreateLogger("Tuning.Experiment");
            Log.GoesOn(logger, parts!.Specification.Name, directory, controller.Events);
            notices.ForEach(n => Log.Notice(logger, n));
            return Started(PartsOf(parts, controller, journal, directory, log, extension));
        }
        catch
        {
            journal.Dispose();
            throw;
        }
    }

    private static StudyLoop Started(StudyParts parts)
    {
        var loop = new StudyLoop(parts);
        loop.Start();
        return loop;
    }

    private static ExperimentInfo InfoOf(ExperimentParts parts, string directory, long? trials) => new()
    {
        Name = parts.Specification.Name,
        Directory = directory,
        Objectives = parts.Definition.Objectives,
        FeasibleIf = parts.Specification.FeasibleIf,
        ReferencePoint = parts.Specification.ReferencePoint,
        TotalTrials = trials,
        Slots = parts.Specification.MaxConcurrentTrials ?? 1,
        Seed = parts.Seed.Root,
        Domains = parts.Specification.Space.Domains,
        Space = parts.Specification.Space,
    };

    private ExperimentParts StudyPartsOf(string directory, JournalHeader header, RestoreOptions restore)
    {
        var run = ExperimentSpec.FromJson(header.Specification).Run;
        return run == AskAndTell.Instance.Name
            ? Parts(header, null, restore)
            : throw new SpecificationException($"{directory} is an experiment that trains '{run}', and no study. Continue it with resume, or Tuner.RestoreAsync.");
    }

    private StudyParts PartsOf(ExperimentParts parts, ExperimentController controller, EventJournal journal, string directory, ILoggerFactory log, ExperimentExtension? extension) => new()
    {
        Controller = controller,
        Searcher = parts.Searcher,
        Journal = journal,
        Info = InfoOf(parts, directory, extension is null ? controller.TotalTrials : controller.TotalTrialsWith(extension)) with
        {
            IsResumed = extension is not null,
            Earlier = extension is null ? null : EarlierOf(controller, extension),
        },
        Callbacks = [.. catalog.CreateLoggers(parts.Specification, services), .. services.GetServices<TunerCallback>(), .. parts.Definition.Callbacks],
        Time = time,
        Logger = log.CreateLogger("Tuning.Experiment"),
        Resume = extension,
        Recover = extension is null ? null : loggers => ExperimentRecovery.RecoverLoggers(directory, controller, loggers),
        Owned = [journal, log],
    };
}
