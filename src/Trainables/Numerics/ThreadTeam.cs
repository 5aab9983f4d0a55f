using System.Runtime.ExceptionServices;

namespace Tuning.Numerics;

/// <summary>
/// A fixed number of threads that run the same piece of work together: the calling thread is the first, the others are background
/// threads that sleep in between and end with <see cref="Dispose"/>.
/// </summary>
/// <remarks>One caller at a time. Running work allocates nothing when the delegate is kept.</remarks>
internal sealed class ThreadTeam : IDisposable
{
    private readonly SpinBarrier _start;
    private readonly Thread[] _workers;
    private readonly SpinBarrier[] _barriers;
    private readonly SpinBarrier _end;
    private Action<int>? _body;
    private ExceptionDispatchInfo? _failure;
    private bool _disposed;

    /// <param name="threads">How many, the caller included.</param>
    /// <param name="name">The name of the threads.</param>
    /// <param name="barriers">Others than <see cref="Together"/> that a part of them waits at.</param>
    public ThreadTeam(int threads, string name, params IReadOnlyList<SpinBarrier> barriers)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        Count = threads;
        _start = new SpinBarrier(threads);
        _end = new SpinBarrier(threads);
        Together = new SpinBarrier(threads);
        _barriers = [.. barriers, Together];
        _workers = new Thread[threads - 1];
        for (var i = 0; i < _workers.Length; i++)
        {
            var index = i + 1;
            _workers[i] = new Thread(() => Work(index)) { IsBackground = true, Name = $"{name} {index}" };
            _workers[i].Start();
        }
    }

    /// <summary>Number of threads, the caller included.</summary>
    public int Count { get; }

    /// <summary>Where all threads wait for each other in the middle of their work.</summary>
    public SpinBarrier Together { get; }

    /// <summary>Runs <paramref name="body"/> on every thread, with the thread's number from 0, and returns when all are done.</summary>
    /// <remarks>Where a body throws, the barriers that others may wait at are broken; the first exception is thrown here.</remarks>
    public void Run(Action<int> body)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _body = body;
        _start.SignalAndWait();
        Execute(body, 0);
        _end.SignalAndWait();
        _body = null;
        Interlocked.Exchange(ref _failure, null)?.Throw();
    }

    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _start.SignalAndWait();
        foreach (var worker in _workers)
        {
            worker.Join();
        }

        _start.Dispose();
        _end.Dispose();
        foreach (var barrier in _barriers)
        {
            barrier.Dispose();
        }
    }

    private void Work(int index)
    {
        while (true)
        {
            _start.SignalAndWait();
            if (_disposed)
            {
                return;
            }

            Execute(_body!, index);
            _end.SignalAndWait();
        }
    }

    private void Execute(Action<int> body, int index)
    {
        try
        {
            body(index);
        }
#pragma warning disable CA1031 // Whatever it is, the caller of Run throws it again.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(exception), null);
            foreach (var barrier in _barriers)
            {
                barrier.Break();
            }
        }
    }
}
