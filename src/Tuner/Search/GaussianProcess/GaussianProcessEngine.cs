namespace Tuning.Search.GaussianProcess;

/// <summary>
/// Makes the decision of a suggestion: evidence in, ranked rows out. Keeps hyper-parameters between suggestions, which are functions of the
/// evidence. Not safe for concurrent use.
/// </summary>
internal sealed class GaussianProcessEngine(IRowSpace space, int candidates = 2048, int draws = 16)
{
    /// <summary>How many of the suggestions look anywhere while the model sees mostly noise, and so knows of no better place.</summary>
    private const double ExploringShare = 0.5;

    /// <summary>Under noise, at how many of the best trials the values without noise are drawn.</summary>
    private const int MostDenoised = 16;

    private readonly FeatureMap _map = new(space.Dimensions);
    private readonly SurrogateFits _fits = new(new(space.Dimensions), new Prior()), _violationFits = new(new(space.Dimensions), new Prior());

    /// <summary>Forgets what was derived from results: they are others now.</summary>
    public void Clear()
    {
        _fits.Clear();
        _violationFits.Clear();
    }

    /// <summary>The process over the values, with the values that are pending drawn.</summary>
    public ObjectiveModel Model(Evidence evidence, RandomStream? random)
    {
        var rows = evidence.Valued.Select(i => evidence.Rows[i]).ToArray();
        var warp = OutputWarp.Of(evidence.ValuesOf(rows.Length));
        var pending = random is null ? [] : evidence.Pending;
        var posterior = new Posterior(_map, _fits.For(rows, evidence.ValuesOf), [.. rows, .. pending], warp.Targets, Noises(pending.Count, random));
        var (incumbent, best) = (-1, double.PositiveInfinity);
        for (var i = 0; i < rows.Length; i++)
        {
            if (evidence.IsFeasible(evidence.Valued[i]) && posterior.RowMeans[i] < best)
            {
                (incumbent, best) = (evidence.Valued[i], posterior.RowMeans[i]);
            }
        }

        return new(posterior, warp, incumbent, best);
    }

    /// <summary>Rows, best first.</summary>
    public RankedCandidates Suggest(Evidence evidence, RandomStream random)
    {
        var model = Model(evidence, random);
        if (model.IsMostlyNoise && random.NextDouble() < ExploringShare)
        {
            var anywhere = CandidatePoints.Make(space, 64, null, random).Select(p => new Candidate(p, p, 0));
            return new(model, [.. anywhere.Where(c => space.Settle(c.Row))]) { IsExploring = true };
        }

        IAcquisition? acquisition = null;
        if (model.Incumbent >= 0)
        {
            acquisition = model.IsNoisy ? NoisyImprovement(evidence, model, random)
                : new LogExpectedImprovement(model.Posterior, [.. model.Posterior.PendingValues.Select(v => v.Append(model.Best).Min())]);
        }

        acquisition = WithFeasibility(evidence, acquisition);
        var points = CandidatePoints.Make(space, candidates, model.Incumbent >= 0 ? evidence.Rows[model.Incumbent] : null, random);
        var ranked = new AcquisitionSearch(space, acquisition, model.Posterior.Settings).Run(points, random);
        return new(model, ranked);
    }

    /// <summary>
    /// The improvement over the best trial as it would be without noise, drawn together with the pending values: which trial is best is then uncertain, and one
    /// that was lucky does not hide what is better (Letham et al., "Constrained Bayesian optimization with noisy experiments", 2019). Where they draw at all
    /// trials, here those with the best means are enough.
    /// </summary>
    private LogExpectedImprovement NoisyImprovement(Evidence evidence, ObjectiveModel model, RandomStream random)
    {
        var rows = evidence.Valued.Select(i => evidence.Rows[i]).ToArray();
        var best = Enumerable.Range(0, rows.Length).Where(i => evidence.IsFeasible(evidence.Valued[i])).OrderBy(i => model.Posterior.RowMeans[i])
            .Take(MostDenoised);
        double[][] drawn = [.. evidence.Pending, .. best.Select(i => rows[i])];
        var posterior = new Posterior(_map, model.Posterior.Settings, [.. rows, .. drawn], model.Warp.Targets, Noises(drawn.Length, random));
        return new(posterior, [.. posterior.PendingValues.Select(v => v.Min())]);
    }

    private double[] Noises(int rows, RandomStream? random)
    {
        var noises = new double[draws * rows];
        foreach (ref var n in noises.AsSpan())
        {
            n = random!.NextGaussian();
        }

        return noises;
    }

    /// <summary>Adds the logarithm of the probability of a feasible trial, when not all were.</summary>
    private IAcquisition WithFeasibility(Evidence evidence, IAcquisition? acquisition)
    {
        var all = Enumerable.Range(0, evidence.Rows.Count);
        if (acquisition is not null && all.All(evidence.IsFeasible))
        {
            return acquisition;
        }

        // Where nothing else keeps a suggestion away from trials that run, they count with the violations that are expected of them.
        IReadOnlyList<double[]> rows = acquisition is null ? [.. evidence.Rows, .. evidence.Pending] : evidence.Rows;
        var posterior = new Posterior(_map, _violationFits.For(evidence.Rows, evidence.LabelsOf), rows, evidence.LabelsOf(evidence.Rows.Count), []);
        return new LogFeasibility(posterior, acquisition);
    }
}

/// <summary>A process over warped values, and where it is best.</summary>
/// <param name="Posterior">The process.</param>
/// <param name="Warp">How values became targets.</param>
/// <param name="Incumbent">The feasible trial with the best mean; -1 when there is none.</param>
/// <param name="Best">That mean.</param>
internal sealed record ObjectiveModel(Posterior Posterior, OutputWarp Warp, int Incumbent, double Best)
{
    /// <summary>Whether noise explains a third of the values' variance or more: the model may have overlooked what there is to find.</summary>
    public bool IsMostlyNoise => Posterior.Settings.Noise > 0.5 * Posterior.Settings.Scale;

    /// <summary>Whether there is enough noise for a trial to look best by luck.</summary>
    public bool IsNoisy => Posterior.Settings.Noise > 0.03 * Posterior.Settings.Scale;

    /// <summary>Mean, over the draws, and standard deviation of the target at a row.</summary>
    public (double Mean, double Deviation) Predict(double[] row)
    {
        var space = new PredictionSpace(Posterior);
        for (var lane = 0; lane < Numerics.Vector512Math.Lanes; lane++)
        {
            space.Set(lane, row);
        }

        Posterior.Predict(space, false);
        var mean = 0.0;
        for (var s = 0; s < Posterior.Draws; s++)
        {
            mean += space.Means[s * Numerics.Vector512Math.Lanes] / Posterior.Draws;
        }

        return (mean, Math.Sqrt(space.Variances[0]));
    }
}

/// <summary>What was decided.</summary>
/// <param name="Model">From which model.</param>
/// <param name="Ranked">Rows, best first.</param>
internal sealed record RankedCandidates(ObjectiveModel Model, IReadOnlyList<Candidate> Ranked)
{
    /// <summary>Whether the rows are anywhere, because the model sees mostly noise.</summary>
    public bool IsExploring { get; init; }
}
