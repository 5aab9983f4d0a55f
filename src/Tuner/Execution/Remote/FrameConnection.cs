using System.Buffers.Binary;

namespace Tuning.Execution.Remote;

/// <summary>
/// Carries messages between the session of an experiment and segments elsewhere: each is a frame, its length in four bytes and then its content
/// (<see cref="FrameCodec"/>). Any thread sends, one at a time reads.
/// </summary>
/// <param name="stream">Both directions: a socket.</param>
internal sealed class FrameConnection(Stream stream) : IDisposable
{
    /// <summary>The longest content of a frame. A histogram of a million numbers has four megabytes.</summary>
    public const int LongestFrame = 1 << 28;

    private readonly Lock _sending = new();
    private readonly FrameCodec _out = new();
    private readonly FrameCodec _in = new();
    private readonly MemoryStream _frame = new();
    private readonly BufferedStream _reading = new(stream, 1 << 16);
    private readonly byte[] _head = new byte[sizeof(int)];
    private byte[] _content = new byte[1 << 12];

    /// <summary>Sends a message.</summary>
    /// <returns>Whether the other side was there to take it.</returns>
    public bool Send(object message)
    {
        lock (_sending)
        {
            _frame.SetLength(sizeof(int));
            _frame.Position = sizeof(int);
            _out.Write(_frame, message);
            BinaryPrimitives.WriteInt32LittleEndian(_frame.GetBuffer(), (int)_frame.Length - sizeof(int));
            try
            {
                stream.Write(_frame.GetBuffer(), 0, (int)_frame.Length);
                return true;
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                return false;
            }
            finally
            {
                if (_frame.Capacity > 1 << 20)
                {
                    _frame.SetLength(0);
                    _frame.Capacity = 1 << 12;
                }
            }
        }
    }

    /// <summary>Reads the next message.</summary>
    /// <returns>Null when the other side is gone.</returns>
    /// <exception cref="InvalidDataException">What comes is no message.</exception>
    public object? Read()
    {
        try
        {
            _reading.ReadExactly(_head);
            var length = BinaryPrimitives.ReadInt32LittleEndian(_head);
            if (length is < 1 or > LongestFrame)
            {
                throw new InvalidDataException($"a frame of {length} bytes");
            }

            if (_content.Length < length)
            {
                _content = new byte[Math.Max(length, Math.Min(LongestFrame, 2 * _content.Length))];
            }

            _reading.ReadExactly(_content, 0, length);
            return _in.Read(new MemoryStream(_content, 0, length, writable: false));
        }
        catch (Exception e) when (e is EndOfStreamException or IOException or ObjectDisposedException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => stream.Dispose();
}
