namespace Tuning.Schedulers.Halving;

/// <summary>A trial in a bracket of HyperBand.</summary>
internal sealed class BracketMember(int trial)
{
    public int Trial { get; } = trial;

    /// <summary>The time of its last report.</summary>
    public double Time { get; set; }

    /// <summary>Its last score; NaN ranks last.</summary>
    public double Score { get; set; } = double.NaN;

    /// <summary>Whether it has come to the bracket's milestone.</summary>
    public bool HasArrived { get; set; }

    /// <summary>Whether it is paused.</summary>
    public bool IsPaused { get; set; }

    /// <summary>Its place at the milestone before, 1 for the best; 0 before the first.</summary>
    public int Place { get; set; }
}

/// <summary>
/// A bracket of synchronous successive halving: who is in it, and which milestone they are on the way to. It advances when it is observed that
/// trials were stopped at a milestone or that one of those that had arrived goes on; so what stands in a record is what happened.
/// </summary>
internal sealed class SyncBracket
{
    private readonly HyperBandTable _table;
    private readonly double _work;
    private readonly Dictionary<int, BracketMember> _live = [];
    private int _target;
    private int _arrived;
    private double _progress;

    /// <summary>A bracket without trials.</summary>
    public SyncBracket(HyperBandTable table, int number, int band, int s)
    {
        (_table, Number, Band, Halvings) = (table, number, band, s);
        _target = Capacity = (int)table.Trials(s);
        Milestone = table.FirstMilestone(s);
        _work = Work(table, s);
    }

    /// <summary>How many brackets there were before it.</summary>
    public int Number { get; }

    /// <summary>The number of its band.</summary>
    public int Band { get; }

    /// <summary>How many trials it takes.</summary>
    public int Capacity { get; }

    /// <summary>How many trials it was given.</summary>
    public int Added { get; private set; }

    /// <summary>How many have neither ended nor been set aside.</summary>
    public int Live => _live.Count;

    /// <summary>The time at which trials pause next.</summary>
    public int Milestone { get; private set; }

    /// <summary>The milestone before; 0 before the first.</summary>
    public int LastMilestone { get; private set; }

    /// <summary>How many trials were ranked there.</summary>
    public int LastRanked { get; private set; }

    /// <summary>How often it will still be halved.</summary>
    public int Halvings { get; private set; }

    /// <summary>Whether it was halved already: it takes no more trials.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Whether everyone in it has come to the milestone.</summary>
    public bool HasAll => Halvings > 0 && _live.Count > 0 && _arrived == _live.Count;

    /// <summary>Whether one of its paused members may go on, now or when it is full.</summary>
    public bool MayGoOn => Ready.Count > 0 || HasAll;

    /// <summary>How many are still on their way to the milestone.</summary>
    public int Missing => _live.Count - _arrived;

    /// <summary>How much of its training is done, from 0 to 1.</summary>
    public double Completion => Math.Min(1, _progress / _work);

    /// <summary>Members that are paused and may go on, the best first.</summary>
    public SortedSet<(double Worse, int Trial)> Ready { get; } = [];

    /// <summary>A member; null when the trial has ended or was set aside.</summary>
    public BracketMember? Find(TrialId trial) => _live.GetValueOrDefault(trial.Number);

    /// <summary>Adds a trial.</summary>
    public void Add(TrialId trial)
    {
        _live.Add(trial.Number, new(trial.Number));
        Added++;
    }

    /// <summary>A member reported.</summary>
    public void Report(BracketMember member, double time, double? score)
    {
        _progress += Math.Max(0, time - member.Time);
        member.Time = time;
        member.Score = score ?? member.Score;
        Arrive(member);
    }

    /// <summary>A member is paused.</summary>
    public void Pause(BracketMember member)
    {
        member.IsPaused = true;
        KeepReady(member);
    }

    /// <summary>A member goes on.</summary>
    public void Start(BracketMember member)
    {
        member.IsPaused = false;
        KeepReady(member);
    }

    /// <summary>A trial has ended, will end, or is set aside.</summary>
    public void Remove(TrialId trial)
    {
        if (_live.Remove(trial.Number, out var member))
        {
            _arrived -= member.HasArrived ? 1 : 0;
            Ready.Remove(Key(member));
        }
    }

    /// <summary>The members that have arrived, the best first. With scores of a report that was not observed yet.</summary>
    public List<(int Trial, double Score)> Ranking(int reporting = -1, double? score = null)
    {
        var ranking = _live.Values.Where(m => m.HasArrived || m.Trial == reporting)
            .Select(m => (m.Trial, Score: m.Trial == reporting ? score ?? m.Score : m.Score)).ToList();
        ranking.Sort(static (a, b) => a.Score.Equals(b.Score) || a.Score == b.Score ? a.Trial.CompareTo(b.Trial) : b.Score.CompareTo(a.Score));
        return ranking;
    }

    /// <summary>How many go on when it is halved now.</summary>
    /// <param name="countsMissing">Whether trials that never came count, as in Ray; otherwise only those that it was given.</param>
    public int Keeps(bool countsMissing) => _table.Keep(countsMissing || IsClosed ? _target : Math.Min(_target, Added));

    /// <summary>The halving is done: all that are in it go on to the next milestone.</summary>
    /// <param name="ranking">The ranking that decided, with those who had to leave.</param>
    /// <param name="countsMissing">As in <see cref="Keeps"/>.</param>
    public void Advance(List<(int Trial, double Score)> ranking, bool countsMissing)
    {
        _target = Keeps(countsMissing);
        (LastMilestone, LastRanked, IsClosed) = (Milestone, ranking.Count, true);
        Milestone = _table.Next(Milestone);
        Halvings--;
        for (var place = 0; place < ranking.Count; place++)
        {
            if (_live.TryGetValue(ranking[place].Trial, out var member))
            {
                member.Place = place + 1;
            }
        }

        _arrived = 0;
        foreach (var member in _live.Values)
        {
            member.HasArrived = false;
            Arrive(member);
            KeepReady(member);
        }
    }

    /// <summary>Whether another trial has a place in it. In Ray's way those that ended make room.</summary>
    public bool HasRoom(bool isRay) => isRay ? _live.Count != _target : !IsClosed && Added < Capacity;

    private static (double Worse, int Trial) Key(BracketMember member) => (double.IsNaN(member.Score) ? double.PositiveInfinity : -member.Score, member.Trial);

    private void Arrive(BracketMember member)
    {
        if (Halvings > 0 && member.Time >= Milestone && !member.HasArrived)
        {
            member.HasArrived = true;
            _arrived++;
        }
    }

    private void KeepReady(BracketMember member)
    {
        if (member is { IsPaused: true, HasArrived: false })
        {
            Ready.Add(Key(member));
        }
        else
        {
            Ready.Remove(Key(member));
        }
    }

    private static double Work(HyperBandTable table, int s)
    {
        var (work, n, milestone, before) = (0.0, (int)table.Trials(s), table.FirstMilestone(s), 0);
        for (var i = 0; i <= s; i++)
        {
            work += (double)n * (milestone - before);
            (n, before, milestone) = (table.Keep(n), milestone, table.Next(milestone));
        }

        return work;
    }
}
