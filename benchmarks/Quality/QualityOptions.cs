using Benchmarks.Problems;

namespace Benchmarks.Quality;

/// <summary>What the command line asks for.</summary>
internal sealed class QualityOptions(string[] args)
{
    private readonly int _trials = Measure.Option(args, "--trials", 300);
    private readonly int _copies = Measure.Option(args, "--copies", -1);
    private readonly string[] _names = Measure.Option(args, "--problem", "").Split(',', StringSplitOptions.RemoveEmptyEntries);

    /// <summary><c>--seeds</c>: studies per problem.</summary>
    public int Seeds { get; } = Measure.Option(args, "--seeds", 20);

    /// <summary><c>--first-seed</c>.</summary>
    public int FirstSeed { get; } = Measure.Option(args, "--first-seed", 0);

    /// <summary><c>--threads</c>: studies at once.</summary>
    public int Threads { get; } = Measure.Option(args, "--threads", 2);

    /// <summary><c>--trace</c>: prints every suggestion; for one seed and one thread.</summary>
    public Action<string>? Trace { get; } = args.Contains("--trace") ? Console.WriteLine : null;

    /// <summary>How many trials a study has: <c>--trials</c>, what the problem is read at, what the sampler is run for.</summary>
    public int TrialsOf(Sampler sampler, Problem problem) => Math.Min(_trials, Math.Min(sampler.MostTrials, problem.MostTrials));

    /// <summary>
    /// The problems, by <c>--problem</c> or those that the sampler's column knows and the further ones; <c>--table</c> leaves the further
    /// ones out, <c>--copies</c> adds copies of each (by default one for <c>auto</c>, none for others).
    /// </summary>
    public IEnumerable<Problem> Problems(Sampler sampler)
    {
        var originals = AllProblems.All.Where(sampler.Suits).Where(p => _names.Length > 0 ? _names.Contains(p.Name) : IsDefault(p, sampler)).ToList();
        var copies = _copies >= 0 ? _copies : sampler.Name == "auto" ? 1 : 0;
        return [.. originals, .. Enumerable.Range(1, copies).SelectMany(i => originals.Select(p => p.Copy(i)))];
    }

    private bool IsDefault(Problem problem, Sampler sampler) =>
        ReferenceTable.Has(problem, sampler.Column) || (FurtherProblems.All.Contains(problem) && sampler.Column != "tpe_group" && !args.Contains("--table")
            && (sampler.Column != "cma_es" || problem.IsNumeric));
}
