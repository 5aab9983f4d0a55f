using System.Diagnostics;
using Tuning.Checkpointing;
using Tuning.Control;
using Tuning.Execution.Remote;

namespace Tuning.Programs;

/// <summary>A program that runs below a <see cref="Supervisor"/>. Any thread; disposing of it ends everything that the program started.</summary>
internal sealed class SupervisedProgram : ILaunched
{
    private readonly Process _supervisor;
    private readonly string _status;
    private readonly string _token;
    private readonly Lock _leash = new();

    private SupervisedProgram(Process supervisor, string status, string token) => (_supervisor, _status, _token) = (supervisor, status, token);

    /// <summary>What the program writes.</summary>
    public Stream Output => _supervisor.StandardOutput.BaseStream;

    /// <summary>What the program writes as errors.</summary>
    public Stream Errors => _supervisor.StandardError.BaseStream;

    /// <summary>Starts a program.</summary>
    /// <param name="scratch">A directory of this run alone.</param>
    /// <param name="directory">Where the program starts.</param>
    /// <param name="words">Program and arguments.</param>
    /// <param name="environment">Its environment.</param>
    /// <param name="token">A value of <see cref="ProgramVariables.Token"/> that no other program has.</param>
    /// <param name="share">What it has of the machine; null where that is not counted.</param>
    public static SupervisedProgram Start(
        string scratch, string directory, IReadOnlyList<string> words, IReadOnlyDictionary<string, string> environment, string token, TrialShare? share = null)
    {
        var start = new ProcessStartInfo(Runtime.Executable)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList = { "exec", "--runtimeconfig", Runtime.Configuration, typeof(Supervisor).Assembly.Location },

            // A small program that lives long: the quicker start counts.
            Environment = { ["DOTNET_TieredPGO"] = "0", ["DOTNET_gcServer"] = "0", ["DOTNET_GCHeapHardLimit"] = "0x4000000",
                ["DOTNET_EnableDiagnostics"] = "0" },
        };
        var status = Path.Combine(scratch, "status");
        var process = Process.Start(start)!;
        try
        {
            Supervisor.WriteStart(process.StandardInput.BaseStream, status, directory, words, [.. environment.Select(v => $"{v.Key}={v.Value}")],
                share?.Processors ?? []);
            process.StandardInput.BaseStream.Flush();
        }
        catch (IOException)
        {
            // It is gone already: what it says of that is read where its end is awaited.
        }

        return new(process, status, token);
    }

    /// <summary>Asks the program and all that it started to end (SIGTERM).</summary>
    public void Terminate() => Tell(Supervisor.Terminate);

    /// <summary>Kills the program and all that it started.</summary>
    public void Kill() => Tell(Supervisor.KillAll);

    /// <summary>Waits for the end.</summary>
    /// <returns>What was wrong with it, after the name of the program; null when it ended well.</returns>
    public async Task<string?> WaitAsync()
    {
        await _supervisor.WaitForExitAsync().ConfigureAwait(false);
        if (File.Exists(_status))
        {
            return Supervisor.Describe(OwnFiles.ReadText(_status));
        }

        // Somebody killed the supervisor; what it watched over is known by its environment.
        Sweep(_token);
        return $"lost its supervisor (exit code {_supervisor.ExitCode}) and was killed";
    }

    /// <summary>Kills what an earlier run left behind.</summary>
    public static void Sweep(string token)
    {
        for (var round = 0; round < 100 && LinuxProcesses.WithVariable(ProgramVariables.Token, token).ToList() is { Count: > 0 } left; round++)
        {
            left.ForEach(p => LinuxProcesses.Signal(p, LinuxProcesses.SigKill));
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Kill();
        await WaitAsync().ConfigureAwait(false);
        _supervisor.Dispose();
    }

    private void Tell(byte order)
    {
        lock (_leash)
        {
            try
            {
                _supervisor.StandardInput.BaseStream.WriteByte(order);
                _supervisor.StandardInput.BaseStream.Flush();
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                // It has ended.
            }
        }
    }

    // The runtime that this process runs on, for the supervisor.
    private static class Runtime
    {
        public static string Executable { get; } = FindExecutable();

        public static string Configuration { get; } = FindConfiguration();

        private static string FindExecutable()
        {
            var name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
            if (Path.GetFileName(Environment.ProcessPath) == name)
            {
                return Environment.ProcessPath!;
            }

            // …/dotnet/shared/Microsoft.NETCore.App/10.0.0
            var root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "..", "..", ".."));
            return File.Exists(Path.Combine(root, name)) ? Path.Combine(root, name) : name;
        }

        private static string FindConfiguration()
        {
            var own = Path.ChangeExtension(typeof(Supervisor).Assembly.Location, ".runtimeconfig.json");
            return File.Exists(own) ? own : Path.ChangeExtension(System.Reflection.Assembly.GetEntryAssembly()!.Location, ".runtimeconfig.json");
        }
    }
}
