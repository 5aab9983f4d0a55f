using Tuning.Search;
using Tuning.Stopping;

namespace Tuning.Tests.Documents;

/// <summary>What docs/search-spaces.md shows.</summary>
internal static class SpaceSnippets
{
    public static SearchSpace Typed()
    {
        var space = new SearchSpace<Config>()
            .Add(c => c.Gamma, 0.99)
            .Add(c => c.Lr, Domain.LogUniform(1e-5, 1e-1))
            .Add(c => c.Optimizer, Domain.Choice("sgd", "adam"))
            .Add(c => c.Momentum, Domain.Uniform(0, 0.99).When("optimizer == 'sgd'"))
            .Add(c => c.Layers, Domain.RandInt(1, 9))
            .Add(c => c.Units, Domain.QLogRandInt(16, 1024, 16))
            .Add(c => c.Total, Domain.Expression("layers * units"))
            .Add(c => c.Model.Hiddens, Domain.GridSearch(new[] { 64, 64 }, new[] { 256, 256 }));
        return space;
    }

    public static SearchSpace Conditions()
    {
        var space = new SearchSpace<Config>()
            .Add(c => c.Optimizer, Domain.Choice("sgd", "adam"))
            .Add(c => c.Momentum, Domain.Uniform(0, 0.99)).When(c => c.Optimizer == "sgd")
            .Add(c => c.Layers, Domain.RandInt(1, 9))
            .Add(c => c.Units, Domain.QLogRandInt(16, 1024, 16))
            .Constrain(c => c.Layers * c.Units <= 4096);
        return space;
    }

    public static SearchSpace ByName()
    {
        var space = new SearchSpace()
            .Add("lr", Domain.LogUniform(1e-5, 1e-1))
            .Add("model.hidden", Domain.GridSearch(64, 256))
            .Add("warmup", Domain.Computed(c => c.Get<double>("lr") * 0.1));
        return space;
    }

    public static TuneConfig Tune()
    {
        var tune = new TuneConfig
        {
            Metric = "loss",
            Mode = Mode.Min,
            Samples = 10,
            Constraints = ["layers * units <= 4096"],
            SearchAlgorithm = new RandomSearchOptions { PointsToEvaluate = [ParameterSet.Empty.With("lr", 1e-3)] },
        };
        return tune;
    }

    public static RunConfig Stop()
    {
        var run = new RunConfig
        {
            Stop = { ["loss"] = StopAt.Most(0.01), ["training_iteration"] = 100 },
            Stoppers = [new TrialPlateauOptions { Metric = "loss", StandardDeviation = 0.001 },
                new FunctionStopperOptions { Stop = report => report.Value("loss") > 1e6 }],
        };
        return run;
    }

    internal sealed record Config
    {
        public double Gamma { get; init; }

        public double Lr { get; init; }

        public string Optimizer { get; init; } = "sgd";

        public double Momentum { get; init; }

        public int Layers { get; init; }

        public int Units { get; init; }

        public long Total { get; init; }

        public Model Model { get; init; } = new();
    }

    internal sealed record Model
    {
        public int[] Hiddens { get; init; } = [];
    }
}
