using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tuning.Execution;
using Tuning.Logging;
using Tuning.Spaces;
using Tuning.Spaces.Expressions;

namespace Tuning.CommandLine;

/// <summary>The program that the command line is part of: what its <c>Program.cs</c> configured, and runs of experiments.</summary>
/// <remarks>Services are built at the first run; a command that only reads a file does not pay for them.</remarks>
internal sealed class ExperimentHost : IAsyncDisposable
{
    private readonly ServiceCollection _services = [];
    private readonly TunerBuilder _builder;
    private readonly string _settings;
    private ServiceProvider? _provider;

    /// <param name="configure">What the program adds.</param>
    /// <param name="time">The clock.</param>
    /// <param name="settings">The file with the program's settings, which need not exist; relative to the current directory.</param>
    public ExperimentHost(Action<TunerBuilder> configure, TimeProvider time, string settings = "appsettings.json")
    {
        _settings = Path.GetFullPath(settings);
        _services.AddSingleton(time);
        _services.AddTuner(tuner => configure(tuner.AddLogFile()));
        _builder = (TunerBuilder)_services.First(s => s.ServiceType == typeof(TunerBuilder)).ImplementationInstance!;
        if (_builder.Commands.Find(c => CommandTree.BuiltIn.Contains(c.Name)) is { } taken)
        {
            throw new ArgumentException($"There is a command '{taken.Name}' already; choose another name.", nameof(configure));
        }
    }

    /// <summary>The names that experiments can use.</summary>
    public ComponentCatalog Catalog => _builder.Catalog;

    /// <summary>The commands that the program adds.</summary>
    public IReadOnlyList<TunerCommand> Commands => _builder.Commands;

    /// <summary>Runs a new experiment until it has finished or was stopped.</summary>
    /// <exception cref="SpecificationException">It cannot be run.</exception>
    public Task<ResultGrid> RunAsync(ExperimentSpec experiment, ExperimentRequest request) => WaitAsync(
        prepared => Runner(request).StartAsync(
            Catalog.Define(experiment),
            new StartOptions
            {
                NameIsExplicit = request.NameIsExplicit,
                Prepared = prepared,
                Callbacks = [.. request.Callbacks],
                Grace = request.Signals.Grace,
                ChangedBy = request.ChangedBy,
            }),
        request.Signals);

    /// <summary>Continues an experiment.</summary>
    /// <exception cref="JournalException">The journal cannot be read, or another process runs the experiment.</exception>
    /// <exception cref="SpecificationException">It cannot be extended so, or something that was supplied as code is missing.</exception>
    public async Task<ResultGrid> ResumeAsync(string directory, RestoreOptions options, ExperimentRequest request)
    {
        try
        {
            return await WaitAsync(
                prepared => Runner(request).ResumeAsync(directory, null, options,
                    new StartOptions
                    {
                        Prepared = prepared,
                        Callbacks = [.. request.Callbacks],
                        Grace = request.Signals.Grace,
                        ChangedBy = request.ChangedBy,
                    }),
                request.Signals).ConfigureAwait(false);
        }
        catch (IOException e) when (MachineFault.Of(e) is { } fault)
        {
            throw Suspended(fault, directory);
        }
    }

    /// <summary>Computes the decisions of an experiment again.</summary>
    /// <exception cref="JournalException">The journal cannot be read.</exception>
    public Task<VerificationReport> VerifyAsync(string directory) => Task.Run(() => Runner(null).Verify(directory, null, new RestoreOptions()));

    /// <summary>The services of a process that runs trials for another one.</summary>
    /// <param name="log">Where its log goes.</param>
    public IServiceProvider ForTrials(ILoggerProvider log) => Provider(() => new LoggerFactory([log], new LoggerFilterOptions { MinLevel = LogLevel.Debug }));

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _provider?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static async Task<ResultGrid> WaitAsync(Func<Action<ExperimentRun>, Task<ExperimentRun>> start, StopSignals signals)
    {
        CancellationTokenRegistration stop = default, abort = default;
        try
        {
            var run = await start(prepared =>
            {
                stop = signals.Stop.Register(() => prepared.RequestStop(signals.Reason));
                abort = signals.Abort.Register(prepared.Abort);
            }).ConfigureAwait(false);
            var result = await run.Completion.ConfigureAwait(false);
            if (result.Error is MachineFault fault)
            {
                throw Suspended(fault, run.Directory);
            }

            return result.Error is null
                ? run.Results()
                : throw new ExperimentFailedException($"The experiment ended with an error outside of its trials: " +
                    $"{result.Error.Message}{(result.Error.InnerException is UnfulfilledConstraintsException or { InnerException: ExpressionException }
                        ? " A resume would bring the same: mend the file and run it again."
                        : !Directory.Exists(run.Directory) ? ""
                        : $" To go on: {StartedAs.Command("resume", StartedAs.Shortest(run.Directory))}")}", run.Results(), result.Error);
        }
        finally
        {
            await stop.DisposeAsync().ConfigureAwait(false);
            await abort.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static ExperimentSuspendedException Suspended(MachineFault fault, string directory) => new(
        $"suspended: {fault.Message}. Nothing is lost. Once that is mended, go on: {StartedAs.Command("resume", StartedAs.Shortest(directory))}", fault);

    /// <summary>The program's services, made at the first call.</summary>
    /// <param name="log">Where warnings are shown; null for nowhere.</param>
    public IServiceProvider Services(ConsoleLog? log) =>
        Provider(log is null ? null : () => new LoggerFactory([log], new LoggerFilterOptions { MinLevel = LogLevel.Trace }));

    private ServiceProvider Provider(Func<ILoggerFactory>? logs)
    {
        if (_provider is null)
        {
            if (SettingsFile.TryRead(_settings) is { } settings)
            {
                _services.AddSingleton(WithLog(settings));
            }

            if (logs is not null)
            {
                _services.AddSingleton(_ => logs());
            }

            _provider = _services.BuildServiceProvider();
        }

        return _provider;
    }

    private ExperimentRunner Runner(ExperimentRequest? request) => Services(request?.Log).GetRequiredService<ExperimentRunner>();

    // The program has no other log than that of its experiments: Serilog's usual section means the same.
    private static IConfiguration WithLog(IConfiguration read) => read.GetSection(LogFileProvider.Section).Exists() ? read : new ConfigurationBuilder()
        .AddConfiguration(read)
        .AddInMemoryCollection(read.GetSection("Serilog").AsEnumerable(makePathsRelative: true)
            .Select(s => KeyValuePair.Create($"{LogFileProvider.Section}:{s.Key}", s.Value)))
        .Build();
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

    /// <summary>The options that change what the file or the record says; null for none.</summary>
    public string? ChangedBy { get; init; }

    /// <summary>Whether the name was given on the command line, and so must be free.</summary>
    public bool NameIsExplicit { get; init; }
}

/// <summary>The machine let an experiment down, which goes on when it is resumed.</summary>
internal sealed class ExperimentSuspendedException(string message, Exception innerException) : Exception(message, innerException);
