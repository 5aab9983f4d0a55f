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

    // For how many waits it is then not tried again.
    private const int CrowdedPhases = 200;

    private readonly int _participants;
    private readonly int _spins;
    private readonly Lock _gate = new();

    // One for phases of even number, one for odd: who still has to wake up from a phase cannot lose his turn to one who sleeps in the next.
    private readonly Semaphore[] _sleep;
    private int _missing;
    private int _phase;
    private int _sleepers;

    // Only a hint: who counts it down does not matter.
    private int _crowded;
    private volatile bool _broken;

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

        var phase = Volatile.Read(ref _phase);
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
            if (Volatile.Read(ref _phase) != phase)
            {
                return;
            }

            Thread.SpinWait(1);
        }

        if (_spins > 0 && YieldsUntil(phase))
        {
            return;
        }

        lock (_gate)
        {
            if (_phase != phase)
            {
                return;
            }

            _sleepers++;
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
            if (Volatile.Read(ref _phase) != phase)
            {
                return true;
            }

            var before = now;
            now = TimeProvider.System.GetTimestamp();
            if (now - before > _turn)
            {
                // Somebody else had a whole turn on this core. Who sleeps is woken up sooner than who yields gets his turn.
                _crowded = CrowdedPhases;
                return false;
            }
        }

        return false;
    }

    private void EndPhase()
    {
        int phase, sleepers;
        lock (_gate)
        {
            phase = _phase;
            Volatile.Write(ref _phase, phase + 1);
            (sleepers, _sleepers) = (_sleepers, 0);
        }

        if (sleepers > 0)
        {
            _sleep[phase & 1].Release(sleepers);
        }
    }
}
