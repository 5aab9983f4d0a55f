using System.Collections.Concurrent;
using Tuning.Execution;
using Tuning.Training;

namespace Tuning.Tests.Execution;

/// <summary>How a user's code runs, wherever it is called: blocking code may block on tasks, and no exception of it ends more than its trial.</summary>
public sealed class TrialCodeContractTests : IDisposable
{
    private static readonly ConcurrentDictionary<string, bool> _blocked = new();

    private readonly string _directory = Directory.CreateTempSubdirectory("code").FullName;

    public static TheoryData<string> Synchronous { get; } =
    [
        "action", "metrics", "number", "constructor", "setup", "step", "save", "load", "cleanup", "dispose", "save of a function",
        "async save of a blocking report",
    ];

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [MemberData(nameof(Synchronous))]
    public async Task Synchronous_code_may_block_on_a_task(string entry)
    {
        TrainableDefinition trainable = entry switch
        {
            "action" => Trainable.FromFunction<ParameterSet>("t", (trial, _) =>
            {
                Block(entry);
                trial.Report(new() { ["loss"] = 1 });
            }),
            "metrics" => Trainable.FromFunction<ParameterSet>("t", _ =>
            {
                Block(entry);
                return new Metrics(1) { ["loss"] = 1 };
            }),
            "number" => Trainable.FromFunction<ParameterSet>("t", _ =>
            {
                Block(entry);
                return 1;
            }, "loss", Mode.Min),
            "save of a function" => Trainable.FromFunction<ParameterSet>("t", async (trial, _) =>
                await trial.ReportAsync(new() { ["loss"] = 1 }, save: dir =>
                {
                    Block(entry);
                    dir.WriteJson("state.json", 1);
                }), checkpoints: true),
            "async save of a blocking report" => Trainable.FromFunction<ParameterSet>("t", (trial, _) =>
                trial.Report(new() { ["loss"] = 1 }, save: async dir =>
                {
                    await Task.Yield();
                    Block(entry);
                    dir.WriteJson("state.json", 1);
                }), checkpoints: true),
            _ => Trainable.FromClass<Blocking>("t"),
        };
        _blocked.TryRemove(entry, out _);

        var result = await FitAsync(trainable, new() { Retry = entry == "load" });

        Assert.All(result, t => Assert.Equal((TrialStatus.Terminated, null), (t.Status, t.Error)));
        Assert.True(_blocked.GetValueOrDefault(entry), $"{entry} was not called, or has a synchronization context.");
    }

    [Fact]
    public async Task Asynchronous_code_goes_on_on_the_trials_own_thread()
    {
        var threads = new ConcurrentBag<TrialThread?>();
        var result = await FitAsync(Trainable.FromFunction<ParameterSet>("t", async (trial, _) =>
        {
            threads.Add(TrialThread.OfCaller);
            await Task.Yield();
            threads.Add(TrialThread.OfCaller);
            await trial.ReportAsync(new() { ["loss"] = 1 }, save: async dir =>
            {
                await Task.Delay(1, CancellationToken.None);
                threads.Add(TrialThread.OfCaller);
                dir.WriteJson("state.json", 1);
            });
            threads.Add(TrialThread.OfCaller);
        }, checkpoints: true));

        Assert.Null(result[0].Error);
        Assert.NotNull(result[0].Checkpoint);
        Assert.Equal(4, threads.Count);
        Assert.NotNull(Assert.Single(threads.Distinct()));
    }

    [Fact]
    public async Task Thread_that_waits_for_its_own_queue_fails_its_trial()
    {
        var result = await FitAsync(Trainable.FromFunction<ParameterSet>("t", async (trial, _) =>
        {
            await trial.ReportAsync(new() { ["loss"] = 1 });
            TrialThread.OfCaller!.Context.Patience = TimeSpan.FromMilliseconds(100);
            InnerAsync().GetAwaiter().GetResult();
        }));

        Assert.Contains("The trial's thread blocks on a task", result[0].Error, StringComparison.Ordinal);

        static async Task InnerAsync() => await Task.Yield();
    }

    [Fact]
    public async Task Asynchronous_code_may_block_on_what_does_not_wait_for_it()
    {
        var result = await FitAsync(Trainable.FromFunction<ParameterSet>("t", async (trial, _) =>
        {
            var elsewhere = Task.Run(() => trial.Report(new() { ["loss"] = 1 }), CancellationToken.None);
            elsewhere.GetAwaiter().GetResult();
            await Task.Yield();
        }));

        Assert.Null(result[0].Error);
        Assert.Equal(1, result[0].Reports);
    }

    [Theory]
    [InlineData("async void in asynchronous code")]
    [InlineData("async void in synchronous code")]
    [InlineData("thread")]
    [InlineData("pool")]
    [InlineData("posted")]
    public async Task Exception_that_nobody_waits_for_fails_its_trial_alone(string where)
    {
        var result = await FitAsync(Trainable.FromFunction<Which>("t", async (trial, cancel) =>
        {
            if (trial.Config.X == 1)
            {
                StartFrom(where);
            }

            await trial.ReportAsync(new() { ["loss"] = 1 });
            if (trial.Config.X == 1)
            {
                await Task.Delay(Timeout.Infinite, cancel);
            }
        }), trials: 2);

        Assert.Equal((TrialStatus.Failed, "boom"), (result[1].Status, result[1].Error));
        Assert.Equal(TrialStatus.Terminated, result[0].Status);

        static void StartFrom(string where)
        {
            if (where != "async void in synchronous code")
            {
                Start(where);
                return;
            }

            using var synchronous = new SynchronousCode();
            Start(where);
        }

        static void Start(string where)
        {
            switch (where)
            {
                case "thread":
                    new Thread(Throw).Start();
                    break;
                case "pool":
                    ThreadPool.QueueUserWorkItem(_ => Throw());
                    break;
                case "posted":
                    SynchronizationContext.Current!.Post(_ => Throw(), null);
                    break;
                default:
                    ThrowLater();
                    break;
            }
        }

        static void Throw() => throw new InvalidOperationException("boom");

        static async void ThrowLater()
        {
            await Task.Yield();
            Throw();
        }
    }

    [Fact]
    public async Task Two_reports_at_once_fail_the_trial()
    {
        var result = await FitAsync(Trainable.FromFunction<Which>("t", (trial, cancel) =>
        {
            if (trial.Config.X == 0)
            {
                trial.Report(new() { ["loss"] = 1 });
                return;
            }

            // The first report is under way while its checkpoint is written.
            trial.Report(new() { ["loss"] = 1 }, save: dir =>
            {
                dir.WriteJson("state.json", 1);
                var other = new Thread(() => Assert.ThrowsAny<Exception>(() => trial.Report(new() { ["loss"] = 1 })));
                other.Start();
                other.Join();
            });
        }, checkpoints: true), trials: 2);

        Assert.Equal(TrialStatus.Terminated, result[0].Status);
        Assert.Equal(
            "Trial 00001 reported while another report of it was under way: report from one thread at a time, and await each report before the next.",
            result[1].Error);
    }

    [Fact]
    public async Task Save_that_writes_nothing_fails_the_trial()
    {
        var result = await FitAsync(
            Trainable.FromFunction<ParameterSet>("t", (trial, _) => trial.Report(new() { ["loss"] = 1 }, save: dir => { }), checkpoints: true));

        Assert.Contains("Nothing was written into the checkpoint", result[0].Error, StringComparison.Ordinal);
        Assert.Null(result[0].Checkpoint);
    }

    [Fact]
    public async Task Save_that_is_async_void_fails_the_trial()
    {
        Action<CheckpointDirectory> save = async dir => await File.WriteAllTextAsync(dir.File("state.txt"), "1", CancellationToken.None);
        var result = await FitAsync(Trainable.FromFunction<ParameterSet>("t", (trial, _) => trial.Report(new() { ["loss"] = 1 }, save), checkpoints: true));

        Assert.Contains("The save of trial 00000 is async void", result[0].Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Functions_and_classes_that_are_async_void_are_refused()
    {
        Action<TrialContext<ParameterSet>, CancellationToken> function = async (trial, _) => await trial.ReportAsync(new() { ["loss"] = 1 });

        Assert.Contains("async void", Assert.Throws<ArgumentException>(() => Trainable.FromFunction("t", function)).Message, StringComparison.Ordinal);
        Assert.Contains("AsyncSetup.Setup is async void", Assert.Throws<ArgumentException>(() => Trainable.FromClass<AsyncSetup>()).Message,
            StringComparison.Ordinal);
    }

    private static void Block(string entry)
    {
        if (SynchronizationContext.Current is null)
        {
            InnerAsync().GetAwaiter().GetResult();
            _blocked[entry] = true;
        }

        static async Task InnerAsync()
        {
            await Task.Yield();
            await Task.Delay(1, CancellationToken.None);
        }
    }

    private Task<ResultGrid> FitAsync(TrainableDefinition trainable, Which? config = null, int trials = 1) =>
        new Tuner(
            trainable,
            new SearchSpace().Add("x", Domain.GridSearch(Enumerable.Range(0, trials))).Add("retry", config?.Retry ?? false),
            new() { MaxConcurrentTrials = 1 },
            new()
            {
                StoragePath = _directory,
                Loggers = [],
                Stop = new() { ["training_iteration"] = 3 },
                Checkpoint = new() { CheckpointFrequency = trainable.Checkpoints ? 1 : 0 },
                Failure = new() { MaxFailures = config is { Retry: true } ? 1 : 0 },
            }).FitAsync(TestContext.Current.CancellationToken);

    internal sealed record Which
    {
        public int X { get; init; }

        public bool Retry { get; init; }
    }

    internal sealed class Blocking : Trainable<Which>, IDisposable
    {
        private int _steps;
        private bool _loaded;

        public Blocking() => Block("constructor");

        public void Dispose() => Block("dispose");

        protected override void Setup(TrialContext<Which> trial) => Block("setup");

        protected override Metrics Step()
        {
            Block("step");
            return Config.Retry && !_loaded && _steps == 2 ? throw new InvalidOperationException("once") : new() { ["loss"] = ++_steps };
        }

        protected override void Save(CheckpointDirectory directory)
        {
            Block("save");
            directory.WriteJson("steps.json", _steps);
        }

        protected override void Load(CheckpointDirectory directory)
        {
            Block("load");
            (_steps, _loaded) = (directory.ReadJson<int>("steps.json"), true);
        }

        protected override void Cleanup() => Block("cleanup");
    }

    internal sealed class AsyncSetup : Trainable<Which>
    {
        protected override async void Setup(TrialContext<Which> trial) => await Task.Yield();

        protected override Metrics Step() => new(1);
    }
}
