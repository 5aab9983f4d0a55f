using Microsoft.Extensions.Logging;

namespace Tuning.CommandLine;

/// <summary>The program, as a command that it contributed sees it.</summary>
internal sealed class CalledHost(CommandContext context, ExperimentOverrides overrides, IReadOnlyList<string> given) : ICommandHost, IAsyncDisposable
{
    private readonly ExperimentHost _host = context.Host();

    /// <inheritdoc/>
    public IServiceProvider Services => _host.Services(new ConsoleLog(context.Error, LogLevel.Warning));

    /// <inheritdoc/>
    public TimeProvider Time => context.Time;

    /// <inheritdoc/>
    public IReadOnlyList<string> FileOptions { get; } = given;

    /// <inheritdoc/>
    public IReadOnlyList<ExperimentSpec>? ReadExperiments(string file)
    {
        var read = ExperimentFile.Read(file, _host.Catalog, overrides);
        return ProblemText.Write(context, read, file) ? null : read.Experiments;
    }

    /// <inheritdoc/>
    public string Command(params IReadOnlyList<string> arguments) => StartedAs.Command(arguments);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _host.DisposeAsync();
}
