namespace Tuning.Schedulers;

/// <summary>
/// Which trials have run before: those that were interrupted or are tried again go before all others, in every scheduler. Kept by what is
/// observed; asks the board for few trials and makes no views.
/// </summary>
internal sealed class StartOrder
{
    private readonly HashSet<int> _started = [];

    // With what they go by, which the scheduler gives; of equal ones the oldest first.
    private readonly SortedSet<(double Place, int Trial)> _paused = [];
    private readonly Dictionary<int, double> _places = [];

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
                Place(p.Trial, 0);
                break;
            case SchedulerObservation.TrialEnded e:
                _started.Remove(e.Trial.Number);
                Leave(e.Trial.Number);
                break;
        }
    }

    /// <summary>A paused trial goes after those with a lower place.</summary>
    public void Place(TrialId trial, double place)
    {
        Leave(trial.Number);
        _paused.Add((place, trial.Number));
        _places[trial.Number] = place;
    }

    /// <summary>Whether a trial is paused, as far as was observed.</summary>
    public bool IsPaused(TrialId trial) => _places.ContainsKey(trial.Number);

    /// <summary>
    /// Whether one more trial waits than there are slots about to be free: one that is not paused, or is paused with a lower place.
    /// </summary>
    public bool OthersWait(TrialBoard board, double place)
    {
        var needed = board.CountOf(TrialStatus.Pausing) + 1 - board.Waiting.Count;
        foreach (var paused in _paused)
        {
            if (needed <= 0 || !(paused.Place < place))
            {
                break;
            }

            needed--;
        }

        return needed <= 0;
    }

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

        return board.ExpectsTrials || _paused.Count == 0 ? null : new(_paused.Min.Trial);
    }

    private void Leave(int trial)
    {
        if (_places.Remove(trial, out var place))
        {
            _paused.Remove((place, trial));
        }
    }
}
