namespace Tuning.Schedulers.Population;

/// <summary>
/// Explores as PB2 does (Parker-Holder et al., "Provably Efficient Online Hyperparameter Optimization with Population-Based Bandits",
/// 2020): a time-varying Gaussian process learns how fast the objective improves under which values, and the values with the highest
/// upper confidence bound are tried; the values of members that train just now count as places whose result is to come.
/// </summary>
internal sealed class BanditExplorer(IReadOnlyList<BoundedParameter> parameters, double interval) : IExplorer
{
    private const int _mostPoints = 1000;
    private const int MostPending = 100;
    private const int _candidates = 400;
    private const int _refinements = 100;

    private readonly List<Observation> _observations = [];

    /// <inheritdoc/>
    public void Observe(Member member, double time, double score)
    {
        var since = time - member.PerturbedBefore(time);
        if (since <= 0 || !double.IsFinite(member.BaseScore) || !double.IsFinite(score) || Place(member.Config) is not { } place)
        {
            return;
        }

        _observations.Add(new(time / interval, member.BaseScore, place, (score - member.BaseScore) / since));
        if (_observations.Count > _mostPoints)
        {
            _observations.RemoveAt(0);
        }
    }

    /// <inheritdoc/>
    public ExploredConfig Explore(ExploreRequest request)
    {
        var place = _observations.Count == 0 ? null : Search(request);
        var config = request.Config;
        var changes = new List<ParameterChange>();
        for (var i = 0; i < parameters.Count; i++)
        {
            var parameter = parameters[i];
            if (config.TryGet(parameter.Path, out var before))
            {
                var value = parameter.ValueAt(place?[i] ?? request.Random.NextDouble(), before is long);
                config = config.With(parameter.Path, value);
                changes.Add(new(parameter.Path, value, place is null ? "drawn, as nothing is known yet" : "highest bound on the improvement"));
            }
        }

        return new(config, changes);
    }

    private double[] Search(ExploreRequest request)
    {
        var (least, most) = (_observations.Min(o => o.Before), _observations.Max(o => o.Before));
        var process = new TimeVaryingProcess([.. _observations.OrderBy(o => o.Time)
            .Select(o => new ProcessPoint(o.Time, Features(o.Before, o.Place), o.Improvement))]);
        var now = request.Source.Trained / interval;

        // Of more members those that trained longest: what a takeover costs does not grow with the population.
        foreach (var member in request.Longest(MostPending))
        {
            if (member.Id != request.Taker.Id && double.IsFinite(member.BaseScore) && Place(member.Config) is { } training)
            {
                process.AddPending(new(now, Features(member.BaseScore, training), 0));
            }
        }

        var breadth = Math.Sqrt(Math.Max(0, 0.2 * Math.Log(0.4 * _observations.Count)));
        var context = request.Source.Rank?.Score ?? most;
        double[]? best = null;
        var bound = double.NegativeInfinity;
        for (var i = 0; i < _candidates + _refinements; i++)
        {
            var candidate = Candidate(i < _candidates ? null : best, request.Random);
            var (mean, deviation) = process.Predict(new(now, Features(context, candidate), 0));
            if (mean + (breadth * deviation) > bound)
            {
                (bound, best) = (mean + (breadth * deviation), candidate);
            }
        }

        return best!;

        double[] Features(double before, double[] place) => [most > least ? (before - least) / (most - least) : 0.5, .. place];
    }

    // Anywhere, or near the best so far.
    private double[] Candidate(double[]? near, RandomStream random) =>
        [.. parameters.Select((_, i) => near is null ? random.NextDouble() : Math.Clamp(near[i] + (0.05 * random.NextGaussian()), 0, 1))];

    private double[]? Place(ParameterSet config)
    {
        var place = new double[parameters.Count];
        for (var i = 0; i < place.Length; i++)
        {
            if (!config.TryGet(parameters[i].Path, out var value) || parameters[i].PlaceOf(value) is not { } at)
            {
                return null;
            }

            place[i] = at;
        }

        return place;
    }

    private sealed record Observation(double Time, double Before, double[] Place, double Improvement);
}

/// <summary>A parameter with bounds.</summary>
/// <param name="Path">Its dotted path.</param>
/// <param name="Lower">The lower bound, included.</param>
/// <param name="Upper">The upper bound, included.</param>
internal sealed record BoundedParameter(string Path, double Lower, double Upper)
{
    /// <summary>Where a value is between the bounds, from 0 to 1; null when it is no number.</summary>
    public double? PlaceOf(object? value) => value switch
    {
        long whole => Math.Clamp((whole - Lower) / (Upper - Lower), 0, 1),
        double real => Math.Clamp((real - Lower) / (Upper - Lower), 0, 1),
        _ => null,
    };

    /// <summary>The value at a place; a whole number is rounded to one within the bounds.</summary>
    public object ValueAt(double place, bool isWhole)
    {
        var value = Math.Clamp(Lower + (place * (Upper - Lower)), Lower, Upper);
        return isWhole ? (object)(long)Math.Clamp(Math.Round(value), Math.Ceiling(Lower), Math.Floor(Upper)) : value;
    }
}
