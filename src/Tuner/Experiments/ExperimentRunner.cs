using System.Collections.Immutable;
using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tuning.Callbacks;
using Tuning.Checkpointing;
using Tuning.Control;
using Tuning.Execution;
using Tuning.Execution.Jobs;
using Tuning.Randomness;
using Tuning.Running;
using Tuning.Search;
using Tuning.Specification;
using Tuning.Training;

namespace Tuning.Experiments;

/// <summary>Puts experiments together and runs them: journal, controller, loop, executor, callbacks.</summary>
/// <remarks>Any thread may use it; several experiments may run at once.</remarks>
/// <param name="services">Services of the host.</param>
/// <param name="catalog">The names that experiments use.</param>
/// <param name="logs">Opens the log of an experiment.</param>
/// <param name="running">Told of each run.</param>
/// <param name="time">The clock.</param>
internal sealed partial class ExperimentRunner(IServiceProvider services, ComponentCatalog catalog, IExperimentLogs logs, RunningExperiments running, TimeProvider time)
{
    /// <summary>Begins an experiment.</summary>
    /// <exception cref="SpecificationException">It cannot run here, or its directory exists.</exception>
    public async Task<ExperimentRun> StartAsync(ExperimentDefinition definition, StartOptions options, CancellationToken cancellationToken = default)
    {
        var (parts, header) = Begin(definition);
        var spec = parts.Specification;
        var unfinished = options.NameIsExplicit ? [] : ExperimentDirectories.Unfinished(spec.StoragePath, spec.Name).ToList();
        var (directory, journal) = ExperimentDirectories.Begin(spec.StoragePath, spec.Name, options.NameIsExplicit, header);
        try
        {
            ExperimentDirectories.WriteCopy(directory, options.SourceText ?? SpecificationText.Of(spec));
            var session = new Session(parts, journal, parts.NewController(), logs.Open(directory), directory, null);
            Log.Begins(session.Logger, spec.Name, directory, parts.Seed.Root);
            foreach (var usage in header.WarmStartUsage)
            {
                Log.WarmStart(session.Logger, usage);
            }

            unfinished.ForEach(older => Log.Unfinished(session.Logger, older));
            return await RunAsync(session, options, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            journal.Dispose();
            throw;
        }
    }

    /// <summary>Continues an experiment.</summary>
    /// <param name="directory">Its directory.</param>
    /// <param name="trainable">The trainable; null takes the one that is registered under the recorded name.</param>
    /// <param name="restore">What changes, and what was supplied as code.</param>
    /// <param name="options">Observers.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="JournalException">The journal cannot be read, or another process runs the experiment.</exception>
    /// <exception cref="SpecificationException">Something that was supplied as code is missing, or the experiment cannot be extended so.</exception>
    public async Task<ExperimentRun> ResumeAsync(
        string directory, Training.TrainableDefinition? trainable, RestoreOptions restore, StartOptions options, CancellationToken cancellationToken = default)
    {
        directory = OwnFiles.Resolve(directory);
        ExperimentParts? parts = null;
        var (journal, controller, notices) = ExperimentRecovery.Open(directory, header => (parts = Parts(header, trainable, restore)).NewController(), restore.UpToLine);
        try
        {
            if (parts!.Definition.Trainable is AskAndTell)
            {
                throw new SpecificationException($"{directory} is a study: its trials are run by a program that asks for them. That program continues it with Study.OpenAsync.");
            }

            var extension = new ExperimentExtension { NumSamples = restore.NumSamples, AddSamples = restore.AddSamples, Errored = restore.Errored };
            if (controller.CheckExtension(extension) is { } problem)
            {
                throw new SpecificationException(problem);
            }

            var session = new Session(parts!, journal, controller, logs.Open(directory), directory, extension);
            Log.GoesOn(session.Logger, parts!.Specification.Name, directory, controller.Events);
            notices.ForEach(n => Log.Notice(session.Logger, n));
            return await RunAsync(session, options, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            journal.Dispose();
            throw;
        }
    }

    /// <summary>Computes every decision of an experiment anew and compares.</summary>
    public VerificationReport Verify(string directory, Training.TrainableDefinition? trainable, RestoreOptions restore)
    {
        using var reader = new JournalReader(OwnFiles.Resolve(directory));
        var controller = Parts(reader.Header, trainable, restore).NewController();
        var differences = ImmutableArray.CreateBuilder<VerificationFinding>();
        while (reader.Read() is { } entry)
        {
            if (controller.Verify(entry.Event, entry.Commands) is { } difference)
            {
                differences.Add(new(entry.Line, difference.Recorded?.ToString(), difference.Decided?.ToString()));
            }
        }

        return new(reader.Lines - 1, differences.ToImmutable());
    }

    // The parts of a new experiment, with a seed, and the first line of its journal.
    private static (ExperimentParts Parts, JournalHeader Header) Begin(ExperimentDefinition definition)
    {
        var seed = definition.Specification.Seed ?? (ulong)RandomNumberGenerator.GetInt32(int.MaxValue);
        var spec = definition.Specification with { Seed = seed, Objectives = definition.Objectives };
        var usage = new List<string>();
        var parts = ExperimentParts.Begin(definition with { Specification = spec }, SeedPath.Of(seed), Environment.ProcessorCount, usage.Add);
        return (parts, new JournalHeader
        {
            Product = JournalHeader.ProductVersion,
            Seed = seed,
            SeedDrawn = definition.Specification.Seed is null,
            Code = definition.SuppliedAsCode,
            OldMetrics = definition.Trainable.Vocabulary.Metrics,
            WarmStart = parts.WarmStart.IsEmpty ? null : WarmStartRecord.Write(parts.WarmStart),
            WarmStartUsage = [.. usage],
            Specification = spec.ToJson(),
        });
    }

    private ExperimentParts Parts(JournalHeader header, Training.TrainableDefinition? trainable, RestoreOptions restore)
    {
        var spec = ExperimentSpec.FromJson(header.Specification);
        return trainable is null || trainable.Name == spec.Run
            ? new(catalog.Define(spec, trainable, restore.Tune, restore.Run), SeedPath.Of(header.Seed), Environment.ProcessorCount, header.WarmStart is { } warm ? WarmStartRecord.Read(warm) : [])
            : throw new SpecificationException($"The experiment '{spec.Name}' trains '{spec.Run}'; it was handed '{trainable.Name}'. Hand it '{spec.Run}' again.");
    }

    private async Task<ExperimentRun> RunAsync(Session session, StartOptions options, CancellationToken cancellationToken)
    {
        var parts = session.Parts;
        var spec = parts.Specification;
        var resources = parts.Resources;
        Log.Resources(session.Logger, resources.Slots, resources.Cpus);
        if (resources.Notice is { } notice)
        {
            Log.Notice(session.Logger, notice);
        }

        var info = new ExperimentInfo
        {
            Name = spec.Name,
            Directory = session.Directory,
            Objectives = parts.Definition.Objectives,
            FeasibleIf = spec.FeasibleIf,
            ReferencePoint = spec.ReferencePoint,
            TotalTrials = session.Extension is { } extension ? session.Controller.TotalTrialsWith(extension) : session.Controller.TotalTrials,
            Slots = resources.Slots,
            Seed = parts.Seed.Root,
            Domains = spec.Space.Domains,
            Space = spec.Space,
            IsResumed = session.Extension is not null,
            Earlier = session.Extension is { } continued ? EarlierOf(session.Controller, continued) : null,
        };
        var executor = new JobTrialExecutor(session.Directory, resources.ResourceClass, new SegmentEnvironment
        {
            Trainable = parts.Definition.Trainable,
            Services = services,
            Time = time,
            Directory = session.Directory,
            Seed = parts.Seed,
            Hooks = spec.Hooks,
            Cpus = resources.Cpus,
            SaveAtEnd = session.Controller.SaveAtCompletion,
            Logger = session.Logs.CreateLogger("Tuning.Trials"),
        });
        var loop = new ExperimentLoop(
            new SessionParts
            {
                Controller = session.Controller,
                Searcher = parts.Searcher,
                Journal = session.Journal,
                Time = time,
                Logger = session.Logger,
                Info = info,
                Callbacks = [.. catalog.CreateLoggers(spec, services), .. services.GetServices<TunerCallback>(), .. parts.Definition.Callbacks, .. options.Callbacks],
                Observers = !parts.Definition.Scheduler.LogsSchedules ? [] : session.Extension is null ? [new ExploitSchedules(session.Directory)] : [ExploitSchedules.Of(session.Directory)],
                Resume = session.Extension,
                Recover = session.Extension is null ? null : loggers => ExperimentRecovery.RecoverLoggers(session.Directory, session.Controller, loggers),
                FirstReport = metrics => WarnOfMissing(parts, metrics, session.Logger),
            },
            executor);
        await executor.StartAsync(loop, cancellationToken).ConfigureAwait(false);
        var completion = new TaskCompletionSource<LoopResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        var run = new ExperimentRun(loop, info, time, EndAsync(session, loop, executor, completion.Task), () => ResultGrid.Of(info, session.Controller));
        running.Add(run);
        options.Prepared?.Invoke(run);
        new Thread(() => completion.SetResult(loop.Run())) { IsBackground = true, Name = "experiment loop" }.Start();
        return run;
    }

    private static EarlierSessions EarlierOf(ExperimentController controller, ExperimentExtension extension) => new()
    {
        Terminated = controller.Board.CountOf(TrialStatus.Terminated),
        Failed = extension.Errored == ErroredTrials.Skip ? controller.Board.CountOf(TrialStatus.Failed) : 0,
        Best = controller.Best is { } best ? controller.View(best) : null,
        Elapsed = controller.Elapsed,
    };

    // Metrics that the experiment names and a first report does not carry: mostly misspelt.
    private static void WarnOfMissing(ExperimentParts parts, Metrics metrics, ILogger logger)
    {
        foreach (var warning in UnknownMetrics.Warnings(parts.Specification, parts.Definition.Trainable, metrics))
        {
            Log.MetricMissing(logger, warning);
        }
    }

    private static async Task<LoopResult> EndAsync(Session session, ExperimentLoop loop, JobTrialExecutor executor, Task<LoopResult> running)
    {
        var result = await running.ConfigureAwait(false);
        try
        {
            await loop.CloseAsync(result).ConfigureAwait(false);
            await executor.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            result = result with { Error = result.Error ?? e };
        }
        finally
        {
            loop.Dispose();
            session.Journal.Dispose();
            session.Logs.Dispose();
        }

        return result;
    }

    private sealed record Session(ExperimentParts Parts, EventJournal Journal, ExperimentController Controller, ILoggerFactory Logs, string Directory, ExperimentExtension? Extension)
    {
        public ILogger Logger { get; } = Logs.CreateLogger("Tuning.Experiment");
    }
}
