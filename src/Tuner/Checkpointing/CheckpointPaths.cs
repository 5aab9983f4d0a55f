using System.Diagnostics.CodeAnalysis;

namespace Tuning.Checkpointing;

/// <summary>Messages about paths that do not exist, and what exists near them.</summary>
internal static class CheckpointPaths
{
    private const int Listed = 12;

    /// <summary>Fails unless the path is a directory.</summary>
    /// <exception cref="DirectoryNotFoundException">There is none; the message names the nearest directory that exists and what it holds.</exception>
    /// <exception cref="CheckpointException">The path is a file.</exception>
    public static void RequireDirectory(string path)
    {
        if (!Directory.Exists(path))
        {
            ThrowMissing(path);
        }
    }

    /// <summary>The names in a directory, a few of them, for a message.</summary>
    public static string Entries(string directory)
    {
        var names = Directory.EnumerateFileSystemEntries(directory).Select(e => Path.GetFileName(e) + (Directory.Exists(e) ? "/" : ""))
            .Order(StringComparer.Ordinal).ToList();
        return names.Count switch
        {
            0 => "nothing",
            > Listed => string.Join(", ", names.Take(Listed)) + $" and {names.Count - Listed} more",
            _ => string.Join(", ", names),
        };
    }

    [DoesNotReturn]
    private static void ThrowMissing(string path)
    {
        if (File.Exists(path))
        {
            throw new CheckpointException($"The checkpoint path {path} is a file; a checkpoint is a directory, perhaps {Path.GetDirectoryName(path)}.");
        }

        var parent = Path.GetDirectoryName(path);
        while (parent is not null && !Directory.Exists(parent))
        {
            parent = Path.GetDirectoryName(parent);
        }

        var nearby = parent is null ? "" : $" {parent} exists and holds: {Entries(parent)}.";
        throw new DirectoryNotFoundException($"The checkpoint path {path} does not exist.{nearby}");
    }
}
