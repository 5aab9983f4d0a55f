namespace Tuning.Programs;

/// <summary>The lines of a stream in bounded memory: of a longer one the beginning. Used by one reader at a time.</summary>
/// <param name="read">Reads some of it; 0 at the end.</param>
/// <param name="longest">How many bytes of a line are kept.</param>
internal sealed class BoundedLines(Func<Memory<byte>, ValueTask<int>> read, int longest)
{
    private readonly byte[] _read = new byte[32 * 1024];
    private byte[] _line = new byte[256];
    private (int At, int End) _unread;

    /// <summary>Whether the line that was read last was longer.</summary>
    public bool WasCut { get; private set; }

    /// <summary>The next line without its end, valid until the next call; null at the end of the stream.</summary>
    public async ValueTask<ReadOnlyMemory<byte>?> NextAsync()
    {
        var length = 0;
        WasCut = false;
        while (true)
        {
            if (_unread.At == _unread.End)
            {
                _unread = (0, await read(_read).ConfigureAwait(false));
                if (_unread.End == 0)
                {
                    return length == 0 ? (ReadOnlyMemory<byte>?)null : _line.AsMemory(0, length); // a bare null would be an empty memory
                }
            }

            var chunk = _read.AsSpan(_unread.At, _unread.End - _unread.At);
            var end = chunk.IndexOf((byte)'\n');
            var part = end < 0 ? chunk : chunk[..end];
            var room = Math.Min(part.Length, longest - length);
            WasCut |= room < part.Length;
            if (length + room > _line.Length)
            {
                Array.Resize(ref _line, Math.Max(_line.Length * 2, length + room));
            }

            part[..room].CopyTo(_line.AsSpan(length));
            length += room;
            _unread.At += part.Length + (end < 0 ? 0 : 1);
            if (end >= 0)
            {
                return _line.AsMemory(0, length > 0 && _line[length - 1] == '\r' ? length - 1 : length);
            }
        }
    }
}
