using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Tuning.Programs;

/// <summary>Processes of Linux by system calls: a start in a session of its own, signals, and who descends from whom.</summary>
internal static partial class LinuxProcesses
{
    public const int SigTerm = 15;
    public const int SigKill = 9;
    private const int SigStop = 19;

    private const short SetSignalDefaults = 0x04;
    private const short SetSignalMask = 0x08;
    private const short SetSession = 0x80;
    private const int SetChildSubreaper = 36;
    private const int ReadOnly = 0;
    private const nint Ignore = 1;

    // What the C library keeps in them is at most 336, 80 and 128 bytes.
    private const int StructSize = 1024;

    private static readonly string[] _signals =
        ["", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM", "TERM",
        "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS"];

    /// <summary><c>SIGSEGV</c>.</summary>
    public static string SignalName(int signal) =>
        signal > 0 && signal < _signals.Length ? "SIG" + _signals[signal] : string.Create(CultureInfo.InvariantCulture, $"signal {signal}");

    /// <summary>Makes this process the parent of all orphans below it, deaf to what a terminal sends to all its processes.</summary>
    public static void BecomeSupervisor()
    {
        Check(Prctl(SetChildSubreaper, 1, 0, 0, 0));
        _ = SetSid();
        foreach (var signal in (int[])[1, 2, 3, SigTerm])
        {
            _ = SetHandler(signal, Ignore);
        }
    }

    /// <summary>Starts a program in a session of its own, with nothing to read, and this process' outputs.</summary>
    /// <returns>Its process number.</returns>
    /// <exception cref="Win32Exception">It cannot be started.</exception>
    public static unsafe int Spawn(IReadOnlyList<string> words, IReadOnlyList<string> environment)
    {
        byte* attribute = stackalloc byte[StructSize], action = stackalloc byte[StructSize], set = stackalloc byte[StructSize];
        CheckCode(AttributesInit(attribute));
        CheckCode(ActionsInit(action));
        CheckCode(ActionsAddOpen(action, 0, "/dev/null", ReadOnly, 0));
        _ = SignalSetEmpty(set);
        CheckCode(AttributesSetMask(attribute, set));
        for (var signal = 1; signal < _signals.Length; signal++)
        {
            _ = signal is SigKill or SigStop ? 0 : SignalSetAdd(set, signal);
        }

        CheckCode(AttributesSetDefaults(attribute, set));
        CheckCode(AttributesSetFlags(attribute, SetSignalDefaults | SetSignalMask | SetSession));
        CheckCode(SpawnProgram(out var process, words[0], action, attribute, [.. words, null], [.. environment, null]));
        return process;
    }

    /// <summary>Lets this thread, and what it starts from here on, run on some processors only.</summary>
    /// <param name="positions">Which of those that it may use now, from 0; beyond the last it begins again.</param>
    public static void UseProcessors(IReadOnlyList<int> positions)
    {
        const int MostProcessors = 8 * 1024;
        var mask = new byte[MostProcessors / 8];
        if (positions.Count == 0 || GetAffinity(0, mask.Length, mask) < 0)
        {
            return;
        }

        var allowed = Enumerable.Range(0, MostProcessors).Where(p => (mask[p / 8] >> (p % 8) & 1) != 0).ToArray();
        Array.Clear(mask);
        foreach (var position in positions)
        {
            var processor = allowed[position % allowed.Length];
            mask[processor / 8] |= (byte)(1 << (processor % 8));
        }

        Check(SetAffinity(0, mask.Length, mask));
    }

    /// <summary>Sends a signal; a process that is gone is no error.</summary>
    public static void Signal(int process, int signal) => _ = Kill(process, signal);

    /// <summary>Waits until any child ends.</summary>
    /// <returns>The child, its exit code or -1, and the signal that ended it or 0; null when there is no child.</returns>
    public static (int Process, int ExitCode, int Signal)? WaitForAny()
    {
        while (true)
        {
            var process = WaitPid(-1, out var status, 0);
            if (process > 0)
            {
                return (status & 0x7f) == 0 ? (process, (status >> 8) & 0xff, 0) : (process, -1, status & 0x7f);
            }

            if (Marshal.GetLastPInvokeError() != 4) // interrupted
            {
                return null;
            }
        }
    }

    /// <summary>Kills everything that descends from a process, also what is started meanwhile.</summary>
    public static void KillDescendants(int ancestor)
    {
        // What is stopped starts nothing: once nobody new appears, all are held.
        var stopped = new HashSet<int>();
        for (var round = 0; round < 1000; round++)
        {
            var fresh = Descendants(ancestor).Where(stopped.Add).ToList();
            if (fresh.Count == 0)
            {
                break;
            }

            fresh.ForEach(p => Signal(p, SigStop));
        }

        foreach (var process in stopped)
        {
            Signal(process, SigKill);
        }
    }

    /// <summary>Everything that descends from a process and is no zombie.</summary>
    public static List<int> Descendants(int ancestor)
    {
        var children = All().Where(p => p.State != 'Z').ToLookup(p => p.Parent, p => p.Process);
        var (found, at) = (new List<int>(children[ancestor]), 0);
        while (at < found.Count)
        {
            found.AddRange(children[found[at++]]);
        }

        return found;
    }

    /// <summary>Processes that were started with an environment variable of this value.</summary>
    public static IEnumerable<int> WithVariable(string name, string value)
    {
        var wanted = Encoding.UTF8.GetBytes($"{name}={value}\0");
        return All().Select(p => p.Process).Where(p => TryRead($"/proc/{p}/environ") is { } environment && (environment.AsSpan().StartsWith(wanted)
            || environment.AsSpan().IndexOf((byte[])[0, .. wanted]) >= 0));
    }

    private static IEnumerable<(int Process, int Parent, char State)> All()
    {
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            // 12 (name with (any) characters) S 1 …
            if (int.TryParse(Path.GetFileName(directory.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var process)
                && TryRead($"/proc/{process}/stat") is { } stat && stat.AsSpan().LastIndexOf((byte)')') is var end and > 0)
            {
                var fields = Encoding.ASCII.GetString(stat.AsSpan(end + 2)).Split(' ', 3);
                yield return (process, int.Parse(fields[1], CultureInfo.InvariantCulture), fields[0][0]);
            }
        }
    }

    private static byte[]? TryRead(string file)
    {
        try
        {
            return File.ReadAllBytes(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static void Check(int result)
    {
        if (result < 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    private static void CheckCode(int error)
    {
        if (error != 0)
        {
            throw new Win32Exception(error);
        }
    }

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    private static partial int Prctl(int option, nint a, nint b, nint c, nint d);

    [LibraryImport("libc", EntryPoint = "sched_getaffinity", SetLastError = true)]
    private static partial int GetAffinity(int process, nint size, [Out] byte[] mask);

    [LibraryImport("libc", EntryPoint = "sched_setaffinity", SetLastError = true)]
    private static partial int SetAffinity(int process, nint size, [In] byte[] mask);

    [LibraryImport("libc", EntryPoint = "setsid")]
    private static partial int SetSid();

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint SetHandler(int signal, nint handler);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);

    [LibraryImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    private static partial int WaitPid(int process, out int status, int options);

    [LibraryImport("libc", EntryPoint = "posix_spawnp", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int SpawnProgram(out int process, string file, byte* actions, byte* attributes, string?[] words, string?[] environment);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_init")]
    private static unsafe partial int AttributesInit(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setflags")]
    private static unsafe partial int AttributesSetFlags(byte* attributes, short flags);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigdefault")]
    private static unsafe partial int AttributesSetDefaults(byte* attributes, byte* signals);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigmask")]
    private static unsafe partial int AttributesSetMask(byte* attributes, byte* signals);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    private static unsafe partial int ActionsInit(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addopen", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int ActionsAddOpen(byte* actions, int descriptor, string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "sigemptyset")]
    private static unsafe partial int SignalSetEmpty(byte* signals);

    [LibraryImport("libc", EntryPoint = "sigaddset")]
    private static unsafe partial int SignalSetAdd(byte* signals, int signal);
}
