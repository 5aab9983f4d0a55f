using System.Runtime.InteropServices;

namespace Tuning.Checkpointing;

/// <summary>Makes files and the names of files survive a loss of power.</summary>
internal static partial class DiskFlush
{
    /// <summary>Flushes the content of a file.</summary>
    public static void File(string path)
    {
        using var handle = System.IO.File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        RandomAccess.FlushToDisk(handle);
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
