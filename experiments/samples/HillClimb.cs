using Tuning;
using Tuning.Randomness;
using Tuning.Search;
using Tuning.Spaces;

/// <summary>A sample search algorithm: tries the best configuration so far with one parameter changed.</summary>
internal sealed record HillClimbOptions : SearcherOptions
{
    /// <summary>How far a number moves, as a share of its range.</summary>
    /// <value>Above 0, at most 1. Default 0.1.</value>
    public double Step { get; init; } = 0.1;

    public override ISearcher Create(SearcherContext context) =>
        context.Objectives.Length != 1 ? throw new ArgumentException("hill-climb follows one objective: give tune.metric and tune.mode.")
        : Step is > 0 and <= 1 ? new HillClimb(context, Step)
        : throw new ArgumentException($"step: is {Step}; it must be above 0 and at most 1.");
}

/// <summary>Keeps no state: what it suggests follows from the history and the stream that it is handed.</summary>
internal sealed class HillClimb(SearcherContext context, double step) : ISearcher
{
    private readonly Objective _objective = context.Objectives[0];

    public string Name => "hill-climb";

    public bool IsImmediate => false;

    public long SuggestionsFor(long samples) => samples;

    public Suggestion Suggest(SearchHistory history, long number, RandomStream random)
    {
        SearchObservation? best = null;
        foreach (var trial in history.Observations)
        {
            best = _objective.IsBetter(trial.Objective, best?.Objective) ? trial : best;
        }

        if (best is null)
        {
            return new Suggestion.Configure(ParameterSet.Empty, "drawn: no trial has a value yet");
        }

        // Constants, computed values and conditional parameters are left away: they follow.
        var kept = context.Space.Domains.Where(d => d.Value is { Kind: not DomainKind.Computed, Condition: null }).ToList();
        var config = kept.Aggregate(ParameterSet.Empty, (set, d) => set.With(d.Key, best.Config[d.Key]));
        var (path, domain) = kept[random.NextInt32(kept.Count)];
        return new Suggestion.Configure(config.With(path, Near(domain, config[path], random)), $"the best, trial {best.Trial}, with another {path}");
    }

    private object? Near(Domain domain, object? value, RandomStream random)
    {
        if (domain is not RealDomain { Step: null } real)
        {
            return domain.Sample(random);
        }

        var (from, to, at) = real.IsLog ? (Math.Log(real.Lower), Math.Log(real.Upper), Math.Log((double)value!)) : (real.Lower, real.Upper, (double)value!);
        var moved = at + (step * (to - from) * random.NextGaussian());
        return Math.Clamp(real.IsLog ? Math.Exp(moved) : moved, real.Lower, Math.BitDecrement(real.Upper));
    }
}
