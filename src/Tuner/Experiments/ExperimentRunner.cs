using Tuning.Execution.Remote;
using Tuning.Experiments.Studies;

namespace Tuning.Experiments;

/// <summary>Starts experiments and goes on with them: those whose trials it runs, and studies, whose trials are run by whoever asks for them.</summary>
/// <remarks>Any thread may use it; several experiments may run at once.</remarks>
/// <param name="services">Services of the host.</param>
/// <param name="catalog">The names that experiments use.</param>
/// <param name="logs">Opens the log of an experiment.</param>
/// <param name="running">Told of each run.</param>
/// <param name="time">The clock.</param>
internal sealed class ExperimentRunner(IServiceProvider services, ComponentCatalog catalog, IExperimentLogs logs, RunningExperiments running, TimeProvider time)
{
    private readonly TrialExecutors _executors = new(services, running, time);

    /// <summary>A study that leaves nothing behind.</summary>
    public static StudyLoop MemoryStudy(ExperimentDefinition definition, TimeProvider time, ILogger logger)
    {
        var (parts, _) = ExperimentParts.Begin(definition, Environment.ProcessorCount);
        return new(parts.ToSession(parts.NewController(), null, "", time, logger) with { Observers = [new MemoryRecord()] });
    }

    /// <summary>Begins a study in a directory of its own.</summary>
    /// <exception cref="SpecificationException">Its directory exists, or a warm start cannot be read.</exception>
    public StudyLoop CreateStudy(ExperimentDefinition definition, bool nameIsExplicit) => NewStudy(Begin(definition, nameIsExplicit, null));

    /// <summary>Goes on with a study.</summary>
    /// <exception cref="JournalException">The journal cannot be read, or another process has it open.</exception>
    /// <exception cref="SpecificationException">It is no study, cannot be extended so, or something that was supplied as code is missing.</exception>
    public StudyLoop OpenStudy(string directory, RestoreOptions restore) => NewStudy(Open(directory, null, restore, isStudy: true));

    /// <summary>Begins an experiment.</summary>
    /// <exception cref="SpecificationException">It cannot run here, or its directory exists.</exception>
    public async Task<ExperimentRun> StartAsync(ExperimentDefinition definition, StartOptions options, CancellationToken cancellationToken = default) =>
        definition.Trainable is AskAndTell
            ? throw new SpecificationException($"{definition.Specification.Name} is a study, whose trials programs ask for: the command serve hands them out.")
            : await RunAsync(Begin(definition, options.NameIsExplicit, options.ChangedBy), options, cancellationToken).ConfigureAwait(false);

    /// <summary>Continues an experiment.</summary>
    /// <param name="directory">Its directory.</param>
    /// <param name="trainable">The trainable; null takes the one that is registered under the recorded name.</param>
    /// <param name="restore">What changes, and what was supplied as code.</param>
    /// <param name="options">Observers.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="JournalException">The journal cannot be read, or another process runs the experiment.</exception>
    /// <exception cref="SpecificationException">Something that was supplied as code is missing, or the experiment cannot be extended so.</exception>
    public async Task<ExperimentRun> ResumeAsync(
        string directory, TrainableDefinition? trainable, RestoreOptions restore, StartOptions options, CancellationToken cancellationToken = default) =>
        await RunAsync(Open(directory, trainable, restore, isStudy: false, options.ChangedBy), options, cancellationToken).ConfigureAwait(false);

    /// <summary>Computes every decision of an experiment anew and compares.</summary>
    /// <exception cref="JournalException">The journal cannot be read, or was decided by rules that this version does not know yet.</exception>
    public VerificationReport Verify(string directory, TrainableDefinition? trainable, RestoreOptions restore)
    {
        directory = OwnFiles.Resolve(directory);
        var today = services.GetService<DecisionRules>() ?? DecisionRules.Today;
        using var reader = new JournalReader(directory);
        var parts = Parts(directory, reader.Header, trainable, restore with { UpToLine = 1 }, verifies: true).Parts;
        var (controller, components, rules) = (parts.NewController(), parts.Specification.ComponentTypes(), reader.Header.Rules);
        var differences = ImmutableArray.CreateBuilder<VerificationFinding>();
        var explained = ImmutableArray.CreateBuilder<VerificationFinding>();
        while (reader.Read(Compare))
        {
        }

        return new(reader.Lines - 1, differences.ToImmutable()) { Explained = explained.ToImmutable() };

        void Compare(JournalEntry entry)
        {
            rules = entry.Event is ExperimentEvent.Resumed resumed ? resumed.Rules : rules;
            if (rules > today.Current)
            {
                throw new JournalException(
                    $"{reader.Path}, from line {entry.Line} on, was decided by rules {rules}; this is Tuner {JournalHeader.ProductVersion}, which knows "
                    + $"rules 1 to {today.Current}. Verify it with the version that wrote it, or a newer one.")
                { Line = entry.Line };
            }

            if (entry.Event is ExperimentEvent.Resumed { Extension.Changes: not null })
            {
                // From here on other settings decide: they learn what happened up to here.
                var changed = Parts(directory, reader.Header, trainable, restore with { UpToLine = entry.Line }, verifies: true).Parts;
                (controller, components) = (changed.NewController(), changed.Specification.ComponentTypes());
                using var earlier = new JournalReader(directory);
                while (earlier.Lines < entry.Line - 1 && earlier.Read(before => controller.Replay(before.Event, before.Commands)))
                {
                }
            }

            if (controller.Verify(entry.Event, entry.Commands) is { } difference)
            {
                var change = today.Explain(difference, rules, components);
                (change is null ? differences : explained).Add(new(entry.Line, difference.Recorded?.ToString(), difference.Decided?.ToString())
                {
                    Change = change is null ? null : $"rules {change.Number}, {change.What}",
                });
            }
        }
    }

    // A new directory with a journal that has its first line.
    private Opened Begin(ExperimentDefinition definition, bool nameIsExplicit, string? changedBy)
    {
        _executors.Require(definition);
        var (parts, header) = ExperimentParts.Begin(definition, Environment.ProcessorCount);
        var spec = parts.Specification;
        var unfinished = nameIsExplicit ? [] : ExperimentDirectories.Unfinished(spec.StoragePath, spec.Name).ToList();
        var (directory, journal) = ExperimentDirectories.Begin(spec.StoragePath, spec.Name, nameIsExplicit, header);
        return Closing(journal, () =>
        {
            var opened = new Opened(parts, journal, parts.NewController(), logs.Open(directory), directory, null);
            ExperimentDirectories.WriteCopy(directory, spec, changedBy, opened.Logger);
            Log.Begins(opened.Logger, spec.Name, directory, parts.Seed.Root);
            definition.Notices.ToList().ForEach(notice => Log.Notice(opened.Logger, notice));
            header.WarmStartUsage.ToList().ForEach(usage => Log.WarmStart(opened.Logger, usage));
            unfinished.ForEach(older => Log.Unfinished(opened.Logger, ShellWord.Of(older)));
            return opened;
        });
    }

    // A journal that was read to its end, and the controller in the state that it has then.
    private Opened Open(string directory, TrainableDefinition? trainable, RestoreOptions restore, bool isStudy, string? changedBy = null)
    {
        directory = OwnFiles.Resolve(directory);
        GivenParts? given = null;
        var (journal, controller, notices) = ExperimentRecovery.Open(
            directory,
            header =>
            {
                CheckKind(directory, StoredResults.SpecificationOf(header, directory).Run, isStudy);
                return (given = Parts(directory, header, trainable, restore)).Parts.NewController();
            },
            restore.UpToLine);
        return Closing(journal, () =>
        {
            _executors.Require(given!.Parts.Definition);
            RequireCallbacks(given!, restore);
            var extension = Extension(given!, restore, controller, directory);
            var opened = new Opened(given!.Parts, journal, controller, logs.Open(directory), directory, extension);
            Log.GoesOn(opened.Logger, opened.Parts.Specification.Name, directory, controller.Events);
            notices.AddRange(given.Check.Notices);
            if (!extension.Longer.IsEmpty)
            {
                notices.Add($"{TrialEndings.Count(extension.Longer.Length, "trial")} that had come to the old stop criterion train longer.");
            }

            notices.ForEach(n => Log.Notice(opened.Logger, n));
            if (extension.Changes is not null || extension.NumSamples is not null || extension.AddSamples > 0)
            {
                var samples = extension.NumSamples ?? (controller.Samples < 0 ? controller.Samples : controller.Samples + extension.AddSamples);
                ExperimentDirectories.WriteCopy(directory, opened.Parts.Specification with { NumSamples = samples }, changedBy, opened.Logger);
            }

            return opened;
        });
    }

    private static void CheckKind(string directory, string run, bool isStudy)
    {
        if (isStudy != (run == AskAndTell.Instance.Name))
        {
            throw new SpecificationException(isStudy
                ? $"{directory} is an experiment that trains '{run}', and no study. Continue it with resume, or Tuner.RestoreAsync."
                : $"{directory} is a study: its trials are run by a program that asks for them. That program continues it with " +
                    "Study.OpenAsync, the command serve with its directory.");
        }
    }

    // What is given, compared with what the journal says up to a line; null for all.
    private GivenParts Parts(string directory, JournalHeader header, TrainableDefinition? trainable, RestoreOptions restore, bool verifies = false)
    {
        var begun = StoredResults.SpecificationOf(header, directory);
        if (trainable is not null && trainable.Name != begun.Run)
        {
            throw new SpecificationException(
                $"The experiment '{begun.Name}' trains '{begun.Run}'; it was handed '{trainable.Name}'. Hand it '{begun.Run}' again.");
        }

        var recorded = begun;
        using (var reader = new JournalReader(directory))
        {
            while (reader.ReadResume() is { Event: ExperimentEvent.Resumed resumed } entry && entry.Line <= (restore.UpToLine ?? long.MaxValue))
            {
                recorded = resumed.Extension.Changes is { } changes ? ResumeCheck.With(recorded, ParameterSet.Parse(changes)) : recorded;
            }
        }

        // Of a name that is not known, defining it tells more.
        var known = trainable ?? catalog.FindTrainable(begun.Run) ?? (begun.Run == AskAndTell.Instance.Name ? AskAndTell.Instance : null);
        var check = known is null ? null : ResumeCheck.Of(recorded, begun, catalog, known, restore,
            verifies ? null : Environment.ProcessorCount);
        var definition = catalog.Define(verifies ? recorded : check?.Specification ?? recorded, trainable, restore.Tune, restore.Run, restore.Space);
        if (!verifies && known is { Vocabulary.Parameters.Count: 0 } && ConfigCheck.Unknown(definition.Specification, known) is { Count: > 0 } unknown)
        {
            // Trials that go on would be trained without it.
            throw new SpecificationException([.. unknown.Select(i => new SpecificationProblem
            {
                Path = $"{begun.Name}.{i.Path}",
                Message = $"{i.Message} The experiment was begun with it: call it as it was called then, or begin a new experiment.",
            })]);
        }

        return new(
            ExperimentParts.Of(definition, header, Environment.ProcessorCount),
            check!,
            [.. header.Code.Where(c => c.StartsWith("callback ", StringComparison.Ordinal)).Except(definition.SuppliedAsCode)]);
    }

    private static void RequireCallbacks(GivenParts given, RestoreOptions restore)
    {
        if (given.Missing.Count > 0 && !restore.AllowMissing)
        {
            throw new SpecificationException($"The experiment was begun with {string.Join(", ", given.Missing)}, which is code and was not given again. Give " +
                $"it in Run.Callbacks, or set AllowMissing (--allow-missing) to go on without.");
        }
    }

    private static ExperimentExtension Extension(GivenParts given, RestoreOptions restore, ExperimentController controller, string directory)
    {
        var samples = restore.Samples ?? (given.Check.NumSamples is { } total && total != controller.Samples ? total : null);
        var extension = new ExperimentExtension
        {
            NumSamples = samples,
            AddSamples = restore.AddSamples,
            Errored = restore.Errored,
            Longer = given.Check.EarlierStop.IsEmpty ? [] : Longer(directory, controller, given.Check.EarlierStop),
            Changes = given.Check.Changes
        };
        return controller.CheckExtension(extension) is { } problem ? throw new SpecificationException(problem) : extension;
    }

    // Trials that ended by a threshold, and would not by those of now.
    private static ImmutableArray<int> Longer(string directory, ExperimentController controller, ImmutableArray<StopCondition> earlier)
    {
        var last = new JournalRecord(directory).LastReports();
        return [.. controller.Views()
            .Where(t => t is { Status: TrialStatus.Terminated, IsPruned: false, IsStopped: false } && last.TryGetValue(t.Id, out var report)
                && earlier.Any(s => report.Value(s.Metric) is { } value && s.Threshold.IsReachedBy(value)) && !controller.IsStoppedAt(report))
            .Select(t => t.Id.Number)];
    }

    private StudyLoop NewStudy(Opened opened) => Closing(opened.Journal, () => new StudyLoop(PartsOf(opened, []), opened.Journal, opened.Logs));

    private SessionParts PartsOf(Opened opened, ImmutableArray<TunerCallback> more)
    {
        var session = opened.Parts.ToSession(opened.Controller, opened.Journal, opened.Directory, time, opened.Logger, opened.Extension);
        var loggers = catalog.CreateLoggers(opened.Parts.Specification, services);
        var hosts = services.GetServices<TunerCallback>().Where(c => opened.Parts.Definition.ShowsProgress || !c.IsDisplay);
        var telemetry = new ExperimentTelemetry(opened.Parts.Specification.Name);
        return session with
        {
            Telemetry = telemetry,
            Observers = [new TelemetryObserver(telemetry)],
            Callbacks = [.. loggers, .. hosts, .. session.Callbacks, .. more],
        };
    }

    private async Task<ExperimentRun> RunAsync(Opened opened, StartOptions options, CancellationToken cancellationToken)
    {
        var parts = opened.Parts;
        var resources = parts.Resources;
        Log.Resources(opened.Logger, resources.Slots, resources.Cpus);
        if (resources.Notice is { } notice)
        {
            Log.Notice(opened.Logger, notice);
        }

        var session = Closing(opened.Journal, () => PartsOf(opened, options.Callbacks));
        var grace = running.Grace ?? session.StopGrace;
        session = session with { StopGrace = options.Grace ?? (parts.Definition.Trainable.EndsWithin is { } own && own > grace ? own : grace) };
        if (parts.Definition.Scheduler.LogsSchedules)
        {
            session = session with { Observers = [.. session.Observers, new ExploitSchedules(opened.Directory, opened.Controller.State.Takeovers)] };
        }

        var executor = _executors.Create(parts, opened.Directory, opened.Logs, session.Telemetry, opened.Controller.SaveAtCompletion);
        var loop = new ExperimentLoop(session, executor);
        try
        {
            await executor.StartAsync(loop, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            loop.Dispose();
            opened.Journal.Dispose();
            if (e is IsolationException)
            {
                throw new SpecificationException($"{parts.Specification.Name}: trials cannot have processes of their own: {e.Message}");
            }

            throw;
        }

        session.Telemetry!.Begin(opened.Extension is not null);
        var completion = new TaskCompletionSource<LoopResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        var run = new ExperimentRun(loop, session.Info, time, EndAsync(opened, session.Telemetry, time, loop, executor, completion.Task),
            () => ResultGrid.Of(session.Info, opened.Controller.State))
        {
            Journal = opened.Journal,
            LinesBefore = opened.Controller.Events + 1,
        };
        running.Add(run);
        options.Prepared?.Invoke(run);
        new Thread(() =>
        {
            using var scope = opened.Logger.BeginScope(new LogScope(session.Info.Name));
            completion.SetResult(loop.Run());
        })
        {
            IsBackground = true,
            Name = "experiment loop",
        }.Start();
        return run;
    }

    // A journal that was opened is closed when what it was opened for fails.
    private static T Closing<T>(EventJournal journal, Func<T> use)
    {
        try
        {
            return use();
        }
        catch
        {
            journal.Dispose();
            throw;
        }
    }

    private static async Task<LoopResult> EndAsync(
        Opened opened, ExperimentTelemetry telemetry, TimeProvider time, ExperimentLoop loop, ITrialExecutor executor, Task<LoopResult> running)
    {
        var began = time.GetTimestamp();
        var result = await running.ConfigureAwait(false);
        using var scope = opened.Logger.BeginScope(new LogScope(opened.Parts.Specification.Name));
        if (!result.Finished)
        {
            Log.ToGoOn(opened.Logger, opened.Parts.Specification.Name, ShellWord.Of(opened.Directory));
        }

        try
        {
            await loop.CloseAsync(result).ConfigureAwait(false);
            await executor.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            result = result with { Error = result.Error ?? MachineFault.Of(e) ?? e };
        }
        finally
        {
            loop.Dispose();
            opened.Journal.Dispose();
            opened.Logs.Dispose();
            telemetry.End(time.GetElapsedTime(began), result.Finished, result.Reason, result.Error);
        }

        return result;
    }

    /// <summary>An experiment that is taken up again.</summary>
    /// <param name="Parts">Its parts.</param>
    /// <param name="Check">What of it changes.</param>
    /// <param name="Missing">Callbacks that the first run had, and this one has not.</param>
    private sealed record GivenParts(ExperimentParts Parts, ResumeCheck Check, IReadOnlyList<string> Missing);

    private sealed record Opened(ExperimentParts Parts, EventJournal Journal, ExperimentController Controller, ILoggerFactory Logs, string Directory,
        ExperimentExtension? Extension)
    {
        public ILogger Logger { get; } = Logs.CreateLogger("Tuning.Experiment");
    }
}
