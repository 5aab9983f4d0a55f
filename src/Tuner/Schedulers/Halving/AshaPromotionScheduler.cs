namespace Tuning.Schedulers.Halving;

/// <summary>
/// ASHA that promotes, algorithm 2 of Li et al.: a trial pauses at each rung; a free slot goes to the best paused one that is in the top
/// <c>1 / reduction_factor</c> of its rung, from the highest rung down, else to a new trial. See <see cref="AshaOptions"/>.
/// </summary>
/// <remarks>O(log n) for a decision and for each rung looked at. Rungs at or above <c>max_t</c> are left out: there a trial has come to its end.</remarks>
internal sealed class AshaPromotionScheduler(AshaOptions options, ScoreReader reader, SeedPath seed) : ITrialScheduler
{
    private readonly AshaBrackets _brackets = new(options, seed);
    private readonly StartOrder _order = new();
    private readonly string _factor = ScoreReader.Time(options.ReductionFactor);

    /// <inheritdoc/>
    public string Name => "asha";

    /// <inheritdoc/>
    public bool NeedsCheckpoints => true;

    /// <inheritdoc/>
    public IReadOnlyList<SchedulerDecision> Decide(TrialReport report, TrialBoard board)
    {
        var time = reader.TimeOf(report);
        if (time >= options.MaxTime)
        {
            return options.StopLastTrials
                ? [reader.AtMost(options.MaxTime, time, report)]
                : [];
        }

        var score = reader.ScoreOf(report);
        if (IndexOf(report.Trial, time) is not (>= 0 and var at) || double.IsNaN(score))
        {
            return [];
        }

        var rung = _brackets.BracketOf(report.Trial).Rungs[at];
        return [new SchedulerDecision.Pause(
            report.Trial,
            $"paused at rung {rung.Name}: {reader.Text(score)} is in place {rung.PlaceOfNew(score, report.Trial.Number)} of " +
                $"{ScoreReader.Count(rung.Count + 1)}, of " +
                $"which the top 1/{_factor} go on")];
    }

    /// <inheritdoc/>
    public TrialId? Choose(TrialBoard board)
    {
        if (_order.Interrupted(board, out var fresh) is { } interrupted)
        {
            return interrupted;
        }

        Rung? highest = null;
        int? promoted = null;
        foreach (var bracket in _brackets.All)
        {
            for (var i = bracket.Rungs.Count - 1; i >= 0 && !(bracket.Rungs[i].Milestone <= highest?.Milestone); i--)
            {
                if (bracket.Rungs[i].Promotable(options.ReductionFactor) is { } trial)
                {
                    (highest, promoted) = (bracket.Rungs[i], trial);
                }
            }
        }

        return promoted is { } chosen ? new TrialId(chosen) : fresh;
    }

    /// <inheritdoc/>
    public string? StartReason(TrialId trial, TrialBoard board) => PausedAt(trial) is not { } rung
        ? null
        : $"promoted from rung {rung.Name}: {Place(rung, trial)}, of which the top {rung.Top(options.ReductionFactor)} go on";

    /// <inheritdoc/>
    public string? LeaveReason(TrialId trial, TrialBoard board)
    {
        if (PausedAt(trial) is not { } rung)
        {
            return null;
        }

        var top = rung.Top(options.ReductionFactor);
        var score = _brackets.Of(trial).Score;
        var where = $"left paused at rung {rung.Name}";
        return top == 0
            ? $"{where}: {reader.Text(score)} of {rung.Trials}, and it takes {_factor} for one to go on"
            : $"{where}: {WorseThan(rung, score, rung.ScoreAt(top))} of {rung.Trials}, of which the top {top} go on";
    }

    /// <inheritdoc/>
    public void Observe(SchedulerObservation observation)
    {
        switch (observation)
        {
            case SchedulerObservation.TrialAdded a:
                _brackets.Add(a.Trial);
                break;
            case SchedulerObservation.Reported { Report: var report }:
                Record(report);
                break;
            case SchedulerObservation.TrialPaused p when LastRung(p.Trial) is { } rung:
                rung.Pause(_brackets.Of(p.Trial).Score, p.Trial.Number);
                break;
            case SchedulerObservation.TrialStarted s when LastRung(s.Trial) is { } rung:
                rung.Leave(_brackets.Of(s.Trial).Score, s.Trial.Number);
                break;
            case SchedulerObservation.TrialEnded e when LastRung(e.Trial) is { } rung:
                rung.Leave(_brackets.Of(e.Trial).Score, e.Trial.Number);
                break;
        }

        _order.Observe(observation);
    }

    private void Record(TrialReport report)
    {
        var score = reader.ScoreOf(report);
        if (IndexOf(report.Trial, reader.TimeOf(report)) is not (>= 0 and var at) || double.IsNaN(score))
        {
            return;
        }

        ref var trial = ref _brackets.Of(report.Trial);
        (trial.Rungs, trial.Score) = (at + 1, score);
        _brackets.BracketOf(report.Trial).Rungs[at].Record(score, report.Trial.Number);
    }

    // The rung at which a trial pauses at this time: the highest that it has come to, once.
    private int IndexOf(TrialId trial, double time)
    {
        var at = time < options.MaxTime ? _brackets.BracketOf(trial).Reached(time) : -1;
        return at >= _brackets.Of(trial).Rungs ? at : -1;
    }

    private Rung? LastRung(TrialId trial) => _brackets.Of(trial).Rungs is > 0 and var rungs ? _brackets.BracketOf(trial).Rungs[rungs - 1] : null;

    private Rung? PausedAt(TrialId trial) => LastRung(trial) is { } rung && rung.IsPaused(_brackets.Of(trial).Score, trial.Number) ? rung : null;

    private string Place(Rung rung, TrialId trial)
    {
        var score = _brackets.Of(trial).Score;
        return $"{reader.Text(score)} is in place {rung.PlaceOf(score, trial.Number)} of {rung.Trials}";
    }

    private string WorseThan(Rung rung, double score, double cutoff) => score < cutoff
        ? reader.IsWorse(score, "the cutoff", cutoff)
        : $"{reader.Text(score)} equals the cutoff, but older trials go first,";
}
