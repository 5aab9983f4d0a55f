using System.Runtime.Versioning;
using System.Security.Cryptography;

namespace Tuning.Native;

/// <summary>
/// A directory for libraries that this program made, from which code is loaded: the user's own, closed to others, its files named by what is in them.
/// </summary>
/// <remarks>Any number of processes use it at once.</remarks>
[UnsupportedOSPlatform("windows")]
internal sealed partial class BridgeCache(string directory)
{
    /// <summary>The variable that moves it.</summary>
    public const string Variable = "TUNING_TORCH_CACHE";

    private const UnixFileMode Own = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const string WayOut = $"set {Variable} to a directory of your own from which programs may be loaded";

    /// <summary>Where it is.</summary>
    public string Directory => directory;

    /// <summary>Where the user wants it: <c>TUNING_TORCH_CACHE</c>, else <c>tuning-torch</c> in the user's directory for caches.</summary>
    /// <exception cref="TorchUnavailableException">There is no such directory.</exception>
    public static BridgeCache OfUser(Func<string, string?> variable)
    {
        if (variable(Variable) is { Length: > 0 } named)
        {
            return new(Path.GetFullPath(named));
        }

        // The XDG base directories: a path that is not absolute counts for nothing.
        var caches = variable("XDG_CACHE_HOME") is { Length: > 0 } xdg && Path.IsPathFullyQualified(xdg) ? xdg
            : variable("HOME") is { Length: > 0 } home ? Path.Combine(home, ".cache")
            : throw new TorchUnavailableException($"There is no home directory for the copy of TorchSharp's library that this system needs: {WayOut}.");
        return new(Path.Combine(caches, "tuning-torch"));
    }

    /// <summary>The path of a file with this content, written where it is missing or is not what its name says.</summary>
    /// <param name="name">The end of its name.</param>
    /// <param name="content">The content.</param>
    /// <exception cref="TorchUnavailableException">The directory is not the user's own, or cannot be written.</exception>
    public string Put(string name, byte[] content)
    {
        try
        {
            RequireOwnDirectory();
            var digest = SHA256.HashData(content);
            var path = Path.Combine(directory, $"{Convert.ToHexStringLower(digest)}-{name}");
            if (!Holds(path, digest))
            {
                Write(path, content);
                if (!Holds(path, digest))
                {
                    throw new TorchUnavailableException($"{path} does not hold what was just written to it. Is the disk full or damaged? Else {WayOut}.");
                }
            }

            return path;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TorchUnavailableException($"The copy of TorchSharp's library that this system needs cannot be kept in {directory}: " +
                $"{e.Message.TrimEnd('.')}. Make it writable, or {WayOut}.", e);
        }
    }

    private void RequireOwnDirectory()
    {
        if (Path.GetDirectoryName(directory) is { } parent)
        {
            System.IO.Directory.CreateDirectory(parent);
        }

        if (FileKind.At(directory).Other is null && !File.Exists(directory))
        {
            System.IO.Directory.CreateDirectory(directory, Own);
        }

        var kind = FileKind.At(directory);
        var fault = kind.Other is not "a directory" ? $"is {kind.Other ?? "a file"}, not a directory"
            : kind.Owner != EffectiveUser() ? Invariant($"belongs to user {kind.Owner}, not to {EffectiveUser()} who runs this")
            : (kind.Permissions & 0x3F) != 0 ? $"is open to other users: its rights are {Convert.ToString(kind.Permissions, 8)}, and 700 are wanted (chmod 700)"
            : null;
        if (fault is not null)
        {
            throw new TorchUnavailableException($"Code is loaded from a directory of the user's own only, and {directory} {fault}. Mend that, or {WayOut}.");
        }
    }

    private static bool Holds(string path, byte[] digest)
    {
        var kind = FileKind.At(path);
        if (kind.Other is not null || !File.Exists(path) || kind.Owner != EffectiveUser() || (kind.Permissions & 0x12) != 0)
        {
            return false;
        }

        using var file = OwnFiles.OpenRead(path);
        return SHA256.HashData(file).AsSpan().SequenceEqual(digest);
    }

    // Under a name of its own first: who comes at the same time sees no file or a whole one.
    private static void Write(string path, byte[] content)
    {
        OwnFiles.Claim(path);
        var temporary = Invariant($"{path}.{Guid.NewGuid():N}.tmp");
        try
        {
            using (var file = OwnFiles.Open(temporary, FileMode.CreateNew))
            {
                File.SetUnixFileMode(file, Own);
                RandomAccess.Write(file, content, 0);
                RandomAccess.FlushToDisk(file);
            }

            OwnFiles.Rename(temporary, path);
        }
        finally
        {
            OwnFiles.Delete(temporary);
        }
    }

    [LibraryImport("libSystem.Native", EntryPoint = "SystemNative_GetEUid")]
    private static partial uint EffectiveUser();
}
