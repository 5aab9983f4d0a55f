using System.Buffers.Binary;

namespace Tuning.Execution.Remote;

/// <summary>
/// Carries messages between the session of an experiment and segments elsewhere: each is a frame, its length in four bytes and then its content
/// (<see cref="FrameCodec"/>). Any thread sends, one at a time reads.
/// </summary>
/// <param name="stream">Both directions: a socket.</param>
/// <param name="longest">The longest content of a frame, in bytes.</param>
internal sealed class FrameConnection(Stream stream, int longest = FrameConnection.LongestFrame) : IDisposable
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
    /// <exception cref="TrialConfigurationException">It is too long.</exception>
    public bool Send(object message)
    {
        lock (_sending)
        {
            _frame.SetLength(sizeof(int));
            _frame.Position = sizeof(int);
            _out.Write(_frame, message);
            if (_frame.Length - sizeof(int) is var length && length > longest)
            {
                _out.Forget();
                throw new TrialConfigurationException(Invariant($"A report has {length:N0} bytes; from a process of trials at most {longest:N0} can be told. ")
                    + "Write it to a file in the trial's directory.");
            }

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
            if (length < 1 || length > longest)
            {
                throw new InvalidDataException($"a frame of {length} bytes");
            }

            if (_content.Length < length)
            {
                _content = new byte[Math.Max(length, Math.Min(longest, 2 * _content.Length))];
            }

            _reading.ReadExactly(_content, 0, length);
            return _in.Read(new MemoryStream(_content, 0, length, writable: false));
        }
        catch (Exception e) when (e is EndOfStreamException or IOException or ObjectDisposedException || (e is NotSupportedException && !stream.CanRead))
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => stream.Dispose();
}
