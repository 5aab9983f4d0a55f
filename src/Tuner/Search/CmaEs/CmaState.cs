namespace Tuning.Search.CmaEs;

/// <summary>
/// What CMA-ES knows after some ended trials: a fold over them in the order of their ends, a generation at a time. The same trials give the same
/// state, whoever suggested them.
/// </summary>
/// <remarks>Used by one thread.</remarks>
internal sealed class CmaState
{
    private readonly CmaEsOptions _options;
    private readonly SeedPath _seed;
    private readonly CmaRestarts _restarts;
    private readonly int _excluded;
    private readonly List<double> _losses = [];
    private CmaTermination _termination;
    private CmaStart _start;
    private int[] _members = [];
    private double[] _points = [];
    private long _trials;
    private int _next;

    /// <param name="codec">The space.</param>
    /// <param name="options">The options.</param>
    /// <param name="population">Trials per generation, unless a restart says otherwise.</param>
    /// <param name="seed">The place of what is drawn for restarts and for imputed coordinates.</param>
    /// <param name="excluded">The number of the suggestion that is the centre and no draw: it is not part of a generation. -1 for none.</param>
    public CmaState(ParameterCodec codec, CmaEsOptions options, int population, SeedPath seed, int excluded)
    {
        (_options, _seed, _excluded) = (options, seed, excluded);
        Numbers = [.. codec.Axes.Where(a => a.Kind != AxisKind.Category)];
        Categories = [.. codec.Axes.Where(a => a.Kind == AxisKind.Category)];
        _restarts = new(options, population);
        _start = new(population, options.InitialSigma, true);
        Start(_start, CmaPrior.Centre(Numbers.Length, options.InitialSigma));
    }

    /// <summary>The axes whose values are in order.</summary>
    public ImmutableArray<Axis> Numbers { get; }

    /// <summary>The axes whose values are not.</summary>
    public ImmutableArray<Axis> Categories { get; }

    /// <summary>The distribution of the numbers; null when there are none.</summary>
    public CmaDistribution? Distribution { get; private set; }

    /// <summary>The distributions of the categories.</summary>
    public CategoryDistribution[] Choices { get; private set; } = [];

    /// <summary>How many generations there were since the last restart.</summary>
    public int Generation { get; private set; }

    /// <summary>Trials per generation.</summary>
    public int Population => _start.Population;

    /// <summary>How many restarts there were.</summary>
    public int Restarts { get; private set; }

    /// <summary>Why the last search ended.</summary>
    public string RestartReason { get; private set; } = "";

    /// <summary>The best trial of the last generation that had a success; -1 while there is none.</summary>
    public int Leader { get; private set; } = -1;

    /// <summary>How many trials the first distribution was taken from.</summary>
    public int Prior { get; private set; }

    /// <summary>Takes the first trials for the distribution to begin with.</summary>
    /// <param name="archive">The trials.</param>
    /// <param name="count">How many of the ended ones.</param>
    /// <param name="isElsewhere">Whether they are of another experiment, whose optimum is near rather than here.</param>
    public void Begin(TrialArchive archive, int count, bool isElsewhere)
    {
        _next = count;
        if (CmaPrior.From(archive, archive.Ended[..count], Numbers, isElsewhere) is { } prior)
        {
            Start(_start, prior);
            (Prior, Leader) = (count, prior.Best);
            foreach (var (choice, axis) in Choices.Zip(Categories))
            {
                Learn(choice, axis, archive, prior.Places, k => 1.0 / prior.Places.Length);
            }
        }
    }

    /// <summary>Learns from the generations that are complete.</summary>
    public void Follow(TrialArchive archive)
    {
        var ended = archive.Ended;
        while (true)
        {
            var (count, at) = (0, _next);
            for (; at < ended.Length && count < Population; at++)
            {
                if (archive[ended[at]].Suggestion != _excluded)
                {
                    _members[count++] = ended[at];
                }
            }

            if (count < Population)
            {
                return;
            }

            _next = at;
            Learn(archive);
        }
    }

    private void Learn(TrialArchive archive)
    {
        var ranking = new CmaRanking(archive);
        var members = _members.AsSpan(0, Population);
        ranking.Sort(members);
        _losses.Clear();
        foreach (var place in members)
        {
            if (ranking.IsSuccess(place))
            {
                _losses.Add(archive.Loss(place));
            }
        }

        Generation++;
        _trials += Population;
        if (ranking.Compare(members[0], members[^1]) == 0 && _losses.Count == 0)
        {
            return; // nothing but failures says nothing
        }

        Leader = _losses.Count > 0 ? members[0] : Leader;
        Learn(archive, members);
        if (_options.Restarts != RestartStrategy.None && Distribution is { } distribution
            && _termination.Check(distribution, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_losses)) is { } reason)
        {
            Restart(reason);
        }
    }

    private void Learn(TrialArchive archive, Span<int> members)
    {
        var parameters = new CmaParameters(Math.Max(1, Numbers.Length), Population);
        if (Distribution is { } distribution)
        {
            for (var k = 0; k < members.Length; k++)
            {
                Read(archive, members[k], distribution, _points.AsSpan(k * Numbers.Length, Numbers.Length));
            }

            distribution.Update(_points);
            for (var i = 0; i < Numbers.Length; i++)
            {
                if (Numbers[i].Kind == AxisKind.Ordinal)
                {
                    CmaMargin.Correct(distribution, i, Numbers[i], 1.0 / (Numbers.Length * Population));
                }
                else
                {
                    distribution.Mean[i] = Math.Clamp(distribution.Mean[i], 0, 1);
                }
            }

            distribution.Limit(1);
        }

        var better = members[..parameters.Parents].ToArray();
        for (var i = 0; i < Choices.Length; i++)
        {
            Learn(Choices[i], Categories[i], archive, better, k => parameters.Weights[k]);
        }
    }

    private static void Learn(CategoryDistribution choice, Axis axis, TrialArchive archive, ReadOnlySpan<int> places, Func<int, double> weight)
    {
        Span<double> weights = stackalloc double[choice.Probabilities.Length];
        weights.Clear();
        for (var k = 0; k < places.Length; k++)
        {
            var value = archive.Row(places[k])[axis.Index];
            if (!double.IsNaN(value))
            {
                weights[(int)value] += weight(k);
            }
        }

        choice.Update(weights);
    }

    // Steps and absent coordinates are filled in as the distribution would have drawn them, by chance that the trial fixes.
    private void Read(TrialArchive archive, int place, CmaDistribution distribution, Span<double> point)
    {
        var row = archive.Row(place);
        RandomStream? random = null;
        for (var i = 0; i < point.Length; i++)
        {
            var (axis, value) = (Numbers[i], row[Numbers[i].Index]);
            if (double.IsNaN(value))
            {
                random ??= Chance(archive, place);
                point[i] = distribution.Mean[i] + (distribution.Deviation(i) * random.NextGaussian());
            }
            else if (axis.Kind == AxisKind.Ordinal)
            {
                random ??= Chance(archive, place);
                point[i] = CmaMargin.Within(distribution, i, axis, value, Math.Clamp(random.NextDouble(), 1e-9, 1 - 1e-9));
            }
            else
            {
                point[i] = value;
            }
        }
    }

    private RandomStream Chance(TrialArchive archive, int place) => new(_seed.Root ^ (ulong)(archive[place].Suggestion * -7046029254386353131L));

    private void Restart(string reason)
    {
        Restarts++;
        RestartReason = reason;
        var random = (_seed / "restart" / Restarts).Stream();
        var start = _restarts.Next(_start, _trials, random);
        var mean = new double[Numbers.Length];
        foreach (ref var coordinate in mean.AsSpan())
        {
            coordinate = random.NextDouble();
        }

        _trials = 0;
        Start(start, new(mean, start.StepSize, null, -1, []));
    }

    [System.Diagnostics.CodeAnalysis.MemberNotNull(nameof(_termination))]
    private void Start(CmaStart start, CmaPrior prior)
    {
        _start = start;
        Generation = 0;
        _termination = new(Math.Max(1, Numbers.Length), start.Population);
        if (_members.Length != start.Population)
        {
            (_members, _points) = (new int[start.Population], new double[start.Population * Numbers.Length]);
        }

        var parameters = new CmaParameters(Math.Max(1, Numbers.Length), start.Population);
        Distribution = Numbers.IsEmpty ? null : new(parameters, prior.Mean, prior.StepSize, _options.LearningRateAdaptation, prior.Covariance);
        var freedom = Categories.Sum(c => c.Count - 1);
        Choices = [.. Categories.Select(c => new CategoryDistribution((int)c.Count, Categories.Length, parameters.Selected / (parameters.Selected + freedom)))];
    }
}
