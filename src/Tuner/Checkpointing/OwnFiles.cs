using Microsoft.Win32.SafeHandles;

namespace Tuning.Checkpointing;

/// <summary>
/// The one door through which files and directories of an experiment are read, written, replaced and deleted. A link that stands in the place of
/// one of them is never followed: it is moved aside, and what it leads to stays as it is. Pipes and devices are neither read nor written.
/// </summary>
/// <remarks>
/// Loggers of your own use it for files in <see cref="ExperimentInfo.Directory"/>. Looks at the file and at the directory that holds it;
/// the directory of the experiment itself is resolved once, by <see cref="Resolve"/>. Stateless; any thread.
/// </remarks>
public static class OwnFiles
{
    /// <summary>What the names of things have in them that were moved aside, before a number.</summary>
    private const string AsideMark = ".aside-";

    private const string NewSuffix = ".new";

    // What is read into memory as a whole is never larger, but for the numbers of networks.
    private const long LongestInMemory = 1 << 28;

    private const int OpenAttempts = 1000;
    private static readonly UTF8Encoding _text = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Whether a path is a symbolic link, a junction or the like, whether or not it leads somewhere.</summary>
    public static bool IsLink(string path)
    {
        // Attributes are -1 where there is nothing. Other reparse points, as of files that a cloud keeps, are no links.
        var info = new FileInfo(path);
        return info.Attributes is var attributes and not (FileAttributes)(-1) && (attributes & FileAttributes.ReparsePoint) != 0 && info.LinkTarget is not null;
    }

    /// <summary>Whether a name is that of something that <see cref="MoveAside(string)"/> moved.</summary>
    public static bool IsAside(string path) => Path.GetFileName(path).Contains(AsideMark, StringComparison.Ordinal);

    /// <summary>The full path that somebody names; where it is a link, that of what it leads to in the end.</summary>
    /// <exception cref="IOException">It is a link into a circle.</exception>
    public static string Resolve(string path)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        return IsLink(full) ? File.ResolveLinkTarget(full, returnFinalTarget: true)?.FullName ?? full : full;
    }

    /// <summary>Opens a file for reading and writing. Readers may look at it, move and delete it while it is open.</summary>
    /// <param name="path">Its path; a link there is moved aside first.</param>
    /// <param name="mode">Whether it is made where it is missing; its directory is then made as well.</param>
    /// <exception cref="IOException">The directory that holds it is a link, or the operating system refused.</exception>
    public static SafeFileHandle Open(string path, FileMode mode) => Open(path, mode, FileShare.ReadWrite | FileShare.Delete);

    /// <summary>As <see cref="Open(string, FileMode)"/>, with what others may do meanwhile.</summary>
    internal static SafeFileHandle Open(string path, FileMode mode, FileShare share)
    {
        Claim(path);
        if (mode != FileMode.Open)
        {
            MakeDirectory(Path.GetDirectoryName(path)!);
        }

        // A file that is not there is made in a way that follows no link which came meanwhile.
        var file = File.Exists(path) ? OpenRegular(path, mode == FileMode.CreateNew ? mode : FileMode.Open, FileAccess.ReadWrite, share)
            : File.OpenHandle(path, mode == FileMode.Open ? mode : FileMode.CreateNew, FileAccess.ReadWrite, share);
        if (mode == FileMode.Create)
        {
            RandomAccess.SetLength(file, 0);
        }

        return file;
    }

    /// <summary>Opens a regular file for reading. Others may go on writing it, move and delete it.</summary>
    /// <param name="path">Its path. What somebody names is first given to <see cref="Resolve"/>.</param>
    /// <param name="longest">The most bytes that it may have.</param>
    /// <exception cref="IOException">It is a link, a pipe, a device or a directory, or too long; the message says so in a sentence.</exception>
    internal static FileStream OpenRead(string path, long longest = long.MaxValue)
    {
        var file = OpenRegular(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        try
        {
            return RandomAccess.GetLength(file) is var length && length <= longest ? new(file, FileAccess.Read, 1 << 16)
                : throw new IOException(string.Create(CultureInfo.InvariantCulture, $"{path} has {length:#,0} bytes; read are at most {longest:#,0}."));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>All bytes of a regular file, as <see cref="OpenRead"/>.</summary>
    internal static byte[] ReadBytes(string path, long longest = LongestInMemory)
    {
        using var file = OpenRead(path, longest);
        var bytes = new byte[file.Length];
        var read = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return read == bytes.Length ? bytes : bytes[..read];
    }

    /// <summary>The text of a regular file in UTF-8, as <see cref="OpenRead"/>.</summary>
    internal static string ReadText(string path, long longest = LongestInMemory)
    {
        using var reader = new StreamReader(OpenRead(path, longest));
        return reader.ReadToEnd();
    }

    /// <summary>Copies a regular file to a name that nothing has.</summary>
    internal static void Copy(string from, string to)
    {
        using var source = OpenRead(from);
        using var target = new FileStream(Open(to, FileMode.CreateNew), FileAccess.Write);
        source.CopyTo(target);
    }

    /// <summary>Makes a file anew, to be written.</summary>
    internal static FileStream Create(string path) => new(Open(path, FileMode.Create), FileAccess.Write, 1 << 16);

    /// <summary>Makes the file anew that somebody names, through links. A device is written, as <c>/dev/stdout</c>.</summary>
    /// <exception cref="IOException">It is a pipe, which would wait for a reader, or a directory.</exception>
    internal static FileStream CreateNamed(string path) => FileKind.At(Resolve(path)).Other is { } other and not "a device"
        ? throw new IOException($"{path} is {other}; name a file to be written.")
        : new(path, FileMode.Create, FileAccess.Write);

    /// <summary>Opens a regular file that is there, with what others may do meanwhile.</summary>
    internal static SafeFileHandle OpenShared(string path, FileAccess access, FileShare share) => OpenRegular(path, FileMode.Open, access, share);

    // Looked at before it is opened, since a pipe waits to be opened, and after, since it may have been exchanged: by somebody who
    // replaces it as `Replace` does, so that it is looked at again, or by somebody who means ill and never stops.
    private static SafeFileHandle OpenRegular(string path, FileMode mode, FileAccess access, FileShare share)
    {
        for (var attempt = 1; ; attempt++)
        {
            var before = FileKind.At(path);
            if (before.Other is { } other)
            {
                throw new IOException($"{path} is {other}; only regular files are read and written here.");
            }

            var file = File.OpenHandle(path, mode, access, share);
            if (OperatingSystem.IsWindows() || FileKind.Of(file) == before)
            {
                return file;
            }

            file.Dispose();
            if (attempt == OpenAttempts)
            {
                throw new IOException($"{path} is exchanged again and again while it is being opened.");
            }
        }
    }

    /// <summary>Opens a file that is there for reading and writing; null where there is none. A link there is moved aside and counts as none.</summary>
    public static SafeFileHandle? OpenExisting(string path)
    {
        Claim(path);
        return File.Exists(path) ? Open(path, FileMode.Open) : null;
    }

    /// <summary>Gives a file this content. A reader sees the old or the new content, never a part; a link there is replaced, not followed.</summary>
    public static void Replace(string path, ReadOnlySpan<byte> content)
    {
        using (var file = Open(path + NewSuffix, FileMode.Create))
        {
            RandomAccess.Write(file, content, 0);
        }

        Rename(path + NewSuffix, path);
    }

    /// <summary>Puts a file in the place of another; of a link the link, not what it leads to.</summary>
    public static void Rename(string from, string to) => File.Move(from, to, overwrite: true);

    /// <summary>Gives a file this text, in UTF-8; as <see cref="Replace(string, ReadOnlySpan{byte})"/>.</summary>
    public static void Replace(string path, string text) => Replace(path, _text.GetBytes(text));

    /// <summary>Adds text at the end of a file, in UTF-8; the file is made where it is missing.</summary>
    public static void Append(string path, string text)
    {
        using var file = Open(path, FileMode.OpenOrCreate);
        RandomAccess.Write(file, _text.GetBytes(text), RandomAccess.GetLength(file));
    }

    /// <summary>Makes a directory where it is missing.</summary>
    /// <exception cref="IOException">A link stands in its place.</exception>
    public static void MakeDirectory(string path)
    {
        if (IsLink(path))
        {
            throw new IOException($"{path} is a link, and an experiment writes into directories of its own only. Put the directory itself there, or remove " +
                $"the link.");
        }

        Directory.CreateDirectory(path);
    }

    /// <summary>Moves a link, a pipe or a device out of the way that stands where a file is to be written. Without effect on anything else.</summary>
    public static void Claim(string path)
    {
        if (FileKind.At(path).Other is not (null or "a directory"))
        {
            MoveAside(path);
        }
    }

    /// <summary>Deletes a file where there is one; of a link the link.</summary>
    public static void Delete(string path) => File.Delete(path);

    /// <summary>Deletes a directory and what it holds where there is one. Links inside are deleted, not followed; a link in its place is left.</summary>
    public static void DeleteDirectory(string path)
    {
        if (Directory.Exists(path) && !IsLink(path))
        {
            Directory.Delete(path, recursive: true);
        }
    }

    /// <summary>Makes a place free for a directory of a name that is used for nothing else: a directory is deleted, a link moved aside.</summary>
    internal static void Clear(string path)
    {
        Claim(path);
        DeleteDirectory(path);
    }

    /// <summary>Moves what is there, or the link that is there, beside itself: <c>result.json.aside-1</c>.</summary>
    /// <returns>Where it is now.</returns>
    public static string MoveAside(string path) => MoveAside(path, AsideMark);

    internal static string MoveAside(string path, string mark)
    {
        var aside = FreeName(path, mark);
        if (!IsLink(path) && File.Exists(path))
        {
            File.Move(path, aside);
        }
        else
        {
            // Renames a link, whatever it leads to.
            Directory.Move(path, aside);
        }

        return aside;
    }

    /// <summary>A name beside a path that nothing has.</summary>
    internal static string FreeName(string path, string mark)
    {
        for (var i = 1; ; i++)
        {
            var name = Invariant($"{path}{mark}{i}");
            if (!Path.Exists(name) && !IsLink(name))
            {
                return name;
            }
        }
    }
}
