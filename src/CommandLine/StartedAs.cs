namespace Tuning.CommandLine;

/// <summary>How this program was started, so that commands which it prints can be copied and run.</summary>
internal static class StartedAs
{
    /// <summary>The beginning of a command, <c>dotnet run --project experiments --</c> or <c>./experiments</c>.</summary>
    public static string Program { get; } = Find(Environment.ProcessPath, Environment.GetCommandLineArgs()[0], ParentArguments(), Environment.CurrentDirectory);

    /// <summary>A whole command.</summary>
    public static string Command(params IReadOnlyList<string> arguments) => Program + " " + string.Join(' ', arguments.Select(ShellWord.Of));

    /// <summary>A path as it is shortest from the current directory.</summary>
    public static string Shortest(string path, string? currentDirectory = null)
    {
        var relative = Path.GetRelativePath(currentDirectory ?? Environment.CurrentDirectory, path);
        return relative.StartsWith("..", StringComparison.Ordinal) ? path : relative.StartsWith('-') ? "./" + relative : relative;
    }

    /// <summary>The beginning of a command, from what the operating system knows.</summary>
    /// <param name="process">The executable.</param>
    /// <param name="assembly">The program, where the executable is only its host.</param>
    /// <param name="parent">The arguments of the process that started this one; empty when unknown.</param>
    /// <param name="currentDirectory">The current directory.</param>
    internal static string Find(string? process, string assembly, IReadOnlyList<string> parent, string currentDirectory)
    {
        if (parent.Count > 1 && Path.GetFileNameWithoutExtension(parent[0]) == "dotnet" && parent[1] is "run" or "watch")
        {
            // Without -- the first argument that is none of dotnet's own begins the program's; it is not known which, so the options that matter are kept.
            var separator = parent.ToList().IndexOf("--");
            return "dotnet " + string.Join(' ', (separator > 0 ? parent.Take(separator) : OwnArguments(parent)).Skip(1).Select(ShellWord.Of)) + " --";
        }

        var isHost = process is null || Path.GetFileNameWithoutExtension(process) == "dotnet";
        if (!isHost && (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Contains(Path.GetDirectoryName(process)))
        {
            // Installed as a tool: its name alone finds it.
            return ShellWord.Of(Path.GetFileNameWithoutExtension(process!));
        }

        var program = Shortest(isHost ? Path.GetFullPath(assembly, currentDirectory) : process!, currentDirectory);
        return isHost ? "dotnet " + ShellWord.Of(program)
            : ShellWord.Of(program.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal) ? program : "." + Path.DirectorySeparatorChar + program);
    }

    private static IEnumerable<string> OwnArguments(IReadOnlyList<string> parent)
    {
        yield return parent[0];
        yield return parent[1];
        for (var i = 2; i < parent.Count; i++)
        {
            var argument = parent[i];
            if (argument is "--project" or "-p" or "-c" or "--configuration" or "-f" or "--framework" && i + 1 < parent.Count)
            {
                yield return argument;
                yield return parent[++i];
            }
            else if (argument is "--no-build" or "--no-restore" || argument.StartsWith("--project=", StringComparison.Ordinal)
                || argument.StartsWith("--configuration=", StringComparison.Ordinal))
            {
                yield return argument;
            }
            else
            {
                yield break;
            }
        }
    }

    // Only Linux tells; elsewhere the executable itself is named.
    private static string[] ParentArguments()
    {
        try
        {
            if (!OperatingSystem.IsLinux())
            {
                return [];
            }

            // "pid (name) state ppid …"; the name may hold anything, so what follows its last parenthesis counts.
            var stat = File.ReadAllText("/proc/self/stat");
            var parent = stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1];
            return File.ReadAllText($"/proc/{parent}/cmdline").Split('\0', StringSplitOptions.RemoveEmptyEntries);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or IndexOutOfRangeException)
        {
            return [];
        }
    }
}
