using System.ComponentModel;
using System.Net.Sockets;
using System.Reflection;

namespace Tuning.Execution.Remote;

/// <summary>Starts this program once more, as a process of trials. Any thread.</summary>
/// <param name="launcher">Starts processes.</param>
/// <param name="setup">What each is told.</param>
internal sealed class ChildStarter(ILauncher launcher, RemoteSetup setup)
{
    // A process that has not said by then that it runs trials never will.
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);
    private readonly ImmutableArray<string> _words = OwnCommand();

    /// <summary>Starts one and waits until it is ready.</summary>
    /// <returns>The process, or why there is none.</returns>
    public async Task<(TrialChild? Child, string? Refusal)> StartAsync()
    {
        TrialChild child;
        try
        {
            child = new(launcher, _words);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or Win32Exception or PlatformNotSupportedException
            or SocketException)
        {
            return (null, e.Message);
        }

        var ready = await child.ConnectAsync(setup, _patience).ConfigureAwait(false);
        if (ready is { Refusal: null })
        {
            return (child, null);
        }

        string? why = ready?.Refusal;
        if (why is null)
        {
            await Task.WhenAny(child.Ended, Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System)).ConfigureAwait(false);
            why = $"the program, started once more for trials, {(child.Ended.IsCompleted ? await child.Ended.ConfigureAwait(false) ?? "ended" : "went on")} "
                + "without running them. Let it begin with: if (await TrialProcess.RunAsync(…)) return;";
            await child.DrainAsync().ConfigureAwait(false);
            why += child.Said is { Length: > 0 } tail ? $" It printed: {tail}" : "";
        }

        child.Kill();
        await child.DisposeAsync().ConfigureAwait(false);
        return (null, why);
    }

    // This program, as it was called: what it does before it runs trials may depend on its arguments.
    private static ImmutableArray<string> OwnCommand()
    {
        var (program, assembly) = (Environment.ProcessPath!, Assembly.GetEntryAssembly()?.Location);
        var arguments = Environment.GetCommandLineArgs().Skip(1);
        return Path.GetFileNameWithoutExtension(program) == "dotnet" && assembly is { Length: > 0 }
            ? [program, "exec", assembly, .. arguments] : [program, .. arguments];
    }
}
