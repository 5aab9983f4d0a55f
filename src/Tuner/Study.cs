using Microsoft.Extensions.Logging.Abstractions;
using Tuning.Experiments.Studies;

namespace Tuning;

/// <summary>
/// Search for code that keeps its own loop: <c>var trial = study.Ask(); …; study.Tell(trial, value);</c> with every search algorithm and stop
/// criterion, schedulers that stop trials, and the journal of an experiment, so that a killed process goes on where it was.
/// </summary>
/// <remarks>
/// Safe on any thread: many may ask, report and tell at once. Whoever can hand over a function is better served by <see cref="Tuner"/>, which also
/// runs trials in parallel, tries failed ones again, pauses and resumes.
/// </remarks>
public sealed class Study : IAsyncDisposable
{
    private readonly StudyLoop _loop;
    private readonly IAsyncDisposable? _host;

    private Study(StudyLoop loop, IAsyncDisposable? host) => (_loop, _host) = (loop, host);

    /// <summary>A study that was begun or opened by the parts of a program.</summary>
    internal static Study Of(StudyLoop loop) => new(loop, null);

    /// <summary>What drives it.</summary>
    internal StudyLoop Loop => _loop;

    /// <summary>The full path of the study's directory; null in memory.</summary>
    public string? Directory => _loop.Info.Directory.Length == 0 ? null : _loop.Info.Directory;

    /// <summary>The seed from which everything random is derived.</summary>
    public ulong Seed => _loop.Info.Seed!.Value;

    /// <summary>The trials that were handed out and not told of, oldest first; after <see cref="OpenAsync"/> also those that an earlier process had.</summary>
    public IReadOnlyList<StudyTrial> Running => _loop.Running;

    /// <summary>Whether there will be no more trials, and all have ended.</summary>
    public bool IsFinished => _loop.IsFinished;

    /// <summary>Why <see cref="Ask"/> has no more trials; null while it may have.</summary>
    public string? EndReason => _loop.EndReason;

    /// <summary>Begins a study in a directory of its own.</summary>
    /// <param name="space">Constants and domains.</param>
    /// <param name="config">What is searched for, and how.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="SpecificationException">It is not valid, and nothing has been written; the message says everything that is wrong with it.</exception>
    public static Task<Study> CreateAsync(SearchSpace space, StudyConfig? config = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(space);
        config ??= new();
        return Task.Run(
            () => WithHost(config.Services, services =>
            {
                var definition = Define(space, config, services.GetRequiredService<ComponentCatalog>());
                return services.GetRequiredService<ExperimentRunner>().CreateStudy(definition, config.Name is not null);
            }),
            cancellationToken);
    }

    /// <summary>Goes on with a study that another process, or this one, has closed or was killed with.</summary>
    /// <param name="directory">Its directory; it may have been moved or renamed.</param>
    /// <param name="options">What changes, and what was supplied as code.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="Running.JournalException">The journal cannot be read, or another process has the study open.</exception>
    /// <exception cref="SpecificationException">It is an experiment's, cannot be extended so, or something that was supplied as code is missing.</exception>
    public static Task<Study> OpenAsync(string directory, RestoreOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        return Task.Run(
            () => WithHost(options?.Services, services => services.GetRequiredService<ExperimentRunner>().OpenStudy(directory, options ?? new())),
            cancellationToken);
    }

    /// <summary>A study without a directory: nothing is written, and nothing is left of it when the process ends.</summary>
    /// <param name="space">Constants and domains.</param>
    /// <param name="config">What is searched for, and how.</param>
    /// <param name="catalog">The components that it may name; null takes those of this library.</param>
    /// <param name="time">The clock; null takes the machine's.</param>
    /// <exception cref="SpecificationException">It is not valid; the message says everything that is wrong with it.</exception>
    public static Study InMemory(SearchSpace space, StudyConfig? config = null, ComponentCatalog? catalog = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(space);
        config ??= new();
        return new(ExperimentRunner.MemoryStudy(Define(space, config, catalog ?? new()), time ?? TimeProvider.System, NullLogger.Instance), null);
    }

    /// <summary>The next trial, under way from now on.</summary>
    /// <param name="cancellationToken">Gives up waiting for a suggestion that another thread computes.</param>
    /// <returns>The trial; null when there are no more, and <see cref="EndReason"/> says why once all have ended. One that failed may come again.</returns>
    /// <exception cref="InvalidOperationException">The search algorithm waits for results of trials under way, or it failed, now or before.</exception>
    public StudyTrial? Ask(CancellationToken cancellationToken = default) => _loop.Ask(cancellationToken);

    /// <summary>The next trial, under way from now on. Waits for results where the search algorithm does.</summary>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The trial; null when there are no more.</returns>
    /// <exception cref="InvalidOperationException">The search algorithm failed, at this or an earlier call.</exception>
    public Task<StudyTrial?> AskAsync(CancellationToken cancellationToken = default) => _loop.AskAsync(cancellationToken);

    /// <summary>A value on the way.</summary>
    /// <param name="trial">The trial.</param>
    /// <param name="step">Its step, which schedulers go by as <c>training_iteration</c>; grows from report to report.</param>
    /// <param name="value">The first objective; NaN is no value.</param>
    /// <returns>
    /// Whether the trial is to stop: a scheduler or stop criterion has ended it. <see cref="Tell(StudyTrial, ReadOnlySpan{double})"/> may follow, and changes
    /// nothing.
    /// </returns>
    /// <exception cref="InvalidOperationException">The trial has ended before.</exception>
    /// <exception cref="ArgumentException">The step does not grow. The study is as it was.</exception>
    public bool Report(StudyTrial trial, long step, double value) =>
        Report(trial, new Metrics(2) { [FirstObjective] = value, [AutoMetrics.TrainingIteration] = step });

    /// <summary>Metrics on the way; <c>training_iteration</c> is the step, else the number of the report.</summary>
    /// <param name="trial">The trial.</param>
    /// <param name="metrics">The metrics; not to be changed afterwards.</param>
    /// <returns>Whether the trial is to stop; it has ended then.</returns>
    /// <exception cref="InvalidOperationException">The trial has ended before.</exception>
    /// <exception cref="ArgumentException">The step does not grow. The study is as it was.</exception>
    public bool Report(StudyTrial trial, Metrics metrics)
    {
        ArgumentNullException.ThrowIfNull(trial);
        ArgumentNullException.ThrowIfNull(metrics);
        return _loop.Report(trial, metrics);
    }

    /// <summary>A trial has ended with these objectives, in the study's order; with none, as it reported last.</summary>
    /// <param name="trial">The trial.</param>
    /// <param name="values">The objectives. NaN is allowed: the trial then has no value.</param>
    /// <exception cref="InvalidOperationException">The trial has ended before, or has no value at all.</exception>
    /// <exception cref="ArgumentException">There are more or fewer values than objectives, or the trial is another study's.</exception>
    public void Tell(StudyTrial trial, params ReadOnlySpan<double> values)
    {
        ArgumentNullException.ThrowIfNull(trial);
        var objectives = _loop.Info.Objectives;
        if (values.IsEmpty)
        {
            _loop.Tell(trial, null);
            return;
        }

        if (values.Length != objectives.Length)
        {
            throw new ArgumentException(
                $"{values.Length} values were told, and the study has {objectives.Length} objectives: {string.Join(", ", objectives)}.", nameof(values));
        }

        var metrics = new Metrics(values.Length);
        for (var i = 0; i < values.Length; i++)
        {
            metrics[objectives[i].Metric] = values[i];
        }

        _loop.Tell(trial, metrics);
    }

    /// <summary>A trial has ended with these metrics, the objectives among them.</summary>
    /// <param name="trial">The trial.</param>
    /// <param name="metrics">The metrics; not to be changed afterwards.</param>
    /// <exception cref="InvalidOperationException">The trial has ended before.</exception>
    /// <exception cref="ArgumentException">An objective is not among the metrics, or is no number; NaN is one.</exception>
    public void Tell(StudyTrial trial, Metrics metrics)
    {
        ArgumentNullException.ThrowIfNull(trial);
        ArgumentNullException.ThrowIfNull(metrics);
        foreach (var objective in _loop.Info.Objectives)
        {
            if (!metrics.TryGet(objective.Metric, out var value))
            {
                throw new ArgumentException($"'{objective.Metric}', which the study optimises, is not among the metrics that were told."
                    + NearestName.For(objective.Metric, [.. metrics.Select(m => m.Key)], "metrics"), nameof(metrics));
            }

            if (value.Number is null)
            {
                throw new ArgumentException($"'{objective.Metric}', which the study optimises, is {(value.Kind == MetricKind.Text ? $"the text '{value}'"
                    : "an array")}; it must be a number. Tell that the trial failed with TellFailed(trial, message).", nameof(metrics));
            }
        }

        _loop.Tell(trial, metrics);
    }

    /// <summary>A trial has failed. It is handed out again while <see cref="StudyConfig.MaxFailures"/> allows it.</summary>
    /// <param name="trial">The trial.</param>
    /// <param name="message">Why.</param>
    /// <exception cref="InvalidOperationException">The trial has ended before.</exception>
    public void TellFailed(StudyTrial trial, string message)
    {
        ArgumentNullException.ThrowIfNull(trial);
        ArgumentException.ThrowIfNullOrWhiteSpace(message);
        _loop.TellFailed(trial, message);
    }

    /// <summary>What became of the trials so far.</summary>
    public ResultGrid Results() => _loop.Results();

    /// <summary>Closes the study. Trials under way can be told of after <see cref="OpenAsync"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        await _loop.DisposeAsync().ConfigureAwait(false);
        if (_host is not null)
        {
            await _host.DisposeAsync().ConfigureAwait(false);
        }
    }

    private string FirstObjective => _loop.Info.Objectives[0].Metric;

    private static ExperimentDefinition Define(SearchSpace space, StudyConfig config, ComponentCatalog catalog) =>
        ExperimentBuilder.Build(catalog, AskAndTell.Instance, space, config.ToTune(), config.ToRun() with { Name = config.Name ?? "study" });

    private static Study WithHost(IServiceProvider? given, Func<IServiceProvider, StudyLoop> make)
    {
        if (given is not null)
        {
            return new(make(given), null);
        }

        var own = TunerDefaults.NewServices();
        try
        {
            return new(make(own), own);
        }
        catch
        {
            own.Dispose();
            throw;
        }
    }
}
