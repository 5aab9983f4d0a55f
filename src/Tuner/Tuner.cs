namespace Tuning;

/// <summary>
/// Runs an experiment: many trials of something trainable over a space of parameters. Every result is journaled before it is acted
/// on; a process that is killed is continued with <see cref="RestoreAsync"/>.
/// </summary>
/// <remarks>
/// Without services of an application it makes a private host. <see cref="RequestStop"/> and <see cref="Abort"/> may be called by any
/// thread; one experiment runs at a time.
/// </remarks>
public sealed class Tuner
{
    private readonly IServiceProvider? _services;
    private readonly TrainableDefinition _trainable;
    private readonly SearchSpace? _space;
    private readonly TuneConfig? _tune;
    private readonly RunConfig? _run;
    private volatile ExperimentRun? _running;

    /// <summary>One trial of the trainable as it is configured.</summary>
    /// <param name="trainable">What is trained.</param>
    /// <param name="run">When trials stop, what is kept, and where.</param>
    public Tuner(TrainableDefinition trainable, RunConfig? run = null)
        : this(null, trainable, null, null, run)
    {
    }

    /// <summary>Trials over a space.</summary>
    /// <param name="trainable">What is trained.</param>
    /// <param name="space">Constants and domains; they win over what the trainable sets by code.</param>
    /// <param name="tune">What is searched for, and how.</param>
    /// <param name="run">When trials stop, what is kept, and where.</param>
    public Tuner(TrainableDefinition trainable, SearchSpace space, TuneConfig? tune = null, RunConfig? run = null)
        : this(null, trainable, space, tune, run)
    {
    }

    /// <summary>Trials over a space, with the services of an application (<c>services.AddTuner(…)</c>).</summary>
    /// <param name="services">The application's services; null makes a private host.</param>
    /// <param name="trainable">What is trained.</param>
    /// <param name="space">Constants and domains; null takes what the trainable sets by code.</param>
    /// <param name="tune">What is searched for, and how.</param>
    /// <param name="run">When trials stop, what is kept, and where.</param>
    public Tuner(IServiceProvider? services, TrainableDefinition trainable, SearchSpace? space, TuneConfig? tune, RunConfig? run)
    {
        ArgumentNullException.ThrowIfNull(trainable);
        (_services, _trainable, _space, _tune, _run) = (services, trainable, space, tune, run);
    }

    /// <summary>Runs the experiment to its end.</summary>
    /// <param name="cancellationToken">Stops gracefully: running trials write checkpoints first, within the application's <c>Grace</c> where it has
    /// one.</param>
    /// <exception cref="SpecificationException">The experiment is not valid; nothing has been written.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; the message says how to continue.</exception>
    /// <exception cref="ExperimentFailedException">A trial failed for good and <see cref="FailureConfig.FailFast"/> is set, or something outside of the
    /// trials did; the exception has the results.</exception>
    public async Task<ResultGrid> FitAsync(CancellationToken cancellationToken = default)
    {
        var run = await StartAsync(cancellationToken).ConfigureAwait(false);
        return await run.Completion.ConfigureAwait(false);
    }

    /// <summary>Starts the experiment and returns while it runs.</summary>
    /// <param name="cancellationToken">As in <see cref="FitAsync"/>, also after this method has returned.</param>
    /// <returns>The run. To dispose of it stops it gracefully.</returns>
    /// <exception cref="SpecificationException">The experiment is not valid, or differs from the one that it is to continue; nothing has been
    /// written.</exception>
    /// <exception cref="Running.JournalException">With <see cref="Resume.IfExists"/>: its journal cannot be read, or another process runs it.</exception>
    public Task<TunerRun> StartAsync(CancellationToken cancellationToken = default) => BeginAsync(
        _services,
        (services, prepared) =>
        {
            var settings = services.Get<IRunDefaults>().Fill(_run);
            var definition = ExperimentBuilder.Build(services.Get<ComponentCatalog>(), _trainable, _space, _tune, settings);
            return Existing(definition.Specification) is { } directory
                ? services.Runner.ResumeAsync(directory, _trainable, new() { Space = _space, Tune = _tune, Run = settings, IsWhole = true },
                    new() { Prepared = prepared }, cancellationToken)
                : services.Runner.StartAsync(definition, new() { NameIsExplicit = _run?.Name is not null, Prepared = prepared }, cancellationToken);
        },
        run => _running = run,
        cancellationToken);

    /// <summary>Whether a directory holds an experiment that <see cref="RestoreAsync"/> can continue, or extend where it has finished.</summary>
    /// <param name="directory">The directory; it need not exist.</param>
    public static bool CanRestore(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        try
        {
            using var reader = new Running.JournalReader(Checkpointing.OwnFiles.Resolve(directory));
            return ExperimentSpec.FromJson(reader.Header.Specification).Run != AskAndTell.Instance.Name;
        }
        catch (Exception e) when (e is Running.JournalException or System.Text.Json.JsonException or IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Asks the running experiment to stop gracefully. Without effect while none runs.</summary>
    /// <param name="reason">Why, for the journal.</param>
    /// <param name="grace">After this time it is aborted; null waits as long as a step takes.</param>
    public void RequestStop(string reason = "a stop was requested", TimeSpan? grace = null) => _running?.RequestStop(reason, grace);

    /// <summary>Leaves the running experiment at once; it can be continued. Without effect while none runs.</summary>
    public void Abort() => _running?.Abort();

    /// <summary>Continues an experiment where its journal ends: finished trials are kept, unfinished ones go on from their last checkpoint.</summary>
    /// <param name="directory">The experiment's directory; it may have been moved or renamed.</param>
    /// <param name="trainable">The trainable again.</param>
    /// <param name="options">What changes, and what else was supplied as code.</param>
    /// <param name="cancellationToken">Stops gracefully.</param>
    /// <exception cref="Running.JournalException">The journal cannot be read, or another process runs the experiment.</exception>
    /// <exception cref="SpecificationException">The experiment cannot be extended so, or something that was supplied as code is missing.</exception>
    /// <exception cref="ExperimentFailedException">As in <see cref="FitAsync"/>.</exception>
    public static Task<ResultGrid> RestoreAsync(string directory, TrainableDefinition trainable, RestoreOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        ArgumentNullException.ThrowIfNull(trainable);
        return RestoreAsync();

        async Task<ResultGrid> RestoreAsync()
        {
            var run = await BeginAsync(
                options?.Services,
                (services, prepared) => services.Runner.ResumeAsync(directory, trainable, options ?? new(), new() { Prepared = prepared }, cancellationToken),
                _ => { },
                cancellationToken).ConfigureAwait(false);
            return await run.Completion.ConfigureAwait(false);
        }
    }

    /// <summary>Computes every decision of an experiment anew, and compares with its journal. Changes nothing.</summary>
    /// <param name="directory">The experiment's directory.</param>
    /// <param name="trainable">The trainable again; no trial is run.</param>
    /// <param name="options">What else was supplied as code.</param>
    /// <exception cref="Running.JournalException">The journal cannot be read.</exception>
    public static Task<VerificationReport> VerifyAsync(string directory, TrainableDefinition trainable, RestoreOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        ArgumentNullException.ThrowIfNull(trainable);
        return VerifyAsync();

        async Task<VerificationReport> VerifyAsync()
        {
            var services = Services.Of(options?.Services);
            await using (services.ConfigureAwait(false))
            {
                return await Task.Run(() => services.Runner.Verify(directory, trainable, options ?? new())).ConfigureAwait(false);
            }
        }
    }

    // The run is there before it begins, so that whoever asks for a stop is heard from the first step on.
    private static async Task<TunerRun> BeginAsync(
        IServiceProvider? given, Func<Services, Action<ExperimentRun>, Task<ExperimentRun>> start, Action<ExperimentRun> prepare,
            CancellationToken cancellationToken)
    {
        var services = Services.Of(given);
        CancellationTokenRegistration registration = default;
        try
        {
            var run = await start(services, prepared =>
            {
                prepare(prepared);
                registration = cancellationToken.Register(() => prepared.RequestStop("the caller cancelled", services.Get<RunningExperiments>().Grace));
            }).ConfigureAwait(false);
            return new(run, CompleteAsync(run, registration, services, cancellationToken));
        }
        catch
        {
            await registration.DisposeAsync().ConfigureAwait(false);
            await services.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static async Task<ResultGrid> CompleteAsync(ExperimentRun run, CancellationTokenRegistration registration, Services services,
        CancellationToken cancellationToken)
    {
        var result = await run.Completion.ConfigureAwait(false);
        await registration.DisposeAsync().ConfigureAwait(false);
        await services.DisposeAsync().ConfigureAwait(false);
        if (result.Error is { } error)
        {
            throw new ExperimentFailedException($"The experiment in {run.Directory} ended: {error.Message}", run.Results(), error);
        }

        if (result.FailedTrial is { } failed)
        {
            var results = run.Results();
            throw new ExperimentFailedException(
                $"Trial {failed} failed and FailFast is set: {results[failed.Number].Error} Continue with Tuner.RestoreAsync(\"{run.Directory}\", …).",
                    results);
        }

        return result.Finished || !cancellationToken.IsCancellationRequested
            ? run.Results()
            : throw new OperationCanceledException($"The experiment was stopped; continue it with Tuner.RestoreAsync(\"{run.Directory}\", …).",
                cancellationToken);
    }

    // The directory of the experiment that is to be continued; null begins one.
    private string? Existing(ExperimentSpec spec)
    {
        if (_run?.Resume != Resume.IfExists)
        {
            return null;
        }

        if (_run.Name is null)
        {
            throw new SpecificationException(
                "RunConfig.Resume is IfExists and RunConfig.Name is not given: an experiment is found again by its name. Give it one.");
        }

        var directory = Path.Combine(spec.StoragePath, spec.Name);
        return File.Exists(Path.Combine(directory, Running.JournalReader.FileName)) ? directory : null;
    }

    // The application's services, or a private host that lives as long as the run.
    private sealed class Services : IAsyncDisposable
    {
        private readonly IServiceProvider _services;
        private readonly ServiceProvider? _own;

        private Services(IServiceProvider services, ServiceProvider? own) => (_services, _own) = (services, own);

        public ExperimentRunner Runner => Get<ExperimentRunner>();

        public static Services Of(IServiceProvider? given)
        {
            if (given is not null)
            {
                return new(given, null);
            }

            SegmentScheduler.WarmUp();
            var own = TunerDefaults.NewServices();
            return new(own, own);
        }

        public T Get<T>()
            where T : notnull => _services.GetRequiredService<T>();

        public async ValueTask DisposeAsync()
        {
            if (_own is not null)
            {
                await _own.DisposeAsync().ConfigureAwait(false);
            }
        }
    }
}
