using Benchmarks.Problems;
using Tuning;
using Tuning.Search;
using Tuning.Specification;

namespace Benchmarks.Quality;

/// <summary>A search algorithm under test.</summary>
/// <param name="Name">What the tables call it.</param>
/// <param name="Options">How it is made.</param>
/// <param name="Column">The column of <see cref="ReferenceTable"/> that it stands beside.</param>
internal sealed record Sampler(string Name, SearcherOptions Options, string Column)
{
    private static readonly (string Name, string Written, string Column)[] Known =
    [
        ("random", """{"type": "random"}""", "random"),
        ("tpe", """{"type": "tpe"}""", "tpe"),
        ("tpe_univariate", """{"type": "tpe", "multivariate": false}""", "tpe_univariate"),
        ("tpe_group", """{"type": "tpe", "group": true}""", "tpe_group"),
        ("cma_es", """{"type": "cma_es"}""", "cma_es"),
        ("gp", """{"type": "gp"}""", "gp"),
        ("auto", """{"type": "auto"}""", "best"),
    ];

    /// <summary>How many trials it is run for: the reference's Gaussian process ends at 100.</summary>
    public int MostTrials => Column == "gp" ? 100 : 300;

    private static readonly string[] _optuna = ["random", "tpe", "tpe_univariate"];

    /// <summary>Whether it takes a problem.</summary>
    public bool Suits(Problem problem) => Options is not OptunaOptions || (OptunaOptions.Suits(problem.Space) && !problem.SpaceConstraints.Any());

    /// <summary>
    /// The samplers that the arguments ask for: <c>--only tpe,gp</c>, <c>--alg '{"type": "tpe", …}' --column tpe</c>, or all that are there;
    /// with <c>--optuna</c> those of the Optuna of this machine instead.
    /// </summary>
    public static IEnumerable<Sampler> Chosen(string[] args)
    {
        if (Measure.Option(args, "--alg", "") is { Length: > 0 } written)
        {
            return [Make("alg", written, Measure.Option(args, "--column", "best")) ?? throw new ArgumentException(written)];
        }

        var only = Measure.Option(args, "--only", "").Split(',', StringSplitOptions.RemoveEmptyEntries);
        if (args.Contains("--optuna"))
        {
            return _optuna.Where(k => only.Length == 0 || only.Contains(k)).Select(k => new Sampler("optuna " + k, new OptunaOptions(k), k)).ToList();
        }

        return Known.Where(k => only.Length == 0 || only.Contains(k.Name)).Select(k => Make(k.Name, k.Written, k.Column)).OfType<Sampler>().ToList();
    }

    /// <summary>A sampler; null, with a line on the error stream, when there is none by that name.</summary>
    public static Sampler? Make(string name, string written, string column)
    {
        var catalog = new ComponentCatalog();
        var issues = new List<ParameterIssue>();
        var component = catalog.Searchers.Read(ParameterSet.Parse(written), name, issues);
        foreach (var issue in issues)
        {
            Console.Error.WriteLine($"left out: {issue.Path}: {issue.Message}");
        }

        return component is null ? null : new(name, catalog.Searchers.Bind(component), column);
    }
}
