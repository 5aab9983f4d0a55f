using Microsoft.Win32.SafeHandles;

namespace Tuning.Execution.Remote;

/// <summary>A file that holds the end of what a program writes, at most two times a limit, and the last lines in memory. One thread at a time.</summary>
internal sealed class RotatingLog(string file, long limit) : IDisposable
{
    private const int TailLength = 2048;

    private readonly byte[] _tail = new byte[TailLength];
    private readonly byte[] _head = new byte[TailLength];
    private SafeFileHandle? _handle;
    private long _length;
    private long _total;

    /// <summary>The last lines, without control characters.</summary>
    public string Tail
    {
        get
        {
            var kept = (int)Math.Min(_total, TailLength);
            var bytes = new byte[kept];
            for (var i = 0; i < kept; i++)
            {
                bytes[i] = _tail[(_total - kept + i) % TailLength];
            }

            var lines = Text(bytes).Split('\n');
            return string.Join('\n', lines[(_total > TailLength && lines.Length > 1 ? 1 : 0)..].TakeLast(12));
        }
    }

    /// <summary>The first lines, or all of them where there are few, without those of stack traces: how a process says why it ends.</summary>
    public string Head
    {
        get
        {
            var kept = (int)Math.Min(_total, TailLength);
            var lines = Text(_head.AsSpan(0, kept)).Split('\n');
            return string.Join('\n', lines[..(_total > TailLength && lines.Length > 1 ? ^1 : ^0)]
                .Where(l => !l.TrimStart().StartsWith("at ", StringComparison.Ordinal)).TakeLast(12));
        }
    }

    /// <summary>Adds bytes.</summary>
    /// <exception cref="IOException">The disk refused.</exception>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (_handle is not null && _length + bytes.Length > limit)
        {
            _handle.Dispose();
            OwnFiles.Claim(file + ".1");
            OwnFiles.Rename(file, file + ".1");
            _handle = null;
        }

        if (_handle is null)
        {
            _handle = OwnFiles.Open(file, FileMode.OpenOrCreate);
            _length = RandomAccess.GetLength(_handle);
        }

        RandomAccess.Write(_handle, bytes, _length);
        _length += bytes.Length;
        if (_total < TailLength)
        {
            bytes[..(int)Math.Min(bytes.Length, TailLength - _total)].CopyTo(_head.AsSpan((int)_total));
        }

        foreach (var b in bytes.Length > TailLength ? bytes[^TailLength..] : bytes)
        {
            _tail[_total++ % TailLength] = b;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _handle?.Dispose();

    private static string Text(ReadOnlySpan<byte> bytes) =>
        string.Concat(Encoding.UTF8.GetString(bytes).Replace("\r\n", "\n", StringComparison.Ordinal)
            .Select(c => char.IsControl(c) && c is not ('\n' or '\t') ? '\uFFFD' : c)).Trim();
}
