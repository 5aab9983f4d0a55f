using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tuning.Testing;

namespace Tuning.Tests.Hosting;

/// <summary>What an experiment tells listeners; the table of <c>docs/telemetry.md</c>.</summary>
public sealed class TelemetryTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _name = "telemetry-" + Guid.NewGuid().ToString("N");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Instruments_count_and_time_what_happened()
    {
        var measured = new ConcurrentDictionary<string, ConcurrentQueue<(double Value, string Tags)>>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == "Tuning")
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.Start();

        await FitAsync();

        Assert.Equal((0.0, 2), Sum("tuning.experiments.active"));
        Assert.Equal((3.0, 3), Sum("tuning.trials.created"));
        Assert.Equal((2.0, 2), Sum("tuning.trials.ended", "tuning.trial.status=terminated"));
        Assert.Equal((1.0, 1), Sum("tuning.trials.ended", "tuning.trial.status=failed"));
        Assert.Equal((3.0, 3), Sum("tuning.decisions", "tuning.decision.kind=suggest"));
        Assert.Equal(1, Sum("tuning.experiment.duration").Count);
        Assert.Equal(3, Sum("tuning.trial.segment.duration").Count);
        Assert.Equal(5, Sum("tuning.report.duration").Count);
        Assert.Equal(3, Sum("tuning.suggestion.duration").Count);
        Assert.True(Sum("tuning.decision.duration").Count > 10);
        Assert.All(measured.Values.SelectMany(v => v), m => Assert.True(m.Value is >= -1 and < 1000));

        void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var text = string.Join(' ', tags.ToArray().Select(t => $"{t.Key}={t.Value}"));
            if (text.Contains(_name, StringComparison.Ordinal))
            {
                measured.GetOrAdd(instrument.Name, _ => []).Enqueue((value, text));
            }
        }

        (double Sum, int Count) Sum(string name, string tag = "") => measured.TryGetValue(name, out var found)
            ? (found.Where(m => m.Tags.Contains(tag, StringComparison.Ordinal)).Sum(m => m.Value),
                found.Count(m => m.Tags.Contains(tag, StringComparison.Ordinal)))
            : (0, 0);
    }

    [Fact]
    public async Task Activities_of_trials_and_suggestions_stand_below_that_of_their_experiment()
    {
        var activities = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Tuning",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activities.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        var inTrial = new ConcurrentQueue<string?>();

        await FitAsync(() => inTrial.Enqueue(Activity.Current?.OperationName));

        var mine = activities.Where(a => Equals(a.GetTagItem("tuning.experiment.name"), _name)).ToList();
        var experiment = Assert.Single(mine, a => a.OperationName == "tuning.experiment");
        Assert.Equal(true, experiment.GetTagItem("tuning.experiment.finished"));
        Assert.Equal(ActivityStatusCode.Ok, experiment.Status);
        var trials = mine.Where(a => a.OperationName == "tuning.trial").ToList();
        Assert.Equal(["00000", "00001", "00002"], trials.Select(a => a.GetTagItem("tuning.trial.id")).Order());
        Assert.Equal(3, mine.Count(a => a.OperationName == "tuning.suggestion"));
        Assert.All(mine.Where(a => a != experiment), a => Assert.Equal(experiment.SpanId, a.ParentSpanId));
        Assert.All(inTrial, name => Assert.Equal("tuning.trial", name));
        Assert.Null(Activity.Current);
    }

    [Fact]
    public async Task Messages_of_the_log_are_in_scopes_of_experiment_and_trial()
    {
        var logger = new ScopeLogger();

        await FitAsync(logger: logger);

        Assert.Contains(logger.Lines, l => l.StartsWith($"Experiment:{_name} | The experiment ends", StringComparison.Ordinal));
        Assert.Contains(logger.Lines, l => l == $"Experiment:{_name} Trial:00001 | here");
    }

    private async Task FitAsync(Action? inTrial = null, ScopeLogger? logger = null)
    {
        var train = Trainable.FromFunction<ParameterSet>("train", async (trial, cancel) =>
        {
            inTrial?.Invoke();
            logger?.LogInformation("here");
            await trial.ReportAsync(new() { ["loss"] = 1 });
            await Task.Yield();
            inTrial?.Invoke();
            if (trial.Id.Number == 2)
            {
                throw new InvalidOperationException("boom");
            }

            await trial.ReportAsync(new() { ["loss"] = 1 });
        });
        var services = new ServiceCollection().AddTuner();
        if (logger is not null)
        {
            services.AddSingleton<ILoggerFactory>(new OneLogger(logger));
        }

        await using var provider = services.BuildServiceProvider();
        await new Tuner(provider, train, new SearchSpace().Add("x", Domain.Uniform(0, 1)), new TuneConfig { Samples = 3 },
            new RunConfig { StoragePath = _folder.Path, Name = _name }).FitAsync(Cancellation);
    }

    private sealed class ScopeLogger : ILogger
    {
        private readonly LoggerExternalScopeProvider _scopes = new();
        private readonly ConcurrentQueue<string> _lines = [];

        public IReadOnlyCollection<string> Lines => _lines;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => _scopes.Push(state);

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var scope = "";
            _scopes.ForEachScope((s, _) => scope = s!.ToString()!, 0);
            _lines.Enqueue($"{scope} | {formatter(state, exception)}");
        }
    }
}
