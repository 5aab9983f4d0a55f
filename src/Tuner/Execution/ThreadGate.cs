namespace Tuning.Execution;

/// <summary>
/// Puts one thread to sleep until another signals it. On Linux it is a futex: one call of the operating system to sleep, one to
/// wake, none when the signal comes first; a monitor takes twice as many, and there is one for every report.
/// </summary>
/// <remarks>One thread waits; any may signal. Signals do not add up, so who waits checks its condition again.</remarks>
internal sealed unsafe partial class ThreadGate
{
    private const int Sleeping = -1;
    private const int Idle = 0;
    private const int Signalled = 1;

    // FUTEX_WAIT and FUTEX_WAKE within one process.
    private const nint FutexWait = 128;
    private const nint FutexWake = 129;

    private static readonly nint _futex = !OperatingSystem.IsLinux() ? 0 : RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => 202,
        Architecture.Arm64 => 98,
        _ => 0,
    };

    private static readonly long _spinning = TimeProvider.System.TimestampFrequency * 20 / 1_000_000;
    private static readonly long _patience = TimeProvider.System.TimestampFrequency * 100 / 1_000_000;

    // Pinned: the operating system knows it by its address. Written by both sides, always with interlocked operations.
    private readonly int[] _memory = GC.AllocateArray<int>(16, pinned: true);
    private readonly int* _state;

    public ThreadGate() => _state = (int*)Marshal.UnsafeAddrOfPinnedArrayElement(_memory, 0);

    /// <summary>Lets the waiting thread go on, now or when it next waits.</summary>
    public void Signal()
    {
        if (Interlocked.Exchange(ref *_state, Signalled) != Sleeping)
        {
            return;
        }

        if (_futex != 0)
        {
            SystemCall(_futex, _state, FutexWake, 1, 0);
            GC.KeepAlive(_memory);
            return;
        }

        lock (_memory)
        {
            Monitor.Pulse(_memory);
        }
    }

    /// <summary>
    /// Stays awake until a condition holds, for a tenth of a millisecond at most: spinning at first, then giving way to whoever wants the core.
    /// </summary>
    /// <param name="condition">Set by another thread.</param>
    public static void Expect(ref readonly bool condition)
    {
        if (Environment.ProcessorCount == 1)
        {
            return;
        }

        var start = TimeProvider.System.GetTimestamp();
        for (var waited = 0L; waited < _patience && !Volatile.Read(in condition); waited = TimeProvider.System.GetTimestamp() - start)
        {
            if (waited < _spinning)
            {
                Thread.SpinWait(4);
            }
            else
            {
                Thread.Yield();
            }
        }
    }

    /// <summary>Sleeps until a signal, and takes it.</summary>
    public void Wait()
    {
        while (Interlocked.CompareExchange(ref *_state, Idle, Signalled) != Signalled)
        {
            if (Interlocked.CompareExchange(ref *_state, Sleeping, Idle) == Signalled)
            {
                continue;
            }

            if (_futex != 0)
            {
                SystemCall(_futex, _state, FutexWait, Sleeping, 0);
                continue;
            }

            using var synchronous = new SynchronousCode();
            lock (_memory)
            {
                while (Volatile.Read(ref *_state) == Sleeping)
                {
                    Monitor.Wait(_memory);
                }
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial nint SystemCall(nint number, int* address, nint operation, nint value, nint timeout);
}
