using Tuning.Trials;

namespace Tuning.Schedulers.Population;

/// <summary>
/// The state of a population: scores, times, and who waits. It changes only by what it is told, so that a resumed experiment has the
/// same one.
/// </summary>
internal sealed class Population(PopulationRules rules, Objective objective, long trials)
{
    private readonly List<Member> _members = [];
    private readonly SortedSet<(double Trained, TrialId Trial)> _live = [];
    private int _behind;

    /// <summary>The scores of members that have not ended.</summary>
    public Ranking Ranking { get; } = new(olderIsBetter: !rules.IsRay);

    /// <summary>The time at which members wait for each other.</summary>
    public double NextSync { get; private set; } = Math.Max(rules.Interval, rules.BurnIn);

    /// <summary>Members that have not ended, those that trained least first; of equals the older.</summary>
    public IEnumerable<TrialId> ByTraining => _live.Select(m => m.Trial);

    /// <summary>How many members have not ended.</summary>
    public int LiveCount => _live.Count;

    /// <summary>How many members others wait for.</summary>
    public int Behind => _behind + (int)Math.Min(int.MaxValue, Math.Max(0, trials - _members.Count));

    /// <summary>A member.</summary>
    public Member this[TrialId id] => _members[id.Number];

    /// <summary>The trial that trained least, of those that may run; null when there is none.</summary>
    public Member? LeastTrained(IReadOnlyCollection<TrialId> among)
    {
        foreach (var id in among.Count == 0 ? [] : ByTraining)
        {
            if (among.Contains(id))
            {
                return this[id];
            }
        }

        return null;
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
        _live.Add((member.Trained, id));
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
        member.Takeover = null;
        member.Time = time;
        if (isDue)
        {
            Compare(member, time, report.Value(objective.Metric));
        }
    }

    /// <summary>A member takes over another's state and has a new configuration.</summary>
    public void Exploit(Member taker, Member source)
    {
        taker.Takeover = new(taker.Time, source.Time, source.Perturbed, AlwaysSource: rules.IsRay);
        taker.IsProven = false;
        taker.BaseScore = source.Rank?.Score ?? double.NaN;
        taker.Config = taker.Planned?.Config ?? taker.Config;
        taker.Planned = null;
    }

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
        _live.Remove((member.Trained, id));
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

        NextSync = SyncAfter(_live.Max.Trained);
        _behind = _live.Count(m => m.Trained < NextSync);
        return true;
    }

    private void Compare(Member member, double time, double? value)
    {
        _live.Remove((member.Trained, member.Id));
        _behind += (time < NextSync ? 1 : 0) - (member.Trained < NextSync ? 1 : 0);
        member.Trained = time;
        _live.Add((time, member.Id));
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
    }

    private void Unrank(Member member)
    {
        if (member.Rank is { } rank)
        {
            Ranking.Remove(rank);
            member.Rank = null;
        }
    }
}
