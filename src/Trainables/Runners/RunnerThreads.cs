using System.Runtime.ExceptionServices;

namespace Tuning.Runners;

/// <summary>
/// A fixed number of threads that work off numbered pieces of work. The calling thread is one of them. Which thread gets which piece is
/// left to chance, so pieces must not touch each other.
/// </summary>
/// <remarks>One call at a time. A call allocates nothing.</remarks>
internal sealed class RunnerThreads : IDisposable
{
    private readonly ThreadTeam _team;
    private readonly Action<int> _share;
    private Exception?[] _failures = [];
    private Action<int> _work = static _ => { };
    private int _count, _next;

    /// <summary>Starts the threads.</summary>
    /// <param name="threads">How many work at once, the caller included; at least 1.</param>
    public RunnerThreads(int threads) => (_team, _share) = (new(threads, "environment runners"), _ => WorkOff());

    /// <summary>Does pieces 0 … count-1, and returns when all are done.</summary>
    /// <exception cref="Exception">What the piece with the lowest number threw. No piece runs any more; later ones may not have begun.</exception>
    public void Run(int count, Action<int> work)
    {
        if (_team.Count == 1 || count == 1)
        {
            for (var i = 0; i < count; i++)
            {
                work(i);
            }

            return;
        }

        _failures = _failures.Length < count ? new Exception?[count] : _failures;
        (_work, _count, _next) = (work, count, -1);
        _team.Run(_share);
        if (Array.Find(_failures, static f => f is not null) is { } failure)
        {
            Array.Clear(_failures);
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _team.Dispose();

    private void WorkOff()
    {
        while (Interlocked.Increment(ref _next) is var piece && piece < _count)
        {
            try
            {
                _work(piece);
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
