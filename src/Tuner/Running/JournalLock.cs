using Microsoft.Win32.SafeHandles;

namespace Tuning.Running;

/// <summary>
/// The right to write an experiment's directory. The operating system holds it for this process and gives it back when the
/// process dies, however it dies; beside it stands who the owner is.
/// </summary>
/// <remarks>
/// The lock's own file, empty, stays when it is given back: if it were deleted, a process that had opened it a moment before would
/// hold a file that nobody else sees. Who the owner is goes with the owner, unless that is killed.
/// </remarks>
internal sealed class JournalLock : IDisposable
{
    private const string LockName = ".lock";
    private const string OwnerName = ".owner";
    private const int LongestOwner = 4096;

    private readonly SafeFileHandle _held;
    private readonly string _owner;

    private JournalLock(SafeFileHandle held, string owner) => (_held, _owner) = (held, owner);

    /// <summary>Takes the directory over.</summary>
    /// <exception cref="JournalException">A living process has it; the message names its id and host.</exception>
    public static JournalLock Take(string directory)
    {
        SafeFileHandle held;
        try
        {
            held = OwnFiles.Open(Path.Combine(directory, LockName), FileMode.OpenOrCreate, FileShare.None);
        }
        catch (Exception e) when (e is UnauthorizedAccessException || (e is IOException and not DirectoryNotFoundException && !IsHeld(directory)))
        {
            throw new JournalException($"{directory} cannot be written: {e.Message}", e);
        }
        catch (IOException e) when (e is not DirectoryNotFoundException)
        {
            throw new JournalException($"{directory} is in use by {Owner(directory)}. Stop it there first, or wait until it ends.", e);
        }

        var owner = Path.Combine(directory, OwnerName);
        try
        {
            OwnFiles.Replace(owner, Invariant($"process {Environment.ProcessId} on host {Environment.MachineName}"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Read by people only.
        }

        return new JournalLock(held, owner);
    }

    /// <summary>Who wrote a directory last, and whether that process still has it; null when nobody has it now.</summary>
    public static string? CurrentOwner(string directory)
    {
        try
        {
            using var probe = OwnFiles.OpenShared(Path.Combine(directory, LockName), FileAccess.ReadWrite, FileShare.None);
            return null;
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is UnauthorizedAccessException || (e is IOException && !IsHeld(directory)))
        {
            return null;
        }
        catch (IOException)
        {
            return Owner(directory);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_held.IsClosed)
        {
            return;
        }

        try
        {
            OwnFiles.Delete(_owner);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Somebody looks at it, or the directory is gone: the next owner writes it anew.
        }

        _held.Dispose();
    }

    // Reading what a process holds is refused as well; where it is not, writing was refused for another reason, as by a disk that is full or may only be read.
    private static bool IsHeld(string directory)
    {
        try
        {
            using var probe = OwnFiles.OpenShared(Path.Combine(directory, LockName), FileAccess.Read, FileShare.Read);
            return false;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    private static string Owner(string directory)
    {
        try
        {
            return OwnFiles.ReadText(Path.Combine(directory, OwnerName), LongestOwner);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "another process";
        }
    }
}
