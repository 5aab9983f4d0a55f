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
    private readonly SpinBarrier _end;
    private Action<int>? _body;
    private ExceptionDispatchInfo? _failure;
    private bool _disposed;

    public ThreadTeam(int threads, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        Count = threads;
        _start = new SpinBarrier(threads);
        _end = new SpinBarrier(threads);
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

    /// <summary>Runs <paramref name="body"/> on every thread, with the thread's number from 0, and returns when all are done.</summary>
    /// <remarks>A body that throws should break the barriers that others may wait at; the first exception is thrown here.</remarks>
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
        }
    }
}
