using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tuning.Experiments;
using Tuning.Running;
using Tuning.Specification;

namespace Tuning.Hosting.CommandLine;

/// <summary>The program that the command line is part of: what its <c>Program.cs</c> configured, and runs of experiments.</summary>
/// <remarks>Services are built at the first run; a command that only reads a file does not pay for them.</remarks>
internal sealed class ExperimentHost : IAsyncDisposable
{
    private const string SettingsFile = "appsettings.json";

    private readonly ServiceCollection _services = [];
    private readonly TunerBuilder _builder;
    private ServiceProvider? _provider;

    public ExperimentHost(Action<TunerBuilder> configure, TimeProvider time)
    {
        _services.AddSingleton(time);
        _services.AddTuner(configure);
        _builder = (TunerBuilder)_services.First(s => s.ServiceType == typeof(TunerBuilder)).ImplementationInstance!;
    }

    /// <summary>The names that experiments can use.</summary>
    public ComponentCatalog Catalog => _builder.Catalog;

    /// <summary>Runs a new experiment until it has finished or was stopped.</summary>
    /// <exception cref="SpecificationException">It cannot be run.</exception>
    public Task<ResultGrid> RunAsync(ExperimentSpec experiment, ExperimentRequest request) => WaitAsync(
        Runner(request).StartAsync(
            Catalog.Define(experiment),
            new StartOptions { NameIsExplicit = request.NameIsExplicit, Callbacks = [.. request.Callbacks] }),
        request.Signals);

    /// <summary>Continues an experiment.</summary>
    /// <exception cref="JournalException">The journal cannot be read, or another process runs the experiment.</exception>
    /// <exception cref="SpecificationException">It cannot be extended so, or something that was supplied as code is missing.</exception>
    public Task<ResultGrid> ResumeAsync(string directory, RestoreOptions options, ExperimentRequest request) => WaitAsync(
        Runner(request).ResumeAsync(directory, null, options, new StartOptions { Callbacks = [.. request.Callbacks] }), request.Signals);

    /// <summary>Computes the decisions of an experiment again.</summary>
    /// <exception cref="JournalException">The journal cannot be read.</exception>
    public Task<VerificationReport> VerifyAsync(string directory) => Task.Run(() => Runner(null).Verify(directory, null, new RestoreOptions()));

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _provider?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static async Task<ResultGrid> WaitAsync(Task<ExperimentRun> starting, StopSignals signals)
    {
        var run = await starting.ConfigureAwait(false);
        using var stop = signals.Stop.Register(() => run.RequestStop(signals.Reason));
        using var abort = signals.Abort.Register(run.Abort);
        var result = await run.Completion.ConfigureAwait(false);
        return result.Error is null
            ? run.Results()
            : throw new ExperimentFailedException($"The experiment ended with an error outside of its trials: {result.Error.Message} To go on: {StartedAs.Command("resume", StartedAs.Shortest(run.Directory))}", result.Error);
    }

    private ExperimentRunner Runner(ExperimentRequest? request)
    {
        if (_provider is null)
        {
            var settings = Path.GetFullPath(SettingsFile);
            if (File.Exists(settings))
            {
                _services.AddSingleton<IConfiguration>(_ => new ConfigurationBuilder().AddJsonFile(settings).Build());
            }

            if (request is not null)
            {
                _services.AddSingleton<ILoggerFactory>(_ => new LoggerFactory([request.Log], new LoggerFilterOptions { MinLevel = LogLevel.Trace }));
            }

            _provider = _services.BuildServiceProvider();
        }

        return _provider.GetRequiredService<ExperimentRunner>();
    }
}

/// <summary>How an experiment is run from the command line.</summary>
internal sealed record ExperimentRequest
{
    /// <summary>Observers beside the loggers.</summary>
    public required IReadOnlyList<TunerCallback> Callbacks { get; init; }

    /// <summary>Asks it to stop.</summary>
    public required StopSignals Signals { get; init; }

    /// <summary>Where warnings are shown.</summary>
    public required ConsoleLog Log { get; init; }

    /// <summary>Whether the name was given on the command line, and so must be free.</summary>
    public bool NameIsExplicit { get; init; }
}

/// <summary>An experiment ended with an error outside of its trials.</summary>
internal sealed class ExperimentFailedException(string message, Exception innerException) : Exception(message, innerException);
