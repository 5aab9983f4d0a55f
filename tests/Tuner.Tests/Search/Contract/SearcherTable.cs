using System.Collections.Immutable;
using Tuning.Search;
using Tuning.Search.CmaEs;
using Tuning.Search.Auto;
using Tuning.Search.GaussianProcess;
using Tuning.Search.MultiObjective;
using Tuning.Search.QuasiRandom;
using Tuning.Search.Tpe;

namespace Tuning.Tests.Search.Contract;

/// <summary>A search algorithm in the contract suite.</summary>
/// <param name="Name">What the tests call it.</param>
/// <param name="Options">Its options, with the points to begin with; small start-ups, so that few trials show what it does.</param>
internal sealed record SearcherRow(string Name, Func<ImmutableArray<ParameterSet>, SearcherOptions> Options)
{
    /// <summary>Whether it learns from results; else it only draws.</summary>
    public bool Learns { get; init; } = true;

    /// <summary>How many objectives it is shown.</summary>
    public int Objectives { get; init; } = 1;

    /// <summary>How many trials the costlier tests run.</summary>
    public int Trials { get; init; } = 60;

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}

/// <summary>All search algorithms: a row earns the whole suite.</summary>
internal static class SearcherTable
{
    /// <summary>The rows.</summary>
    public static ImmutableArray<SearcherRow> Rows { get; } =
    [
        new("random", points => new RandomSearchOptions { PointsToEvaluate = points }) { Learns = false },
        new("drawn", points => new DrawnOptions { PointsToEvaluate = points }),
        new("gp", points => new GaussianProcessOptions { PointsToEvaluate = points, StartupTrials = 6, Candidates = 128 }) { Trials = 30 },
        new("gp of two objectives", points => new GaussianProcessOptions { PointsToEvaluate = points, StartupTrials = 6, Candidates = 128 }) { Trials = 30,
            Objectives = 2 },
        new("sobol", points => new QuasiRandomOptions { PointsToEvaluate = points }),
        new("cma_es", points => new CmaEsOptions { PointsToEvaluate = points }),
        new("cma_es with adapted learning rates", points => new CmaEsOptions { PointsToEvaluate = points, LearningRateAdaptation = true, PopulationSize = 5 }),
        new("nsga2", points => new Nsga2Options { PointsToEvaluate = points, PopulationSize = 8 }) { Objectives = 2 },
        new("nsga2 with one objective", points => new Nsga2Options { PointsToEvaluate = points, PopulationSize = 8 }),
        new("halton", points => new HaltonOptions { PointsToEvaluate = points }),
        new("tpe", points => new TpeOptions { PointsToEvaluate = points }),
        new("tpe-alone", points => new TpeOptions { PointsToEvaluate = points, Multivariate = false, Candidates = 8 }),
        new("motpe", points => new MotpeOptions { PointsToEvaluate = points }) { Objectives = 2 },
        new("bohb", points => new BohbOptions { PointsToEvaluate = points, MinPointsInModel = 6 }),
        new("tpe-conditional-alone", points => new TpeOptions { PointsToEvaluate = points, Group = false, ConstantLiar = false }),
        new("auto", points => new AutoOptions { PointsToEvaluate = points }) { Trials = 30 },
        new("auto of two objectives", points => new AutoOptions { PointsToEvaluate = points }) { Trials = 30, Objectives = 2 },
        new("concurrency_limiter", points => new ConcurrencyLimiterOptions { Searcher = new DrawnOptions { PointsToEvaluate = points }, MaxConcurrent = 8 }),
        new("repeater", points => new RepeaterOptions { Searcher = new DrawnOptions { PointsToEvaluate = points }, Repeat = 1 }),
    ];

    /// <summary>Their names, for theories.</summary>
    public static IEnumerable<Xunit.TheoryDataRow<string>> Names => Rows.Select(r => new Xunit.TheoryDataRow<string>(r.Name));

    /// <summary>A row by name.</summary>
    public static SearcherRow Row(string name) => Rows.First(r => r.Name == name);
}
