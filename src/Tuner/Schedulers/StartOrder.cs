namespace Tuning.Schedulers;

/// <summary>
/// Which trials have run before: those that were interrupted or are tried again go before all others, in every scheduler. Kept by what is
/// observed; asks the board for few trials and makes no views.
/// </summary>
internal sealed class StartOrder
{
    private readonly HashSet<int> _started = [];
    private readonly SortedSet<int> _paused = [];

    // Of the paused ones those that go after the others.
    private readonly SortedSet<int> _last = [];

    /// <summary>Takes note of starts, pauses and ends.</summary>
    public void Observe(SchedulerObservation observation)
    {
        switch (observation)
        {
            case SchedulerObservation.TrialStarted s:
                _started.Add(s.Trial.Number);
                Leave(s.Trial.Number);
                break;
            case SchedulerObservation.TrialPaused p:
                _paused.Add(p.Trial.Number);
                break;
            case SchedulerObservation.TrialEnded e:
                _started.Remove(e.Trial.Number);
                Leave(e.Trial.Number);
                break;
        }
    }

    /// <summary>A paused trial goes after the other paused ones.</summary>
    public void PutLast(TrialId trial)
    {
        if (_paused.Remove(trial.Number))
        {
            _last.Add(trial.Number);
        }
    }

    /// <summary>Whether a trial is paused, as far as was observed.</summary>
    public bool IsPaused(TrialId trial) => _paused.Contains(trial.Number) || _last.Contains(trial.Number);

    /// <summary>Whether a trial that waits for its first start or is paused could run.</summary>
    public static bool OthersWait(TrialBoard board) => board.Startable.Count > 0;

    /// <summary>The oldest that ran before and waits without being paused; else null, and the oldest new one.</summary>
    public TrialId? Interrupted(TrialBoard board, out TrialId? fresh)
    {
        fresh = null;
        foreach (var id in board.Waiting)
        {
            if (_started.Contains(id.Number))
            {
                return id;
            }

            fresh ??= id;
        }

        return null;
    }

    /// <summary>First come, first served: interrupted ones, new ones, then paused ones once no new one is expected.</summary>
    public TrialId? First(TrialBoard board)
    {
        if ((Interrupted(board, out var fresh) ?? fresh) is { } waiting)
        {
            return waiting;
        }

        var paused = _paused.Count > 0 ? _paused : _last;
        return board.ExpectsTrials || paused.Count == 0 ? null : new(paused.Min);
    }

    private void Leave(int trial)
    {
        _paused.Remove(trial);
        _last.Remove(trial);
    }
}
