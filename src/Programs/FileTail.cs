using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Tuning.Checkpointing;

namespace Tuning.Programs;

/// <summary>What a program appends to a file, until the program has ended. One reader.</summary>
/// <remarks>What was read is given back to the disk, and what waits to be read is bounded.</remarks>
/// <param name="path">The file; it need not be there yet.</param>
/// <param name="ended">Completed when nothing more comes.</param>
/// <param name="most">How many bytes may wait to be read.</param>
internal sealed partial class FileTail(string path, Task ended, long most = 256L << 20)
{
    private const long Block = 1 << 20;
    private const int KeepSizePunchHole = 3, OfThisFile = 0x1000, NumberOfLinks = 4, NumberOfLinksAt = 16;
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(20);

    private long _position, _freed;

    /// <summary>Reads on, waiting for more where there is none yet; 0 at the end.</summary>
    /// <exception cref="FormatException">The program writes faster than it is read, and too much waits.</exception>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer)
    {
        while (true)
        {
            var over = ended.IsCompleted;
            if (File.Exists(path))
            {
                using var file = OwnFiles.OpenShared(path, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                if (RandomAccess.GetLength(file) - _position > most)
                {
                    throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"more than {most >> 20} MiB of reports wait in the file that "
                        + $"TUNER_METRICS names; report less often, or by TUNER_SOCKET, where a program waits for its answer."));
                }

                var read = RandomAccess.Read(file, buffer.Span, _position);
                _position += read;
                if (read > 0)
                {
                    Free();
                    return read;
                }
            }

            if (over)
            {
                return 0;
            }

            await Task.WhenAny(ended, Task.Delay(_pause, TimeProvider.System)).ConfigureAwait(false);
        }
    }

    // A hole in the place of what was read: the file stays as long as it is, for whoever appends. Not where it has another name, too, and is not ours alone.
    private void Free()
    {
        var to = _position / Block * Block;
        if (to == _freed)
        {
            return;
        }

        try
        {
            using var file = OwnFiles.OpenShared(path, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            if (HasOneName(file))
            {
                _ = FAllocate(file, KeepSizePunchHole, _freed, to - _freed);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It then takes the room that it takes.
        }

        _freed = to;
    }

    private static bool HasOneName(SafeFileHandle file)
    {
        Span<uint> status = stackalloc uint[64];
        return StatX(file, "", OfThisFile, NumberOfLinks, ref status[0]) == 0 && status[NumberOfLinksAt / sizeof(uint)] == 1;
    }

    [LibraryImport("libc", EntryPoint = "fallocate")]
    private static partial int FAllocate(SafeFileHandle file, int mode, long offset, long length);

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(SafeFileHandle file, string path, int flags, uint mask, ref uint status);
}
