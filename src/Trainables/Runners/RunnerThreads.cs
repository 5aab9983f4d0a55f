using System.Runtime.ExceptionServices;

namespace Tuning.Runners;

/// <summary>
/// A fixed number of threads that work off numbered pieces of work. The calling thread is one of them; the others sleep between
/// calls. Which thread gets which piece is left to chance, so pieces must not touch each other.
/// </summary>
/// <remarks>One call at a time. A call allocates nothing.</remarks>
internal sealed class RunnerThreads : IDisposable
{
    private readonly object _lock = new();
    private readonly Thread[] _threads;
    private Exception?[] _failures = [];
    private Action<int>? _work;
    private int _count;
    private int _next;
    private int _busy;
    private long _round;
    private bool _closed;

    /// <summary>Starts the threads.</summary>
    /// <param name="threads">How many work at once, the caller included; at least 1.</param>
    public RunnerThreads(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        _threads = new Thread[threads - 1];
        for (var i = 0; i < _threads.Length; i++)
        {
            _threads[i] = new Thread(Loop) { IsBackground = true, Name = $"environment runners {i + 1}" };
            _threads[i].Start();
        }
    }

    /// <summary>Does pieces 0 … count-1, and returns when all are done.</summary>
    /// <exception cref="Exception">What the piece with the lowest number threw. No piece runs any more; later ones may not have begun.</exception>
    public void Run(int count, Action<int> work)
    {
        if (_failures.Length < count)
        {
            _failures = new Exception?[count];
        }

        if (_threads.Length == 0 || count == 1)
        {
            for (var i = 0; i < count; i++)
            {
                work(i);
            }

            return;
        }

        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            (_work, _count, _busy) = (work, count, _threads.Length);
            _next = -1;
            _round++;
            Monitor.PulseAll(_lock);
        }

        WorkOff(work, count);
        lock (_lock)
        {
            while (_busy > 0)
            {
                Monitor.Wait(_lock);
            }

            _work = null;
        }

        for (var i = 0; i < count; i++)
        {
            if (_failures[i] is { } failure)
            {
                Array.Clear(_failures);
                ExceptionDispatchInfo.Throw(failure);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _closed = true;
            Monitor.PulseAll(_lock);
        }

        foreach (var thread in _threads)
        {
            thread.Join();
        }
    }

    private void Loop()
    {
        var seen = 0L;
        while (true)
        {
            Action<int> work;
            int count;
            lock (_lock)
            {
                while (_round == seen && !_closed)
                {
                    Monitor.Wait(_lock);
                }

                if (_closed)
                {
                    return;
                }

                seen = _round;
                (work, count) = (_work!, _count);
            }

            WorkOff(work, count);
            lock (_lock)
            {
                _busy--;
                Monitor.PulseAll(_lock);
            }
        }
    }

    private void WorkOff(Action<int> work, int count)
    {
        while (Interlocked.Increment(ref _next) is var piece && piece < count)
        {
            try
            {
                work(piece);
            }
#pragma warning disable CA1031 // Carried to the caller's thread and thrown there.
            catch (Exception e)
#pragma warning restore CA1031
            {
                _failures[piece] = e;
            }
        }
    }
}
