namespace Tuning.Gymnasium;

/// <summary>
/// The directory of a worker, for its owner only: in <c>/dev/shm</c> where there is one, else in the directory for temporary files. What is in it goes as soon
/// as both sides have opened it.
/// </summary>
internal sealed class WorkerDirectory : IDisposable
{
    private const string Mark = "tuner-gym-";
    private const string Shared = "/dev/shm";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    // Once for a process: what a process left that was killed.
    private static readonly Lazy<bool> _swept = new(Sweep);

    public WorkerDirectory()
    {
        _ = _swept.Value;
        var name = Invariant($"{Mark}{Environment.ProcessId}-{Guid.NewGuid():N}");
        try
        {
            Path = Make(Shared, name);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Path = Make(System.IO.Path.GetTempPath(), name);
        }
    }

    public string Path { get; }

    /// <summary>The path of a file in it.</summary>
    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>Deletes what both sides have opened.</summary>
    public void Clear()
    {
        foreach (var file in Directory.EnumerateFiles(Path).Where(f => System.IO.Path.GetFileName(f) != "status"))
        {
            OwnFiles.Delete(file);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next process sweeps it.
        }
    }

    private static string Make(string parent, string name)
    {
        if (!Directory.Exists(parent))
        {
            throw new DirectoryNotFoundException(parent);
        }

#pragma warning disable CA1416 // Linux only: the worker said so.
        return Directory.CreateDirectory(System.IO.Path.Combine(parent, name), OwnerOnly).FullName;
#pragma warning restore CA1416
    }

    private static bool Sweep()
    {
        foreach (var parent in new[] { Shared, System.IO.Path.GetTempPath() }.Where(Directory.Exists))
        {
            foreach (var old in Directory.EnumerateDirectories(parent, Mark + "*"))
            {
                var process = System.IO.Path.GetFileName(old)[Mark.Length..].Split('-')[0];
                if (!Directory.Exists("/proc/" + process))
                {
                    try
                    {
                        Directory.Delete(old, recursive: true);
                    }
                    catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                    {
                        // Another user's.
                    }
                }
            }
        }

        return true;
    }
}
