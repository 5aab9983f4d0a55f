namespace Tuning.Schedulers.Population;

/// <summary>
/// The state of a population: scores, times, and who waits. It changes only by what it is told, so that a resumed experiment has the
/// same one.
/// </summary>
internal sealed class Population(PopulationRules rules, Objective objective, long trials)
{
    private readonly List<Member> _members = [];
    private readonly TrainingOrder _live = new();

    // Members that have no segment and no exploit to come: paused ones, and others.
    private readonly TrainingOrder _paused = new();
    private readonly TrainingOrder _waiting = new();
    private readonly Ranking _sources = new(olderIsBetter: !rules.IsRay);
    private int _behind;

    /// <summary>The scores of members that have not ended.</summary>
    public Ranking Ranking { get; } = new(olderIsBetter: !rules.IsRay);

    /// <summary>The time at which members wait for each other.</summary>
    public double NextSync { get; private set; } = Math.Max(rules.Interval, rules.BurnIn);

    /// <summary>Members that have not ended, those that trained least first; of equals the older.</summary>
    public IEnumerable<TrialId> ByTraining => _live.From(0);

    /// <summary>The last of those, at most so many.</summary>
    public IEnumerable<Member> Longest(int count) => _live.From(Math.Max(0, _live.Count - count)).Select(id => this[id]);

    /// <summary>How many members others wait for.</summary>
    public int Behind => _behind + (int)Math.Min(int.MaxValue, Math.Max(0, trials - _members.Count));

    /// <summary>A member.</summary>
    public Member this[TrialId id] => _members[id.Number];

    /// <summary>The trial that trained least, of those that could be started now; null when there is none.</summary>
    /// <param name="board">All trials.</param>
    /// <param name="withPaused">Whether paused ones are among those.</param>
    public Member? LeastTrained(TrialBoard board, bool withPaused)
    {
        var waiting = First(_waiting, board.Waiting);
        var paused = withPaused ? First(_paused, board.Startable) : null;
        return waiting is null || paused is null ? waiting ?? paused
            : paused.Trained < waiting.Trained || (paused.Trained == waiting.Trained && paused.Id < waiting.Id) ? paused : waiting;
    }

    /// <summary>How many members of the upper quantile may be the source of a member that is in the lower one.</summary>
    public int SourcesFor(Member member, int size)
    {
        var lowest = LowestOfUpper(member, size);
        return _sources.Count - _sources.PlaceOf(lowest) - (member.IsSource && Ranking.Compare(member.Rank!.Value, lowest) > 0 ? 1 : 0);
    }

    /// <summary>Of the possible sources of a member the one at a place, 0 being the best.</summary>
    public Member SourceFor(Member member, int place)
    {
        var at = _sources.Count - 1 - place;
        return this[_sources[member.IsSource && at <= _sources.PlaceOf(member.Rank!.Value) ? at - 1 : at].Trial];
    }

    /// <summary>Whether a member is to be compared at a report at this time.</summary>
    public bool IsDue(Member member, double time) => rules.Synch
        ? time >= NextSync
        : time >= rules.BurnIn && time - member.PerturbedBefore(time) >= rules.Interval;

    /// <summary>Whether everybody waits once this member does.</summary>
    public bool IsCompleteWith(Member member) => Behind - (member.Trained < NextSync ? 1 : 0) == 0;

    /// <summary>The barrier after the one that all have reached.</summary>
    public double SyncAfter(double longest) => Math.Max(NextSync + rules.Interval, longest);

    /// <summary>A trial was created, or a failed one is taken up again.</summary>
    public void Add(TrialId id, ParameterSet config)
    {
        if (id.Number == _members.Count)
        {
            _members.Add(new(id, config));
        }

        var member = this[id];
        member.Config = config;
        member.IsLive = true;
        _live.Add(member.Trained, id);
        Rest(member, _waiting);
        _behind += member.Trained < NextSync ? 1 : 0;
    }

    /// <summary>A member reported.</summary>
    public void Report(TrialReport report)
    {
        var member = this[report.Trial];
        member.Reports = report.Number;
        if (report.Value(rules.TimeAttr) is not { } time || double.IsNaN(time))
        {
            return;
        }

        var isDue = IsDue(member, time);
        member.Perturbed = member.PerturbedBefore(time);
        member.AtExploit = null;
        member.Time = time;
        if (isDue)
        {
            Compare(member, time, report.Value(objective.Metric));
        }
    }

    /// <summary>A member takes over another's state and has a new configuration.</summary>
    public void Exploit(Member exploiter, Member source)
    {
        exploiter.AtExploit = new(exploiter.Time, source.Time, source.Perturbed, AlwaysSource: rules.IsRay);
        exploiter.IsProven = false;
        exploiter.BaseScore = source.Rank?.Score ?? double.NaN;
        exploiter.Config = exploiter.Planned?.Config ?? exploiter.Config;
        Abandon(exploiter);
    }

    /// <summary>A member is to take over another's state.</summary>
    public void Plan(SchedulerDecision.Exploit exploit)
    {
        var member = this[exploit.Trial];
        member.Planned = exploit;
        Rest(member, null);
        KeepSource(member);
    }

    /// <summary>A member has nothing to take over any more: it waits for its next start.</summary>
    public void Abandon(Member member)
    {
        member.Planned = null;
        KeepSource(member);
        Rest(member, _waiting);
    }

    /// <summary>A member starts.</summary>
    public void Start(TrialId id) => Rest(this[id], null);

    /// <summary>A member's segment is over, and it waits for its next start.</summary>
    /// <param name="id">The member.</param>
    /// <param name="isPaused">Whether it was paused: then it may be on its way to an exploit.</param>
    public void Stand(TrialId id, bool isPaused) => Rest(this[id], !isPaused ? _waiting : this[id].Planned is null ? _paused : null);

    /// <summary>A member has ended.</summary>
    public void End(TrialId id)
    {
        var member = this[id];
        if (!member.IsLive)
        {
            return;
        }

        member.IsLive = false;
        member.Planned = null;
        Unrank(member);
        Rest(member, null);
        _live.Remove(member.Trained, id);
        _behind -= member.Trained < NextSync ? 1 : 0;
    }

    /// <summary>Where synchronous members all wait, the next barrier begins.</summary>
    /// <returns>Whether they did.</returns>
    public bool Turn()
    {
        if (!rules.Synch || _live.Count == 0 || Behind > 0)
        {
            return false;
        }

        NextSync = SyncAfter(_live.Longest);
        _behind = _live.From(0).TakeWhile(id => this[id].Trained < NextSync).Count();
        return true;
    }

    private void Compare(Member member, double time, double? value)
    {
        var rest = member.Rest;
        Rest(member, null);
        _live.Remove(member.Trained, member.Id);
        _behind += (time < NextSync ? 1 : 0) - (member.Trained < NextSync ? 1 : 0);
        member.Trained = time;
        _live.Add(time, member.Id);
        Rest(member, rest);
        var score = objective.Score(value);
        if (double.IsNaN(score) && !rules.Synch)
        {
            // No number, no comparison: the next report brings one.
            return;
        }

        Unrank(member);
        member.Value = value ?? double.NaN;
        member.Rank = new(score, member.Id);
        member.IsProven = true;
        member.BaseScore = score;
        member.Perturbed = time;
        Ranking.Add(member.Rank.Value);
        KeepSource(member);
    }

    // The worst of the upper quantile of all others.
    private Ranked LowestOfUpper(Member member, int size)
    {
        var place = Ranking.Count - size;
        return Ranking[member.Rank is { } rank && Ranking.PlaceOf(rank) >= place ? place - 1 : place];
    }

    private Member? First(TrainingOrder order, IReadOnlyCollection<TrialId> among)
    {
        for (var place = 0; place < order.Count && among.Count > 0; place++)
        {
            if (among.Contains(order[place]))
            {
                return this[order[place]];
            }
        }

        return null;
    }

    private static void Rest(Member member, TrainingOrder? where)
    {
        if (!ReferenceEquals(member.Rest, where))
        {
            member.Rest?.Remove(member.Trained, member.Id);
            member.Rest = where;
            where?.Add(member.Trained, member.Id);
        }
    }

    private void KeepSource(Member member)
    {
        var isSource = member.Rank is not null && (rules.IsRay || member is { IsProven: true, Planned: null });
        if (isSource != member.IsSource)
        {
            member.IsSource = isSource;
            if (isSource)
            {
                _sources.Add(member.Rank!.Value);
            }
            else
            {
                _sources.Remove(member.Rank!.Value);
            }
        }
    }

    private void Unrank(Member member)
    {
        if (member.Rank is { } rank)
        {
            Ranking.Remove(rank);
            if (member.IsSource)
            {
                _sources.Remove(rank);
            }

            (member.Rank, member.IsSource) = (null, false);
        }
    }
}
