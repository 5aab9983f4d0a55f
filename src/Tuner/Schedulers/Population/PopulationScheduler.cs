namespace Tuning.Schedulers.Population;

/// <summary>
/// Population based training (Jaderberg et al., "Population Based Training of Neural Networks", 2017): from time to time the worst
/// members of a population take over state and configuration of the best ones, and explore from there.
/// </summary>
/// <remarks>
/// A decision costs O(log n); only a barrier at which all members wait looks at all of them, once for each of them. Rules are
/// Ray's (<c>pbt.py</c>) but for: of equal scores the older trial's is better; a source is a trial whose score was made by the state
/// that it has; a report without objective leads to no comparison; a trial gives way only to one that trained less; the last trial to
/// reach a barrier goes on without a pause.
/// </remarks>
internal sealed class PopulationScheduler(string name, PopulationRules rules, Objective objective, IExplorer explorer, SchedulerContext context,
    ExploredParameters? explored = null) : ITrialScheduler
{
    private const int MostExplorations = 100;

    private readonly Population _population = new(rules, objective, context.Trials ?? 0);
    private readonly SeedPath _seed = context.Seed;
    private readonly ConfigurationCompleter? _completer = context.Space is { } space ? new(explored?.OverConstants(space) ?? space, context.Constraints) : null;

    // The trial whose end let the others go on from a barrier, until something else happens.
    private TrialId? _turnedBy;

    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public bool NeedsCheckpoints => true;

    /// <inheritdoc/>
    public IReadOnlyList<SchedulerDecision> Decide(TrialReport report, TrialBoard board)
    {
        var member = _population[report.Trial];
        var value = report.Value(objective.Metric);
        if (report.Value(rules.TimeAttr) is not { } time || double.IsNaN(time))
        {
            return Missing(report, rules.TimeAttr);
        }

        if (value is null && rules.RequireAttrs)
        {
            return Missing(report, objective.Metric);
        }

        if (!_population.IsDue(member, time))
        {
            return [];
        }

        return rules.Synch ? DecideAtBarrier(member, time, value, board) : DecideAlone(member, time, value, board);
    }

    /// <inheritdoc/>
    public IReadOnlyList<SchedulerDecision> DecideEnded(TrialId trial, TrialStatus status, TrialBoard board) =>
        _turnedBy == trial ? ExploitsOf([.. _population.ByTraining.Select(id => Standing.Of(_population[id]))], board, reporting: null) : [];

    /// <inheritdoc/>
    public TrialId? Choose(TrialBoard board)
    {
        // Trials that are still to come go before paused ones; until those are there, the slot is theirs.
        var least = _population.LeastTrained(board, withPaused: !board.ExpectsTrials);
        if (least is null || (rules.Synch && least.Trained >= _population.NextSync))
        {
            // A trial that was interrupted at a barrier comes back to it.
            return _population.LeastTrained(board, withPaused: false)?.Id;
        }

        return least.Id;
    }

    /// <inheritdoc/>
    public string? LeaveReason(TrialId trial, TrialBoard board) => rules.Synch && _population[trial].Trained >= _population.NextSync
        ? $"left paused at {ExploitReason.Number(_population[trial].Trained)}: nothing else runs, and {_population.Behind} of the trials that it waited for " +
            $"never came to {ExploitReason.Number(_population.NextSync)}"
        : null;

    /// <inheritdoc/>
    public void Observe(SchedulerObservation observation)
    {
        _turnedBy = observation is SchedulerObservation.TrialEnded ? null : _turnedBy;
        switch (observation)
        {
            case SchedulerObservation.TrialAdded a:
                _population.Add(a.Trial, a.Config);
                break;
            case SchedulerObservation.Reported r:
                Reported(r.Report);
                Plan(r.Decisions);
                _population.Turn();
                break;
            case SchedulerObservation.EndDecided e:
                Plan(e.Decisions);
                break;
            case SchedulerObservation.TrialExploited e:
                var exploiter = _population[e.Trial];
                _population.Exploit(exploiter, exploiter.Planned is { } planned ? _population[planned.Source] : _population[e.Source.Trial]);
                break;
            case SchedulerObservation.ExploitAbandoned e:
                _population.Abandon(_population[e.Trial]);
                break;
            case SchedulerObservation.TrialStarted s:
                _population.Start(s.Trial);
                break;
            case SchedulerObservation.TrialPaused p:
                _population.Stand(p.Trial, isPaused: true);
                break;
            case SchedulerObservation.TrialInterrupted i:
                _population.Stand(i.Trial, isPaused: false);
                break;
            case SchedulerObservation.TrialEnded e:
                _population.End(e.Trial);
                _turnedBy = _population.Turn() ? e.Trial : null;
                break;
        }
    }

    private void Reported(TrialReport report)
    {
        var member = _population[report.Trial];
        var score = objective.Score(report.Value(objective.Metric));
        if (report.Value(rules.TimeAttr) is { } time && !double.IsNaN(time) && !double.IsNaN(score) && _population.IsDue(member, time))
        {
            explorer.Observe(member, time, score);
        }

        _population.Report(report);
    }

    private void Plan(IReadOnlyList<SchedulerDecision> decisions)
    {
        foreach (var decision in decisions)
        {
            if (decision is SchedulerDecision.Exploit exploit)
            {
                _population.Plan(exploit);
            }
        }
    }

    private IReadOnlyList<SchedulerDecision> Missing(TrialReport report, string metric) => rules.RequireAttrs
        ? [new SchedulerDecision.Stop(report.Trial, $"its report {report.Number} has no '{metric}', which {name} needs and require_attrs asks for")]
        : [];

    private IReadOnlyList<SchedulerDecision> DecideAlone(Member member, double time, double? value, TrialBoard board)
    {
        var score = objective.Score(value);
        if (!double.IsNaN(score))
        {
            var ranking = _population.Ranking;
            var entry = new Ranked(score, member.Id);
            var wasWorse = member.Rank is { } before && ranking.Compare(before, entry) < 0;
            var count = ranking.Count + (member.Rank is null ? 1 : 0);
            var size = Ranking.QuantileSize(count, rules.QuantileFraction);
            if (ranking.PlaceOf(entry) - (wasWorse ? 1 : 0) < size && _population.SourcesFor(member, size) is > 0 and var sources)
            {
                var random = Explorations(member.Id, board);
                var source = Standing.Of(_population.SourceFor(member, random.NextInt32(sources)));
                return [Exploit(new(member, score, value!.Value, time, IsProven: true), source, size, count, board, random, member.Id)];
            }
        }

        return GiveWay(member, time, board);
    }

    // One stream per trial and report, so that who else explores does not matter.
    private RandomStream Explorations(TrialId exploiter, TrialBoard board) => (_seed / exploiter.Number / board[exploiter].Reports).Stream();

    private SchedulerDecision.Exploit Exploit(Standing exploiter, Standing source, int size, int count, TrialBoard board, RandomStream random,
        TrialId? reporting)
    {
        var (own, other) = (board[exploiter.Trial], board[source.Trial]);
        var explored = Explore(new(exploiter.Member, source.Member, own.Config, other.Config, _population.Longest, random));
        return new(exploiter.Trial, source.Trial, explored.Config, ExploitReason.Of(exploiter, source, size, count, own, other, explored, reporting));
    }

    // Explores until the constraints hold; what is computed from explored values follows them. Where none hold, the source's configuration stays.
    private ExploredConfig Explore(ExploreRequest request)
    {
        for (var attempt = 0; attempt < MostExplorations; attempt++)
        {
            var explored = explorer.Explore(request);
            if (_completer is null)
            {
                return explored;
            }

            if (_completer.Complete(explored.Config, request.Random.NextUInt64()) is { } complete)
            {
                return explored with { Config = complete };
            }
        }

        return new(request.Config, []);
    }

    private IReadOnlyList<SchedulerDecision> GiveWay(Member member, double time, TrialBoard board)
    {
        if (board.Startable.Count == 0 && !board.ExpectsTrials)
        {
            return [];
        }

        var least = _population.LeastTrained(board, withPaused: true);
        var reason = least is not null && (rules.IsRay || least.Trained < time)
            ? $"gives way at {ExploitReason.Number(time)} to trial {least.Id}, which has trained to {ExploitReason.Number(least.Trained)}"
            : board.ExpectsTrials ? $"gives way at {ExploitReason.Number(time)} to a new trial" : null;
        return reason is null ? [] : [new SchedulerDecision.Pause(member.Id, reason)];
    }

    private List<SchedulerDecision> DecideAtBarrier(Member member, double time, double? value, TrialBoard board)
    {
        var barrier = ExploitReason.Number(_population.NextSync);
        if (!_population.IsCompleteWith(member))
        {
            var others = _population.Behind - (member.Trained < _population.NextSync ? 1 : 0);
            return [new SchedulerDecision.Pause(member.Id,
                $"waits at {ExploitReason.Number(time)} until all have come to {barrier}: {others} {(others == 1 ? "trial has" : "trials have")} not")];
        }

        List<Standing> all = [.. _population.ByTraining.Select(id => id == member.Id
            ? new Standing(member, objective.Score(value), value ?? double.NaN, time, IsProven: true)
            : Standing.Of(_population[id]))];
        var decisions = ExploitsOf(all, board, member.Id);
        if (time >= _population.SyncAfter(all.Max(s => s.Time)) && !decisions.Exists(d => d.Trial == member.Id))
        {
            decisions.Add(new SchedulerDecision.Pause(member.Id, $"waits at {ExploitReason.Number(time)}, ahead of the others"));
        }

        return decisions;
    }

    // What happens at a barrier: the lower quantile takes over from the upper one.
    private List<SchedulerDecision> ExploitsOf(List<Standing> all, TrialBoard board, TrialId? reporting)
    {
        all.Sort((a, b) => _population.Ranking.Compare(new(a.Score, a.Trial), new(b.Score, b.Trial)));
        var size = Ranking.QuantileSize(all.Count, rules.QuantileFraction);
        var upper = all.TakeLast(size).Where(s => rules.IsRay || (s.IsProven && !double.IsNaN(s.Score))).ToList();
        return upper.Count == 0 ? [] : [.. all.Take(size).Select(exploiter =>
        {
            var random = Explorations(exploiter.Trial, board);
            return Exploit(exploiter, upper[random.NextInt32(upper.Count)], size, all.Count, board, random, reporting);
        })];
    }
}
