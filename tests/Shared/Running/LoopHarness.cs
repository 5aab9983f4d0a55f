using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Tuning.Control;
using Tuning.Execution;
using Tuning.Execution.Jobs;
using Tuning.Randomness;
using Tuning.Running;
using Tuning.Schedulers;
using Tuning.Search;
using Tuning.Stopping;
using Tuning.Training;
using Tuning.Trials;

namespace Tuning.Testing;

/// <summary>
/// An experiment of controller, journal, loop and executor, without specification and host. Each run or resume makes everything
/// anew, as another process would.
/// </summary>
internal sealed class LoopHarness : IDisposable
{
    private static int _number;

    public string Directory { get; set; } = System.IO.Directory.CreateTempSubdirectory("loop").FullName;

    public required TrainableDefinition Trainable { get; init; }

    public ExperimentPlan Plan { get; set; } = new() { Objectives = [new("loss", Mode.Min)], NumSamples = 3, Slots = 2 };

    public Func<ISearcher> Searcher { get; init; } = () => new ScriptedSearcher();

    public Func<ITrialScheduler> Scheduler { get; init; } = () => new FifoScheduler();

    public Func<IReadOnlyList<IStopper>> Stoppers { get; init; } = () => [];

    public Func<ImmutableArray<TunerCallback>> Callbacks { get; init; } = () => [];

    public int CallbackCapacity { get; init; } = 64;

    public bool IsInline { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public ILogger Logger { get; init; } = NullLogger.Instance;

    public IServiceProvider Services { get; init; } = new ServiceCollection().BuildServiceProvider();

    /// <summary>Called with the loop before it runs.</summary>
    public Action<ExperimentLoop>? Started { get; set; }

    /// <summary>The controller of the last run.</summary>
    public ExperimentController Controller { get; private set; } = null!;

    /// <summary>Runs a new experiment to its end.</summary>
    public LoopResult Run()
    {
        var header = new JournalHeader { Product = "test", Seed = 1, Specification = "{}" };
        return Run(EventJournal.Create(Directory, header), NewController(), null);
    }

    /// <summary>Goes on with the experiment in the directory.</summary>
    public LoopResult Resume(ExperimentExtension? extension = null, long? upToLine = null)
    {
        var (journal, controller, notices) = ExperimentRecovery.Open(Directory, _ => NewController(), upToLine);
        notices.ForEach(n => Tuning.Running.Log.MovedAside(Logger, n));
        return Run(journal, controller, extension ?? new());
    }

    /// <summary>All entries of the journal.</summary>
    public List<JournalEntry> Journal()
    {
        List<JournalEntry> entries = [];
        using var reader = new JournalReader(Directory);
        while (reader.Read() is { } entry)
        {
            entries.Add(entry);
        }

        return entries;
    }

    /// <summary>The recorded reports of a trial.</summary>
    public List<TrialReport> Reports(int trial) =>
        [.. Journal().Select(e => e.Event).OfType<ExperimentEvent.Reported>().Select(r => r.Report).Where(r => r.Trial.Number == trial)];

    /// <summary>The recorded commands of a kind.</summary>
    public List<T> Commands<T>()
        where T : ExperimentCommand => [.. Journal().SelectMany(e => e.Commands).OfType<T>()];

    public TrialView View(int trial) => Controller.View(new(trial));

    public void Dispose()
    {
        if (System.IO.Directory.Exists(Directory))
        {
            System.IO.Directory.Delete(Directory, recursive: true);
        }
    }

    private ExperimentController NewController() => new(Plan, Searcher(), Scheduler(), Stoppers(), SeedPath.Of(1));

    private LoopResult Run(EventJournal journal, ExperimentController controller, ExperimentExtension? resume)
    {
        Controller = controller;
        var environment = new SegmentEnvironment
        {
            Trainable = Trainable,
            Services = Services,
            Time = Time,
            Directory = Directory,
            Seed = SeedPath.Of(1),
            DurableCheckpoints = false,
            SaveAtEnd = controller.SaveAtCompletion,
            Logger = Logger,
        };
        ITrialExecutor executor = IsInline ? new InlineExecutor(environment)
            : new JobTrialExecutor($"test-{Interlocked.Increment(ref _number)}", "cpu-1", environment);
        var parts = new SessionParts
        {
            Controller = controller,
            Searcher = Searcher(),
            Journal = journal,
            Time = Time,
            Logger = Logger,
            Info = new ExperimentInfo { Name = "test", Directory = Directory, Objectives = Plan.Objectives, IsResumed = resume is not null },
            Callbacks = Callbacks(),
            CallbackCapacity = CallbackCapacity,
            Resume = resume,
            Recover = resume is null ? null : loggers => ExperimentRecovery.RecoverLoggers(Directory, controller, loggers),
        };
        using var loop = new ExperimentLoop(parts, executor);
        executor.StartAsync(loop, default).AsTask().GetAwaiter().GetResult();
        Started?.Invoke(loop);
        LoopResult? result = null;
        var thread = new Thread(() => result = loop.Run());
        thread.Start();
        thread.Join();
        loop.CloseAsync(result!).AsTask().GetAwaiter().GetResult();
        journal.Dispose();
        executor.DisposeAsync().AsTask().GetAwaiter().GetResult();
        return result!;
    }
}
