namespace Tuning.Schedulers.Halving;

/// <summary>ASHA that stops; see <see cref="AshaOptions"/>. A decision costs O(log n) in the number of trials and allocates only where it stops one.</summary>
internal sealed class AshaScheduler : ITrialScheduler
{
    private readonly AshaOptions _options;
    private readonly ScoreReader _reader;
    private readonly AshaBrackets _brackets;
    private readonly StartOrder _order = new();
    private readonly bool _isRay;
    private readonly double _quantile;

    public AshaScheduler(AshaOptions options, ScoreReader reader, SeedPath seed)
    {
        (_options, _reader, _brackets) = (options, reader, new(options, seed));
        _isRay = options.Compatibility == SchedulerCompatibility.Ray;
        var share = 1 - (1 / options.ReductionFactor);
        _quantile = _isRay ? share * 100 / 100 : share;
    }

    /// <inheritdoc/>
    public string Name => "asha";

    /// <inheritdoc/>
    public bool NeedsCheckpoints => false;

    /// <inheritdoc/>
    public IReadOnlyList<SchedulerDecision> Decide(TrialReport report, TrialBoard board)
    {
        var time = _reader.TimeOf(report);
        if (IsOver(time, report))
        {
            return [_reader.AtMost(_options.MaxTime, time, report)];
        }

        var score = _reader.ScoreOf(report);
        if (double.IsNaN(score) || RungOf(report.Trial, time) is not { } rung)
        {
            return [];
        }

        var cutoff = rung.Cutoff(_quantile, !_isRay);
        return score < cutoff
            ? [new SchedulerDecision.Stop(report.Trial, $"stopped at rung {rung.Name}: {_reader.IsWorse(score, "the cutoff", cutoff)} of {rung.Trials}")]
            : [];
    }

    /// <inheritdoc/>
    public TrialId? Choose(TrialBoard board) => _order.First(board);

    /// <inheritdoc/>
    public void Observe(SchedulerObservation observation)
    {
        _order.Observe(observation);
        switch (observation)
        {
            case SchedulerObservation.TrialAdded a:
                _brackets.Add(a.Trial);
                break;
            case SchedulerObservation.Reported r:
                Record(r);
                break;
            case SchedulerObservation.TrialEnded { Status: TrialStatus.Terminated } e when _isRay
                && _brackets.Of(e.Trial) is { IsStopped: false, Time: > 0 } trial && !IsOver(trial.Time):
                Record(e.Trial, trial.Time, trial.Score);
                break;
        }
    }

    private void Record(SchedulerObservation.Reported r)
    {
        var report = r.Report;
        var time = _reader.TimeOf(report);
        if (!IsOver(time, report) && (!_isRay || _reader.Has(report)))
        {
            Record(report.Trial, time, _reader.ScoreOf(report));
        }

        if (_isRay)
        {
            ref var trial = ref _brackets.Of(report.Trial);
            (trial.Time, trial.Score) = (time, _reader.ScoreOf(report));
            trial.IsStopped = r.Decisions.Any(d => d.Trial == report.Trial && d is SchedulerDecision.Stop) || !_reader.Has(report);
        }
    }

    private void Record(TrialId id, double time, double score)
    {
        var at = IndexOf(id, time);
        if (at < 0 || (double.IsNaN(score) && !_isRay))
        {
            return;
        }

        _brackets.Of(id).Judged |= 1UL << at;
        if (!double.IsNaN(score))
        {
            _brackets.BracketOf(id).Rungs[at].Record(score, id.Number);
        }
    }

    // In Ray's way a report without the objective leads to nothing at all.
    private bool IsOver(double time, TrialReport report) => IsOver(time) && (!_isRay || _reader.Has(report));

    private bool IsOver(double time) => _options.StopLastTrials && time >= _options.MaxTime;

    private Rung? RungOf(TrialId trial, double time) => IndexOf(trial, time) is var at and >= 0 ? _brackets.BracketOf(trial).Rungs[at] : null;

    // The rung at which a trial is judged at this time; -1 when at none.
    private int IndexOf(TrialId trial, double time)
    {
        var bracket = _brackets.BracketOf(trial);
        var judged = _brackets.Of(trial).Judged;
        var rung = bracket.Reached(time);
        if (!_isRay)
        {
            return rung >= 0 && judged >> rung == 0 ? rung : -1;
        }

        while (rung >= 0 && (judged >> rung & 1) != 0)
        {
            rung--;
        }

        return rung;
    }
}
