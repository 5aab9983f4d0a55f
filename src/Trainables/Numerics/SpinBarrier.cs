namespace Tuning.Numerics;

/// <summary>
/// A place where a fixed number of threads wait for each other: some twenty microseconds spinning, which costs about a microsecond between
/// two cores; then offering the core to whoever else wants it, as long as nobody does; then asleep. With more threads than cores they
/// sleep at once. Waiting allocates nothing.
/// </summary>
internal sealed class SpinBarrier : IDisposable
{
    // About 40 ns each.
    private const int Spins = 500;

    // What a thread of a trial waits for between two learning steps of a small iteration; waking it up again takes fifty microseconds.
    private static readonly long _patience = TimeProvider.System.TimestampFrequency * 400 / 1_000_000;
    private static readonly long _turn = TimeProvider.System.TimestampFrequency * 100 / 1_000_000;

    // For how many waits it is then not tried again: twice as many each time, half as many after a success. A compiler that passes by is soon forgotten.
    private const int FewestCrowded = 4;
    private const int MostCrowded = 256;

    private readonly int _participants;
    private readonly int _spins;

    // One for phases of even number, one for odd: who still has to wake up from a phase cannot lose his turn to one who sleeps in the next.
    private readonly Semaphore[] _sleep;
    private int _missing;

    // The phase in the upper half, in the lower how many sleep in it: one word, because a lock allocates when it is contended.
    private long _state;

    // Only hints: who counts them does not matter.
    private int _crowded;
    private int _backoff = FewestCrowded;
    private volatile bool _broken;

    private int Phase => (int)(Volatile.Read(ref _state) >> 32);

    public SpinBarrier(int participants)
    {
        _participants = _missing = participants;
        _spins = participants <= Environment.ProcessorCount ? Spins : 0;
        _sleep = participants == 1 ? [] : [new(0, int.MaxValue), new(0, int.MaxValue)];
    }

    /// <summary>Returns when all participants have called it.</summary>
    /// <exception cref="InvalidOperationException">A participant has given up.</exception>
    public void SignalAndWait()
    {
        if (_participants == 1)
        {
            return;
        }

        var phase = Phase;
        if (!_broken)
        {
            if (Interlocked.Decrement(ref _missing) == 0)
            {
                Volatile.Write(ref _missing, _participants);
                EndPhase();
            }
            else
            {
                Wait(phase);
            }
        }

        if (_broken)
        {
            throw new InvalidOperationException("Another thread of the team has failed.");
        }
    }

    /// <summary>Lets all who wait, now or later, fail: called by a participant that will not come any more.</summary>
    public void Break()
    {
        _broken = true;
        if (_participants > 1)
        {
            EndPhase();
        }
    }

    public void Dispose()
    {
        foreach (var semaphore in _sleep)
        {
            semaphore.Dispose();
        }
    }

    private void Wait(int phase)
    {
        for (var i = 0; i < _spins; i++)
        {
            if (Phase != phase)
            {
                return;
            }

            Thread.SpinWait(1);
        }

        if (_spins > 0 && YieldsUntil(phase))
        {
            return;
        }

        var state = Volatile.Read(ref _state);
        while (true)
        {
            if ((int)(state >> 32) != phase)
            {
                return;
            }

            var before = Interlocked.CompareExchange(ref _state, state + 1, state);
            if (before == state)
            {
                break;
            }

            state = before;
        }

        _sleep[phase & 1].WaitOne();
    }

    /// <summary>Whether the phase ended while this thread gave way to others.</summary>
    private bool YieldsUntil(int phase)
    {
        if (_crowded > 0)
        {
            _crowded--;
            return false;
        }

        var now = TimeProvider.System.GetTimestamp();
        var until = now + _patience;
        while (now < until)
        {
            Thread.Yield();
            if (Phase != phase)
            {
                _backoff = Math.Max(FewestCrowded, _backoff / 2);
                return true;
            }

            var before = now;
            now = TimeProvider.System.GetTimestamp();
            if (now - before > _turn)
            {
                // Somebody else had a whole turn on this core. Who sleeps is woken up sooner than who yields gets his turn.
                _crowded = _backoff;
                _backoff = Math.Min(MostCrowded, _backoff * 2);
                return false;
            }
        }

        return false;
    }

    private void EndPhase()
    {
        long state;
        do
        {
            state = Volatile.Read(ref _state);
        }
        while (Interlocked.CompareExchange(ref _state, ((state >> 32) + 1) << 32, state) != state);

        var sleepers = (int)state;
        if (sleepers > 0)
        {
            _sleep[(int)(state >> 32) & 1].Release(sleepers);
        }
    }
}
