using System.Globalization;

namespace Tuning.Execution;

/// <summary>Threads for segments: as many as run at once, reused. CPU-bound trials on them never starve the loop or the runtime's pool.</summary>
internal sealed class TrialThreadPool : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Stack<TrialThread> _idle = new();
    private int _made;
    private bool _closed;

    /// <summary>Runs work on a thread of its own, at once.</summary>
    /// <param name="work">The work; the value returned completes when the thread is free again. Must not throw.</param>
    /// <param name="state">Handed to the work.</param>
    /// <returns>Whether it runs; false when the pool has been closed.</returns>
    public bool Run(Func<object, ValueTask> work, object state)
    {
        TrialThread? thread;
        lock (_lock)
        {
            if (_closed)
            {
                return false;
            }

            if (!_idle.TryPop(out thread))
            {
                thread = new TrialThread(string.Create(CultureInfo.InvariantCulture, $"trial thread {_made++}"), Return);
            }
        }

        thread.Run(work, state);
        return true;
    }

    /// <summary>Ends the idle threads now and the others when their segments end.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _closed = true;
            while (_idle.TryPop(out var thread))
            {
                thread.Close();
            }
        }
    }

    private void Return(TrialThread thread)
    {
        lock (_lock)
        {
            if (_closed)
            {
                thread.Close();
                return;
            }

            _idle.Push(thread);
        }
    }
}
