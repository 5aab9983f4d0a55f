using Tuning.Search;
using Tuning.Spaces;

namespace Tuning.Tests.Search.Contract;

/// <summary>The spaces and the function of the contract suite.</summary>
internal static class ContractSpaces
{
    /// <summary>Every kind of domain, with conditions, values computed from others, and domains inside the values of a choice.</summary>
    public static SearchSpace Everything() => SearchSpace.FromTree(ParameterSet.Parse("""
        {"lr": {"loguniform": [1e-5, 1e-1]}, "momentum": {"uniform": [0, 0.99], "when": "optimizer == \"sgd\""},
         "optimizer": {"choice": ["sgd", "adam", "lion"]}, "layers": {"randint": [1, 9]}, "units": {"qlograndint": [16, 1024, 16]},
         "batch": {"lograndint": [8, 257]}, "drop": {"quniform": [0, 0.5, 0.1]}, "decay": {"qloguniform": [0.001, 0.1, 0.001]},
         "noise": {"randn": [0, 1]}, "total": {"expr": "layers * units"}, "fixed": 7,
         "model": {"kind": {"choice": [{"name": "mlp", "width": {"randint": [2, 6]}}, {"name": "tree", "depth": {"randint": [1, 33]}, "leaf": {"uniform": [0,
           1], "when": "layers > 4"}}, "none"]}}}
        """));

    /// <summary>Two real numbers.</summary>
    public static SearchSpace Plane() => new SearchSpace().Add("x", Domain.Uniform(-1, 1)).Add("y", Domain.Uniform(-1, 1));

    /// <summary>Twelve configurations.</summary>
    public static SearchSpace Twelve() => new SearchSpace().Add("a", Domain.Choice("p", "q", "r")).Add("b", Domain.RandInt(0, 4));

    /// <summary>A context as an experiment gives it.</summary>
    public static SearcherContext Context(SearchSpace space, int objectives = 1, Mode mode = Mode.Min, string[]? constraints = null) =>
        new(space, [.. Enumerable.Range(0, objectives).Select(i => new Objective("f" + i, mode))])
        {
            Constraints = [.. constraints ?? []],
            Seed = Tuning.Randomness.SeedPath.Of(0) / "searcher",
            Budget = 60,
            Parallelism = 1,
        };

    /// <summary>A value for any configuration: smooth in every number of it.</summary>
    public static double Value(ParameterSet config, int objective = 0)
    {
        var sum = 0.0;
        foreach (var (path, value) in config.Flatten())
        {
            var number = value switch { double d => d, long l => l / 10.0, string s => s.Length / 5.0, _ => 0 };
            sum += Math.Pow(Math.Tanh(number) - (0.1 * (path.Length % 7)) - (0.3 * objective), 2);
        }

        return sum;
    }

    /// <summary>Tells a trial its value, or its values.</summary>
    public static void TellValue(SearchRun run, int trial, int objectives, double sign = 1)
    {
        var values = new double[objectives];
        for (var i = 0; i < objectives; i++)
        {
            values[i] = sign * Value(run[trial].Config, i);
        }

        run.Tell(trial, values);
    }

    /// <summary>Asserts that a configuration is one of <see cref="Everything"/>.</summary>
    public static void IsInside(ParameterSet config)
    {
        foreach (var (path, domain) in Everything().Domains)
        {
            if (path == "momentum" && config["optimizer"] is not "sgd")
            {
                Assert.False(config.TryGet(path, out _), $"{path} is there although its condition does not hold: {config}");
            }
            else if (domain.Kind != DomainKind.Computed)
            {
                Assert.True(config.TryGet(path, out var value), $"{path} is missing: {config}");
                Assert.True(domain.Contains(value), $"{path} is {value}, which is not {domain}");
            }
        }

        Assert.Equal((long)config["layers"]! * (long)config["units"]!, config["total"]);
        Assert.Equal(7L, config["fixed"]);
        if (config.TryGet("model.kind.depth", out _))
        {
            Assert.Equal((long)config["layers"]! > 4, config.TryGet("model.kind.leaf", out _));
        }
    }
}
