using System.Runtime.ExceptionServices;

namespace Tuning.Checkpointing;

/// <summary>Makes files and the names of files survive a loss of power.</summary>
/// <remarks>
/// Journaling file systems write flushes that wait together in one go, so that <see cref="Tree"/> asks for several at once. One <c>syncfs</c>
/// would be faster on a quiet disk, but waits for whatever else is being written to it, however much that is.
/// </remarks>
internal static partial class DiskFlush
{
    private static readonly ParallelOptions _atOnce = new() { MaxDegreeOfParallelism = 4 };

    /// <summary>Flushes the content of a file.</summary>
    public static void File(string path)
    {
        using var handle = OwnFiles.Open(path, FileMode.Open);
        RandomAccess.FlushToDisk(handle);
    }

    /// <summary>Flushes all files and directories in a directory, and itself. In no particular order: nothing may depend on a part of it.</summary>
    /// <exception cref="IOException">The operating system refused.</exception>
    public static void Tree(string path)
    {
        var files = System.IO.Directory.GetFiles(path, "*", SearchOption.AllDirectories);
        string[] directories = [path, .. System.IO.Directory.GetDirectories(path, "*", SearchOption.AllDirectories)];
        try
        {
            Parallel.For(0, files.Length + directories.Length, _atOnce, i =>
            {
                if (i < files.Length)
                {
                    File(files[i]);
                }
                else
                {
                    Directory(directories[i - files.Length]);
                }
            });
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
    }

    /// <summary>Flushes the names in a directory. Windows has no such call: there, names are journaled by the file system.</summary>
    /// <exception cref="IOException">The operating system refused.</exception>
    public static void Directory(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var descriptor = open(path, 0);
        if (descriptor < 0)
        {
            throw new IOException($"The directory {path} cannot be opened to be flushed: error {Marshal.GetLastPInvokeError()}.");
        }

        try
        {
            // Some network file systems have no fsync for directories (EINVAL, 22): there is nothing to be had from them.
            if (fsync(descriptor) != 0 && Marshal.GetLastPInvokeError() is var error and not 22)
            {
                throw new IOException($"The directory {path} cannot be flushed: error {error}.");
            }
        }
        finally
        {
            _ = close(descriptor);
        }
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int fsync(int descriptor);

    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int close(int descriptor);
}
