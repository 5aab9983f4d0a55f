using System.ComponentModel;
using Microsoft.Win32.SafeHandles;

namespace Tuning.Programs;

/// <summary>
/// The process between the tuner and a program: it starts the program in a session of its own, adopts what the program leaves behind, and ends all of it when
/// it is told to, when the program itself ends, or when its standard input closes because the tuner is gone.
/// </summary>
/// <remarks>
/// Its standard input is its leash: the order to start (<see cref="WriteStart"/>), later single bytes. The program writes straight to the supervisor's outputs.
/// How it ended stands in the file that the order names, so that no exit code of a program can be taken for one of the supervisor.
/// </remarks>
internal static class Supervisor
{
    public const byte Terminate = (byte)'t';
    public const byte KillAll = (byte)'k';

    /// <summary>Writes the order to start.</summary>
    /// <param name="input">The supervisor's standard input.</param>
    /// <param name="statusFile">Where it says how the program ended.</param>
    /// <param name="directory">Where the program starts.</param>
    /// <param name="words">Program and arguments.</param>
    /// <param name="environment">Its environment: <c>NAME=value</c>.</param>
    /// <param name="processors">The processors that it may use, as positions among those of the supervisor; empty for all.</param>
    public static void WriteStart(Stream input, string statusFile, string directory, IReadOnlyList<string> words, IReadOnlyCollection<string> environment,
        IReadOnlyCollection<int> processors)
    {
        using var writer = new BinaryWriter(input, Encoding.UTF8, leaveOpen: true);
        writer.Write(statusFile);
        writer.Write(directory);
        foreach (var list in (IReadOnlyCollection<string>[])[words, environment])
        {
            writer.Write(list.Count);
            foreach (var item in list)
            {
                writer.Write(item);
            }
        }

        writer.Write(processors.Count);
        foreach (var processor in processors)
        {
            writer.Write(processor);
        }
    }

    /// <summary>The text of a status file in words: null when the program ended well.</summary>
    public static string? Describe(string status) => status.Split(' ', 2) switch
    {
        ["exit", "0"] => null,
        ["exit", var code] => $"ended with exit code {code}",
        ["signal", var signal] => $"was ended by {LinuxProcesses.SignalName(int.Parse(signal, CultureInfo.InvariantCulture))}",
        [_, var why] => $"cannot be started: {why}",
        _ => "ended in an unknown way",
    };

    public static int Main()
    {
        LinuxProcesses.BecomeSupervisor();
        using var leash = new FileStream(new SafeFileHandle(0, ownsHandle: false), FileAccess.Read, bufferSize: 1);
        using var reader = new BinaryReader(leash, Encoding.UTF8);
        var (status, directory) = (reader.ReadString(), reader.ReadString());
        var (words, environment) = (ReadList(reader, r => r.ReadString()), ReadList(reader, r => r.ReadString()));
        var processors = ReadList(reader, r => r.ReadInt32());
        int program;
        try
        {
            Environment.CurrentDirectory = directory;
            LinuxProcesses.UseProcessors(processors);
            program = LinuxProcesses.Spawn(words, environment);
        }
        catch (Exception e) when (e is Win32Exception or IOException or UnauthorizedAccessException)
        {
            File.WriteAllText(status, $"failed {(e is Win32Exception ? words[0] + ": " : "")}{e.Message}");
            return 1;
        }

        new Thread(() => Obey(leash)) { IsBackground = true }.Start();
        while (LinuxProcesses.WaitForAny() is { } ended)
        {
            if (ended.Process == program)
            {
                // What it leaves behind would train on for nobody.
                LinuxProcesses.KillDescendants(Environment.ProcessId);
                File.WriteAllText(status, ended.Signal > 0 ? $"signal {ended.Signal}" : $"exit {ended.ExitCode}");
                return 0;
            }
        }

        return 1;
    }

    private static T[] ReadList<T>(BinaryReader reader, Func<BinaryReader, T> read)
    {
        var items = new T[reader.ReadInt32()];
        for (var i = 0; i < items.Length; i++)
        {
            items[i] = read(reader);
        }

        return items;
    }

    private static void Obey(FileStream leash)
    {
        while (leash.ReadByte() is var order and >= 0 and not KillAll)
        {
            if (order == Terminate)
            {
                LinuxProcesses.Descendants(Environment.ProcessId).ForEach(p => LinuxProcesses.Signal(p, LinuxProcesses.SigTerm));
            }
        }

        LinuxProcesses.KillDescendants(Environment.ProcessId);
    }
}
