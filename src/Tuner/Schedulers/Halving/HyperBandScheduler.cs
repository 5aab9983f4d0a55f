namespace Tuning.Schedulers.Halving;

/// <summary>Synchronous HyperBand, also for BOHB; see <see cref="HyperBandOptions"/>.</summary>
internal sealed class HyperBandScheduler(HyperBandOptions options, HyperBandTable table, ScoreReader reader, bool largestFirst) : ITrialScheduler
{
    private readonly bool _isRay = options.Compatibility == SchedulerCompatibility.Ray;
    private readonly StartOrder _order = new();
    private readonly Dictionary<int, SyncBracket> _bracketOf = [];
    private readonly BracketQueue _queue = new(largestFirst);

    // Trials that lost at a milestone in a moment at which they could not be stopped.
    private readonly SortedDictionary<int, string> _setAside = [];
    private SyncBracket? _filling;
    private int _brackets;
    private int _band;
    private int _inBand;

    /// <inheritdoc/>
    public string Name => largestFirst ? "hb_bohb" : "hyperband";

    /// <inheritdoc/>
    public bool NeedsCheckpoints => true;

    /// <inheritdoc/>
    public IReadOnlyList<SchedulerDecision> Decide(TrialReport report, TrialBoard board)
    {
        var time = reader.TimeOf(report);
        if (!_bracketOf.TryGetValue(report.Trial.Number, out var bracket) || bracket.Find(report.Trial) is not { } member || !(time >= bracket.Milestone))
        {
            return StopSetAside();
        }

        if (bracket.Halvings == 0)
        {
            return options.StopLastTrials
                ? [.. StopSetAside(), AtTheEnd(report.Trial, bracket.Milestone)]
                : StopSetAside();
        }

        var missing = bracket.Missing - (member.HasArrived ? 0 : 1);
        if (missing > 0 || !IsFull(bracket, board))
        {
            var waits = missing > 0 ? $"{missing} of {bracket.Live} trials of its bracket are on their way"
                : $"{bracket.Added} of the {bracket.Capacity} trials of its bracket are there";
            return [.. StopSetAside(), new SchedulerDecision.Pause(report.Trial, $"paused at rung {bracket.Milestone}: {waits}")];
        }

        var score = reader.Has(report) ? reader.ScoreOf(report) : (double?)null;
        var decisions = StopSetAside();
        decisions.AddRange(Losers(bracket, bracket.Ranking(report.Trial.Number, score)));
        var next = table.Next(bracket.Milestone);
        if (time >= next && !decisions.Exists(d => d.Trial == report.Trial))
        {
            // It has come to the next milestone as well.
            if (bracket.Halvings > 1)
            {
                decisions.Add(new SchedulerDecision.Pause(report.Trial, $"paused at rung {next}: it is ahead of its bracket"));
            }
            else if (options.StopLastTrials)
            {
                decisions.Add(AtTheEnd(report.Trial, next));
            }
        }

        return decisions;
    }

    /// <inheritdoc/>
    public IReadOnlyList<SchedulerDecision> DecideEnded(TrialId trial, TrialStatus status, TrialBoard board)
    {
        var decisions = StopSetAside();
        if (_bracketOf.TryGetValue(trial.Number, out var bracket) && bracket.HasAll && IsFull(bracket, board))
        {
            decisions.AddRange(Losers(bracket, bracket.Ranking()));
        }

        return decisions;
    }

    /// <inheritdoc/>
    public TrialId? Choose(TrialBoard board)
    {
        if (_order.Interrupted(board, out var fresh) is { } interrupted)
        {
            return interrupted;
        }

        var withFresh = fresh is { } waiting && _bracketOf.TryGetValue(waiting.Number, out var its) && its.Find(waiting) is not null ? its : null;
        foreach (var bracket in _queue.With(withFresh))
        {
            if (bracket.Ready.Count > 0)
            {
                return new(bracket.Ready.Min.Trial);
            }

            if (bracket.HasAll && (IsFull(bracket, board) || IsStuck(board)) && FirstToGoOn(bracket) is { } winner)
            {
                return winner;
            }

            if (ReferenceEquals(bracket, withFresh))
            {
                return fresh;
            }
        }

        return fresh;
    }

    /// <inheritdoc/>
    public string? StartReason(TrialId trial, TrialBoard board)
    {
        if (!_order.IsPaused(trial) || !_bracketOf.TryGetValue(trial.Number, out var bracket) || bracket.Find(trial) is not { } member)
        {
            return null;
        }

        var (from, to, place, ranked) = member.HasArrived
            ? (bracket.Milestone, table.Next(bracket.Milestone), bracket.Ranking().FindIndex(r => r.Trial == trial.Number) + 1, bracket.Live)
            : (bracket.LastMilestone, bracket.Milestone, member.Place, bracket.LastRanked);
        return $"promoted from rung {from} to {to}: {Value(member.Score)} is in place {place} of {ScoreReader.Count(ranked)}";
    }

    /// <inheritdoc/>
    public string? LeaveReason(TrialId trial, TrialBoard board) => _setAside.TryGetValue(trial.Number, out var reason) ? reason
        : _bracketOf.TryGetValue(trial.Number, out var bracket)
            ? $"left paused at rung {bracket.Milestone}: its bracket of {ScoreReader.Count(bracket.Live)} does not go on" : null;

    /// <inheritdoc/>
    public void Observe(SchedulerObservation observation)
    {
        switch (observation)
        {
            case SchedulerObservation.TrialAdded a:
                Add(a.Trial);
                break;
            case SchedulerObservation.Reported r:
                Observe(r);
                break;
            case SchedulerObservation.EndDecided e when _bracketOf.TryGetValue(e.Trial.Number, out var bracket):
                Halve(bracket, e.Decisions, e.Trial);
                break;
            case SchedulerObservation.TrialPaused p when Member(p.Trial) is { } member:
                _bracketOf[p.Trial.Number].Pause(member);
                break;
            case SchedulerObservation.TrialStarted s when Member(s.Trial) is { } member:
                Start(_bracketOf[s.Trial.Number], member);
                break;
            case SchedulerObservation.TrialEnded e when _bracketOf.TryGetValue(e.Trial.Number, out var bracket):
                bracket.Remove(e.Trial);
                _setAside.Remove(e.Trial.Number);
                break;
        }

        if (TrialOf(observation) is { } trial && _bracketOf.TryGetValue(trial.Number, out var touched))
        {
            _queue.Look(touched);
        }

        _order.Observe(observation);
    }

    private static TrialId? TrialOf(SchedulerObservation observation) => observation switch
    {
        SchedulerObservation.TrialAdded a => a.Trial,
        SchedulerObservation.Reported r => r.Report.Trial,
        SchedulerObservation.EndDecided e => e.Trial,
        SchedulerObservation.TrialPaused p => p.Trial,
        SchedulerObservation.TrialStarted s => s.Trial,
        SchedulerObservation.TrialEnded e => e.Trial,
        _ => null,
    };

    private static bool IsStuck(TrialBoard board) => !board.ExpectsTrials && board.Waiting.Count == 0
        && board.CountOf(TrialStatus.Running) + board.CountOf(TrialStatus.Pausing) + board.CountOf(TrialStatus.Stopping)
            + board.CountOf(TrialStatus.Exploiting) == 0;

    private bool IsFull(SyncBracket bracket, TrialBoard board) =>
        bracket.IsClosed || !bracket.HasRoom(isRay: false) || (_isRay && !largestFirst) || !board.MoreToCome;

    private BracketMember? Member(TrialId trial) => _bracketOf.TryGetValue(trial.Number, out var bracket) ? bracket.Find(trial) : null;

    private static SchedulerDecision.Stop AtTheEnd(TrialId trial, int rung) =>
        new(trial, $"stopped at rung {rung}, the last of its bracket") { Completes = true };

    private List<SchedulerDecision> StopSetAside() => [.. _setAside.Select(s => new SchedulerDecision.Stop(new(s.Key), s.Value))];

    // The best of those that will go on, unless it still writes the checkpoint of its pause: then the best of the others.
    private TrialId? FirstToGoOn(SyncBracket bracket)
    {
        foreach (var (trial, _) in bracket.Ranking().Take(bracket.Keeps(_isRay)))
        {
            if (bracket.Find(new(trial)) is { IsPaused: true })
            {
                return new(trial);
            }
        }

        return null;
    }

    private IEnumerable<SchedulerDecision> Losers(SyncBracket bracket, List<(int Trial, double Score)> ranking)
    {
        var keep = Math.Min(ranking.Count, bracket.Keeps(_isRay));
        return ranking.Skip(keep)
            .Select(loser => new SchedulerDecision.Stop(new(loser.Trial), Reason(bracket.Milestone, loser.Score, ranking[keep - 1].Score, ranking.Count)));
    }

    private string Reason(int milestone, double score, double cutoff, int ranked)
    {
        var what = double.IsNaN(score) ? "it has no value, and stands behind the cutoff " + Value(cutoff)
            : score < cutoff ? reader.IsWorse(score, "the cutoff", cutoff)
            : $"{reader.Text(score)} equals the cutoff {reader.Text(cutoff)}, but older trials go first, at";
        return $"stopped at rung {milestone}: {what} of {ScoreReader.Count(ranked)}";
    }

    private string Value(double score) => double.IsNaN(score) ? "no value" : reader.Text(score);

    private void Observe(SchedulerObservation.Reported r)
    {
        var (id, time) = (r.Report.Trial, reader.TimeOf(r.Report));
        if (!_bracketOf.TryGetValue(id.Number, out var bracket) || bracket.Find(id) is not { } member || double.IsNaN(time))
        {
            return;
        }

        bracket.Report(member, time, reader.Has(r.Report) ? reader.ScoreOf(r.Report) : null);
        var own = r.Decisions.FirstOrDefault(d => d.Trial == id);
        if (member.HasArrived && own is null)
        {
            // One that goes on from a milestone is one that won there.
            Halve(bracket, r.Decisions, null);
            return;
        }

        Halve(bracket, r.Decisions, id);
        if (own is SchedulerDecision.Stop)
        {
            bracket.Remove(id);
        }
    }

    // Takes out who was stopped at a milestone; if others than the trial it is about were, or none has to be, the rest go on.
    private void Halve(SyncBracket bracket, IReadOnlyList<SchedulerDecision> decisions, TrialId? about)
    {
        var losers = decisions.Where(d => d is SchedulerDecision.Stop && d.Trial != about && bracket.Find(d.Trial) is { HasArrived: true }).ToList();
        if (losers.Count == 0 && about is not null)
        {
            return;
        }

        var ranking = bracket.Ranking();
        losers.ForEach(d => bracket.Remove(d.Trial));
        if (decisions.FirstOrDefault(d => d.Trial == about) is SchedulerDecision.Stop own)
        {
            bracket.Remove(own.Trial);
        }

        bracket.Advance(ranking, _isRay);
    }

    // A paused trial that had arrived goes on: its bracket was halved without anyone being told.
    private void Start(SyncBracket bracket, BracketMember member)
    {
        if (member is { IsPaused: true, HasArrived: true })
        {
            var ranking = bracket.Ranking();
            var keep = Math.Min(ranking.Count, bracket.Keeps(_isRay));
            foreach (var (trial, score) in ranking.Skip(keep))
            {
                _setAside[trial] = Reason(bracket.Milestone, score, ranking[keep - 1].Score, ranking.Count);
                bracket.Remove(new(trial));
            }

            bracket.Advance(ranking, _isRay);
        }

        bracket.Start(member);
    }

    private void Add(TrialId trial)
    {
        while (_filling is null || !_filling.HasRoom(_isRay))
        {
            if (_inBand == table.Brackets)
            {
                (_band, _inBand) = (_band + 1, 0);
            }

            var s = largestFirst ? table.Brackets - 1 - _inBand : _inBand;
            _inBand++;
            if (table.FirstMilestone(s) > 0)
            {
                _filling = new(table, _brackets++, _band, s);
            }
        }

        _bracketOf[trial.Number] = _filling;
        _filling.Add(trial);
    }
}
