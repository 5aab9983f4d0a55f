using Microsoft.Win32.SafeHandles;

namespace Tuning.Loggers.Files;

/// <summary>
/// A file of a trial that grows at its end. Every write goes to the operating system at once, so that a killed process loses
/// nothing. Used by one thread at a time.
/// </summary>
internal sealed class TrialFile : IDisposable
{
    private readonly SafeFileHandle _handle;

    private TrialFile(string path, SafeFileHandle handle)
    {
        Path = path;
        _handle = handle;
        Length = RandomAccess.GetLength(handle);
    }

    public string Path { get; }

    public long Length { get; private set; }

    /// <summary>Opens a file, made anew with its directory where it is not there.</summary>
    public static TrialFile OpenOrCreate(string path) => new(path, OwnFiles.Open(path, FileMode.OpenOrCreate));

    /// <summary>Opens a file that is there; null where it is not.</summary>
    public static TrialFile? OpenExisting(string path) => OwnFiles.OpenExisting(path) is { } handle ? new(path, handle) : null;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        RandomAccess.Write(_handle, bytes, Length);
        Length += bytes.Length;
    }

    /// <summary>Writes at an offset; the file ends after what is written.</summary>
    public void ReplaceTail(long offset, ReadOnlySpan<byte> bytes)
    {
        // A longer tail is written over the old one in one call; a shorter one only after the cut. So a crash in between leaves a
        // torn last line, which Recover cuts, never a whole line that is wrong.
        if (offset + bytes.Length < Length)
        {
            Truncate(offset);
        }

        RandomAccess.Write(_handle, bytes, offset);
        Length = offset + bytes.Length;
    }

    public void Truncate(long length)
    {
        if (length < Length)
        {
            RandomAccess.SetLength(_handle, length);
            Length = length;
        }
    }

    /// <summary>Reads as much as is there, up to the length of the span.</summary>
    public int Read(long offset, Span<byte> into)
    {
        var total = 0;
        while (total < into.Length)
        {
            var read = RandomAccess.Read(_handle, into[total..], offset + total);
            if (read == 0)
            {
                break;
            }

            total += read;
        }

        return total;
    }

    /// <summary>The bytes from an offset to another.</summary>
    public byte[] Slice(long from, long to)
    {
        var bytes = new byte[to - from];
        var read = Read(from, bytes);
        return read == bytes.Length ? bytes : bytes[..read];
    }

    public void Dispose() => _handle.Dispose();
}
