namespace Tuning.Checkpointing;

/// <summary>
/// Writes and opens checkpoints on disk. A checkpoint appears whole or not at all: it is written to a temporary directory beside its
/// final place, gets a manifest with digests in each directory, is flushed to the disk and then renamed.
/// </summary>
/// <remarks>
/// Stateless. Two writers must not write the same checkpoint at once. Files that no manifest names are refused, because they would come
/// from a mixture of two checkpoints; hidden files (<c>.DS_Store</c>) and those that Windows leaves are not. A directory that is not in
/// its parent's manifest is welcome when it has a manifest of its own: that is how a branch is added by hand. Links are refused.
/// </remarks>
public static class CheckpointStore
{
    /// <summary>Writes a checkpoint.</summary>
    /// <param name="finalDirectory">Where it will stand. An older checkpoint there, or an empty directory, is replaced.</param>
    /// <param name="save">Writes the files. If it throws, nothing is left behind and an older checkpoint stands as it was.</param>
    /// <param name="durable">Whether it survives a loss of power when this method returns; false saves the flushing.</param>
    /// <exception cref="CheckpointException">The final directory holds something that is no checkpoint, or nothing was written.</exception>
    public static CheckpointDirectory Write(string finalDirectory, Action<CheckpointDirectory> save, bool durable = true)
    {
        ArgumentNullException.ThrowIfNull(save);
        var written = WriteAsync(
            finalDirectory,
            directory =>
            {
                save(directory);
                return Task.CompletedTask;
            },
            durable);

        // It has completed, as its save has.
        return written.GetAwaiter().GetResult();
    }

    /// <summary>The asynchronous twin of <see cref="Write"/>; goes on where <paramref name="save"/> does.</summary>
    internal static async Task<CheckpointDirectory> WriteAsync(string finalDirectory, Func<CheckpointDirectory, Task> save, bool durable = true)
    {
        ArgumentException.ThrowIfNullOrEmpty(finalDirectory);
        var final = OwnFiles.Resolve(finalDirectory);
        CheckReplaceable(final);
        var parent = Path.GetDirectoryName(final)
            ?? throw new CheckpointException($"{final} is the root of a file system; a checkpoint needs a directory of its own.");
        var temporary = Path.Combine(parent, "." + Path.GetFileName(final) + ".tmp");
        OwnFiles.Clear(temporary);
        Directory.CreateDirectory(temporary);
        try
        {
            await save(new CheckpointDirectory(temporary));
            if (!Directory.EnumerateFiles(temporary, "*", SearchOption.AllDirectories).Any())
            {
                throw new CheckpointException(
                    $"Nothing was written into the checkpoint {final}: a save writes at least one file before it returns, or is not passed at all.");
            }

            Seal(temporary);
            if (durable)
            {
                DiskFlush.Tree(temporary);
            }

            Replace(temporary, final, parent);
        }
        catch
        {
            OwnFiles.DeleteDirectory(temporary);
            throw;
        }

        if (durable)
        {
            DiskFlush.Directory(parent);
        }

        return new CheckpointDirectory(final);
    }

    /// <summary>Opens a checkpoint after verifying every file below it.</summary>
    /// <param name="directory">A checkpoint, or any branch of one.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such directory; the message says what exists nearby.</exception>
    /// <exception cref="CheckpointException">It is no checkpoint, it is damaged, or its format is newer.</exception>
    public static CheckpointDirectory Open(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        var path = OwnFiles.Resolve(directory);
        CheckpointPaths.RequireDirectory(path);
        Verify(path);
        return new CheckpointDirectory(path);
    }

    /// <summary>Writes a manifest into a directory and each below it.</summary>
    private static void Seal(string directory)
    {
        foreach (var child in Directory.EnumerateDirectories(directory))
        {
            RefuseLink(child);
            Seal(child);
        }

        foreach (var file in Directory.EnumerateFiles(directory))
        {
            RefuseLink(file);
        }

        CheckpointManifest.Of(directory).Write(directory);
    }

    /// <summary>Everything that is wrong with a checkpoint and its branches, one after the other; nothing when it is whole.</summary>
    internal static IEnumerable<string> Problems(string directory)
    {
        var manifestFile = Path.Combine(directory, CheckpointManifest.FileName);
        var (manifest, unreadable) = OwnFiles.IsLink(manifestFile) ? (null, LinkMessage(manifestFile)) : TryRead(directory);
        if (manifest is null)
        {
            yield return unreadable!;
            yield break;
        }

        foreach (var (name, expected) in manifest.Files)
        {
            if (ProblemOf(directory, name, expected) is { } problem)
            {
                yield return problem;
            }
        }

        foreach (var file in Directory.EnumerateFiles(directory))
        {
            var name = Path.GetFileName(file);
            if (name != CheckpointManifest.FileName && !manifest.Files.ContainsKey(name) && !IsLitter(name))
            {
                yield return $"The checkpoint {directory} has a file '{name}' that its manifest does not name; move it elsewhere, or write the checkpoint " +
                    $"again.";
            }
        }

        foreach (var name in manifest.Directories.Where(d => !Directory.Exists(Path.Combine(directory, d))))
        {
            yield return $"The checkpoint {directory} lacks the directory '{name}' that its manifest names; it holds: {CheckpointPaths.Entries(directory)}.";
        }

        foreach (var child in Directory.EnumerateDirectories(directory))
        {
            foreach (var problem in OwnFiles.IsLink(child) ? [LinkMessage(child)] : Problems(child))
            {
                yield return problem;
            }
        }
    }

    private static void Verify(string directory)
    {
        if (Problems(directory).FirstOrDefault() is { } problem)
        {
            throw new CheckpointException(problem);
        }
    }

    private static (CheckpointManifest? Manifest, string? Problem) TryRead(string directory)
    {
        try
        {
            return (CheckpointManifest.Read(directory), null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (null, e.Message);
        }
    }

    private static string? ProblemOf(string directory, string name, CheckpointManifest.FileEntry expected)
    {
        var file = Path.Combine(directory, name);
        if (!File.Exists(file))
        {
            return $"The checkpoint {directory} lacks the file '{name}' that its manifest names; it holds: {CheckpointPaths.Entries(directory)}.";
        }

        if (OwnFiles.IsLink(file))
        {
            return LinkMessage(file);
        }

        try
        {
            var length = new FileInfo(file).Length;
            if (length != expected.Length)
            {
                return $"{file} is damaged: it has {length} bytes; its manifest says {expected.Length}.";
            }

            var found = CheckpointManifest.Describe(file).Sha256;
            return found == expected.Sha256 ? null : $"{file} is damaged: its SHA-256 is {found}; its manifest says {expected.Sha256}.";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }

    private static void Replace(string temporary, string final, string parent)
    {
        if (!Directory.Exists(final))
        {
            Directory.Move(temporary, final);
            return;
        }

        var old = Path.Combine(parent, "." + Path.GetFileName(final) + ".old.tmp");
        OwnFiles.Clear(old);
        Directory.Move(final, old);
        try
        {
            Directory.Move(temporary, final);
        }
        catch
        {
            Directory.Move(old, final);
            throw;
        }

        OwnFiles.DeleteDirectory(old);
    }

    private static void CheckReplaceable(string final)
    {
        if (File.Exists(final))
        {
            throw new CheckpointException($"{final} is a file; a checkpoint is a directory.");
        }

        if (Directory.Exists(final) && Directory.EnumerateFileSystemEntries(final).Any() && !File.Exists(Path.Combine(final, CheckpointManifest.FileName)))
        {
            throw new CheckpointException($"{final} holds something that is no checkpoint ({CheckpointPaths.Entries(final)}), and is left as it is. Save to " +
                $"a new or an empty directory.");
        }
    }

    private static void RefuseLink(string path)
    {
        if (OwnFiles.IsLink(path))
        {
            throw new CheckpointException(LinkMessage(path));
        }
    }

    private static string LinkMessage(string path) => $"{path} is a link; a checkpoint holds files and directories only.";

    private static bool IsLitter(string name) => name.StartsWith('.') || name is "Thumbs.db" or "desktop.ini";
}
