namespace Tuning.Schedulers.Halving;

/// <summary>All brackets, and what is known of each trial in them.</summary>
internal sealed class AshaBrackets
{
    private readonly SeedPath _seed;
    private readonly double[] _upTo;
    private AshaTrial[] _trials = new AshaTrial[16];

    public AshaBrackets(AshaOptions options, SeedPath seed)
    {
        _seed = seed;
        All = [.. Enumerable.Range(0, options.Brackets).Select(s => new AshaBracket(options, s))];
        var shares = Shares(All);
        _upTo = new double[shares.Count];
        var sum = 0.0;
        for (var i = 0; i < shares.Count; i++)
        {
            _upTo[i] = sum += shares[i];
        }
    }

    /// <summary>The brackets, that with most rungs first.</summary>
    public IReadOnlyList<AshaBracket> All { get; }

    /// <summary>How likely a new trial comes to each bracket: in proportion to e to the number of its rungs.</summary>
    public static IReadOnlyList<double> Shares(IReadOnlyList<AshaBracket> brackets)
    {
        var most = brackets.Max(b => b.Rungs.Count);
        var weights = brackets.Select(b => Math.Exp(b.Rungs.Count - most)).ToArray();
        var total = weights.Sum();
        return [.. weights.Select(w => w / total)];
    }

    /// <summary>What is known of a trial.</summary>
    public ref AshaTrial Of(TrialId trial)
    {
        if (trial.Number >= _trials.Length)
        {
            Array.Resize(ref _trials, Math.Max(trial.Number + 1, _trials.Length * 2));
        }

        return ref _trials[trial.Number];
    }

    /// <summary>The bracket of a trial.</summary>
    public AshaBracket BracketOf(TrialId trial) => All[All.Count == 1 ? 0 : Of(trial).Bracket];

    /// <summary>Draws a bracket for a new trial; the same one whenever the same trial is added.</summary>
    public void Add(TrialId trial)
    {
        if (All.Count > 1)
        {
            var drawn = (_seed / "bracket" / trial.Number).Stream().NextDouble();
            var at = Array.FindIndex(_upTo, limit => drawn < limit);
            Of(trial).Bracket = at < 0 ? All.Count - 1 : at;
        }
    }
}

/// <summary>What is known of a trial.</summary>
internal struct AshaTrial
{
    /// <summary>The number of its bracket.</summary>
    public int Bracket;

    /// <summary>The rungs at which it was judged, a bit for each.</summary>
    public ulong Judged;

    /// <summary>One more than the rung at which its score was recorded last; 0 before the first.</summary>
    public int Rungs;

    /// <summary>Its score there; for Ray's rules that of its last report.</summary>
    public double Score;

    /// <summary>The time of its last report, for Ray's rules.</summary>
    public double Time;

    /// <summary>Whether it was told to stop, for Ray's rules.</summary>
    public bool IsStopped;
}
