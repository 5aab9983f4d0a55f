using Microsoft.Extensions.DependencyInjection;
using Tuning.Execution.Jobs;
using Tuning.Experiments;
using Tuning.Hosting;
using Tuning.Specification;
using Tuning.Training;

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
    /// <param name="cancellationToken">Stops gracefully: running trials write checkpoints first, within the application's <c>Grace</c> where it has one.</param>
    /// <exception cref="SpecificationException">The experiment is not valid; nothing has been written.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; the message says how to continue.</exception>
    public Task<ResultGrid> FitAsync(CancellationToken cancellationToken = default) => WithServicesAsync(_services, services =>
    {
        var definition = ExperimentBuilder.Build(services.GetRequiredService<ComponentCatalog>(), _trainable, _space, _tune, _run);
        return RunAsync(
            prepared => services.GetRequiredService<ExperimentRunner>().StartAsync(definition, new() { NameIsExplicit = _run?.Name is not null, Prepared = prepared }, cancellationToken),
            run => _running = run,
            services.GetRequiredService<RunningExperiments>().Grace,
            cancellationToken);
    });

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
    public static Task<ResultGrid> RestoreAsync(string directory, TrainableDefinition trainable, RestoreOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        ArgumentNullException.ThrowIfNull(trainable);
        return WithServicesAsync(options?.Services, services => RunAsync(
            prepared => services.GetRequiredService<ExperimentRunner>().ResumeAsync(directory, trainable, options ?? new(), new() { Prepared = prepared }, cancellationToken),
            _ => { },
            services.GetRequiredService<RunningExperiments>().Grace,
            cancellationToken));
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
        return WithServicesAsync(options?.Services, services => Task.Run(() => services.GetRequiredService<ExperimentRunner>().Verify(directory, trainable, options ?? new())));
    }

    private static async Task<T> WithServicesAsync<T>(IServiceProvider? given, Func<IServiceProvider, Task<T>> use)
    {
        if (given is not null)
        {
            return await use(given).ConfigureAwait(false);
        }

        SegmentScheduler.WarmUp();
        var own = new ServiceCollection().AddTuner(TunerDefaults.Configure).BuildServiceProvider();
        await using (own.ConfigureAwait(false))
        {
            return await use(own).ConfigureAwait(false);
        }
    }

    // The run is there before it begins, so that whoever asks for a stop is heard from the first step on.
    private static async Task<ResultGrid> RunAsync(
        Func<Action<ExperimentRun>, Task<ExperimentRun>> start, Action<ExperimentRun> prepare, Func<TimeSpan?> grace, CancellationToken cancellationToken)
    {
        CancellationTokenRegistration registration = default;
        try
        {
            var run = await start(prepared =>
            {
                prepare(prepared);
                registration = cancellationToken.Register(() => prepared.RequestStop("the caller cancelled", grace()));
            }).ConfigureAwait(false);
            var result = await run.Completion.ConfigureAwait(false);
            if (result.Error is { } error)
            {
                throw new InvalidOperationException($"The experiment in {run.Directory} ended: {error.Message}", error);
            }

            return result.Finished || !cancellationToken.IsCancellationRequested
                ? run.Results()
                : throw new OperationCanceledException($"The experiment was stopped; continue it with Tuner.RestoreAsync(\"{run.Directory}\", …).", cancellationToken);
        }
        finally
        {
            await registration.DisposeAsync().ConfigureAwait(false);
        }
    }
}
