using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Tuning.Gymnasium;

/// <summary>A named pipe of which one byte at a time is read or written. One thread at a time.</summary>
internal sealed partial class Doorbell : IDisposable
{
    private const int ReadOnly = 0;
    private const int ReadWrite = 2;
    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;
    private const short Readable = 1;
    private const short HungUp = 16;
    private const uint OwnerOnly = 0x180; // 0600
    private const int Interrupted = 4;

    private static readonly long _longestAwake = TimeProvider.System.TimestampFrequency / 5000; // 200 µs

    private static volatile int _open; // two for each worker

    private readonly SafeFileHandle _pipe;

    private Doorbell(SafeFileHandle pipe)
    {
        _pipe = pipe;
        Interlocked.Increment(ref _open);
    }

    /// <summary>Makes a pipe of which this side reads: it opens at once, and who writes may come later.</summary>
    public static Doorbell ToHear(string path) => Make(path, ReadOnly | NonBlocking);

    /// <summary>Makes a pipe into which this side writes; held open both ways, so that nobody waits for the other.</summary>
    public static Doorbell ToRing(string path) => Make(path, ReadWrite);

    /// <summary>Whether whoever could write has closed the pipe, when it was listened to last.</summary>
    public bool IsLeft { get; private set; }

    /// <summary>Writes a byte.</summary>
    public unsafe void Ring()
    {
        byte one = 1;
        Check(Write(_pipe, &one, 1));
    }

    /// <summary>Waits for a byte.</summary>
    /// <param name="milliseconds">How long, at most.</param>
    /// <returns>The byte; null when there was none in time, or nobody is left who could write one.</returns>
    public unsafe byte? Hear(int milliseconds)
    {
        // To be woken costs as much as a step of a small environment: where each side of every pipe has a processor, who listens stays awake for a while.
        byte one;
        for (var end = TimeProvider.System.GetTimestamp() + _longestAwake; _open <= Environment.ProcessorCount && TimeProvider.System.GetTimestamp() < end;)
        {
            if (Read(_pipe, &one, 1) == 1)
            {
                return one;
            }

            Thread.SpinWait(20);
        }

        var wanted = new Wanted { Descriptor = (int)_pipe.DangerousGetHandle(), Events = Readable };
        var ready = Poll(&wanted, 1, milliseconds);
        if (ready < 0 && Marshal.GetLastPInvokeError() != Interrupted)
        {
            Check(ready);
        }

        IsLeft = ready > 0 && (wanted.Returned & (Readable | HungUp)) == HungUp;
        return ready > 0 && (wanted.Returned & Readable) != 0 && Read(_pipe, &one, 1) == 1 ? one : null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_pipe.IsClosed)
        {
            Interlocked.Decrement(ref _open);
            _pipe.Dispose();
        }
    }

    private static Doorbell Make(string path, int flags)
    {
        Check(MakePipe(path, OwnerOnly));
        var descriptor = Open(path, flags | CloseOnExec);
        Check(descriptor);
        return new(new SafeFileHandle(descriptor, ownsHandle: true));
    }

    private static void Check(nint result)
    {
        if (result < 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    [LibraryImport("libc", EntryPoint = "mkfifo", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakePipe(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static unsafe partial int Poll(Wanted* wanted, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static unsafe partial nint Read(SafeFileHandle descriptor, byte* buffer, nint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static unsafe partial nint Write(SafeFileHandle descriptor, byte* buffer, nint count);

    [StructLayout(LayoutKind.Sequential)]
    private struct Wanted
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
